from django.db import migrations

from costing.reference import load_cost_headings


def load(apps, schema_editor):
    load_cost_headings(apps)


class Migration(migrations.Migration):
    dependencies = [("costing", "0003_costs")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
