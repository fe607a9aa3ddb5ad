from django.db import migrations

from programmes.services.reference import load_reference


def load(apps, schema_editor):
    load_reference(apps)


class Migration(migrations.Migration):
    # Facts stay when this is taken back: other rows may point at them.
    dependencies = [("programmes", "0003_results")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
