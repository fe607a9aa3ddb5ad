from django.db import migrations

from evaluations.reference import load_judging


def load(apps, schema_editor):
    load_judging(apps)


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0006_seal_once_a_statement")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
