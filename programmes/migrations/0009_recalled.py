from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import ta_portal.changes.models
import ta_portal.changes.operations
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).resolve().parent.parent / "sql"

# What was loaded at once, and recipients so far, have no history: their present state is the first on record.
FIRST_STATES = """
DO $$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT r.name, string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) AS columns
        FROM unnest('{programme,engagement,funding_agreement,milestone,outcome,indicator,indicator_target,engagement_recipient}'::text[]) r(name)
        JOIN pg_attribute a ON a.attrelid = r.name::regclass AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_attribute k ON k.attrelid = (r.name || '_event')::regclass AND k.attname = a.attname AND NOT k.attisdropped
        GROUP BY 1
    LOOP
        EXECUTE format(
            'INSERT INTO %I (%s, pgh_obj_id, pgh_label, pgh_created_at) SELECT %2$s, id, ''insert'', %s FROM %I r
             WHERE NOT EXISTS (SELECT FROM %1$I e WHERE e.pgh_obj_id = r.id)',
            kept.name || '_event', kept.columns,
            CASE kept.name WHEN 'engagement_recipient'
                THEN '(SELECT e.created_at FROM engagement e WHERE e.id = r.engagement_id)' ELSE 'created_at' END,
            kept.name);
    END LOOP;
END $$;
"""


def _text(name: str) -> str:
    return (SQL / name).read_text("utf-8")


class Migration(migrations.Migration):
    """What figures are made of can be had as it was on record at an instant: milestones, targets, weights, recipients."""


    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('programmes', '0008_said_in_a_language_and_confirmed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EngagementRecipientEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('pct', ta_portal.changes.models.PercentField()),
            ],
            options={
                'db_table': 'engagement_recipient_event',
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='engagementevent',
            index=models.Index(fields=['pgh_created_at'], name='engagement_when'),
        ),
        migrations.AddIndex(
            model_name='fundingagreementevent',
            index=models.Index(fields=['pgh_created_at'], name='funding_agreement_when'),
        ),
        migrations.AddIndex(
            model_name='indicatorevent',
            index=models.Index(fields=['pgh_created_at'], name='indicator_when'),
        ),
        migrations.AddIndex(
            model_name='indicatortargetevent',
            index=models.Index(fields=['pgh_created_at'], name='indicator_target_when'),
        ),
        migrations.AddIndex(
            model_name='programmeevent',
            index=models.Index(fields=['pgh_created_at'], name='programme_when'),
        ),
        migrations.AddIndex(
            model_name='milestoneevent',
            index=models.Index(fields=['pgh_created_at'], name='milestone_when'),
        ),
        migrations.AddIndex(
            model_name='outcomeevent',
            index=models.Index(fields=['pgh_created_at'], name='outcome_when'),
        ),
        migrations.AddField(
            model_name='engagementrecipientevent',
            name='country',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.country'),
        ),
        migrations.AddField(
            model_name='engagementrecipientevent',
            name='engagement',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.engagement'),
        ),
        migrations.AddField(
            model_name='engagementrecipientevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='engagementrecipientevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programmes.engagementrecipient'),
        ),
        migrations.AddField(
            model_name='engagementrecipientevent',
            name='region',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.region'),
        ),
        migrations.AddIndex(
            model_name='engagementrecipientevent',
            index=models.Index(fields=['pgh_created_at'], name='engagement_recipient_when'),
        ),
        ta_portal.changes.operations.AddTriggers(
            triggers=[
                ('engagementrecipient', pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "engagement_recipient_event" ("country_id", "engagement_id", "id", "pct", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") VALUES (NEW."country_id", NEW."engagement_id", NEW."id", NEW."pct", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id"); RETURN NULL;', hash='c4d7da6ecf9f0f78115714481ea15e844186b5f1', operation='INSERT', pgid='pgtrigger_insert_insert_51cb5', table='engagement_recipient', when='AFTER'))),
                ('engagementrecipient', pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "engagement_recipient_event" ("country_id", "engagement_id", "id", "pct", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") VALUES (NEW."country_id", NEW."engagement_id", NEW."id", NEW."pct", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id"); RETURN NULL;', hash='741226b4ba53c169b62537eb80d777af251c5269', operation='UPDATE', pgid='pgtrigger_update_update_4b462', table='engagement_recipient', when='AFTER'))),
                ('engagementrecipient', pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "engagement_recipient_event" ("country_id", "engagement_id", "id", "pct", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id") VALUES (OLD."country_id", OLD."engagement_id", OLD."id", OLD."pct", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_id"); RETURN NULL;', hash='77851fb511601e59581d6fef33cb855a9a859546', operation='DELETE', pgid='pgtrigger_delete_delete_96693', table='engagement_recipient', when='AFTER'))),
                ('engagementrecipientevent', pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bfe4c0396dd1f784c56e6a568eaf08077feb3497', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ee718', table='engagement_recipient_event', when='BEFORE'))),
            ],
        ),
        migrations.RunSQL(FIRST_STATES, migrations.RunSQL.noop),
        migrations.RunSQL(_text("known.sql"), _text("drop_known.sql")),
        migrations.RunSQL(_text("drop_results.sql") + _text("results.sql"), migrations.RunSQL.noop),
    ]
