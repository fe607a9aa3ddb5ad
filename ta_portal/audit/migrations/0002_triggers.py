import pgtrigger.compiler
import ta_portal.changes.operations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        ta_portal.changes.operations.AddTriggers(
            triggers=[('auditevent', pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2dfc690484cf80ad2aa872fccba1a3eefb6c7581', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_00dfa', table='audit_event', when='BEFORE')))],
        ),
    ]
