import pgtrigger.compiler
import ta_portal.changes.operations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('changes', '0001_initial'),
    ]

    operations = [
        ta_portal.changes.operations.AddTriggers(
            triggers=[('tombstone', pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a476c5dd66dec261f3b702bd03264e003aea5fc2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_85676', table='tombstone', when='BEFORE')))],
        ),
    ]
