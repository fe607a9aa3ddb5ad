import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import ta_portal.changes.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('programmes', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60, unique=True)),
                ('name', models.CharField(max_length=120)),
            ],
            options={
                'db_table': 'grade',
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60)),
                ('profile', models.CharField(max_length=300)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='programmes.engagement')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'position',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='position_feed')],
                'constraints': [models.UniqueConstraint(fields=('engagement', 'code'), name='position_code_once_in_engagement')],
            },
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60, unique=True)),
                ('source', ta_portal.changes.models.CodeField(db_collation='C', max_length=100, null=True)),
                ('source_code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60, null=True)),
                ('kind', ta_portal.changes.models.CodeField(choices=[('international', 'International'), ('regional', 'Regional'), ('national', 'National')], db_collation='C', max_length=20)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expert', to=settings.AUTH_USER_MODEL)),
                ('grade', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='experts', to='experts.grade')),
            ],
            options={
                'db_table': 'expert',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='expert_feed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^E-[0-9]{4,}$')), name='expert_code_form'), models.CheckConstraint(condition=models.Q(('kind__in', ['international', 'regional', 'national'])), name='expert_kind_known'), models.UniqueConstraint(fields=('source', 'source_code'), name='expert_once_in_source')],
            },
        ),
        migrations.CreateModel(
            name='PositionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60)),
                ('profile', models.CharField(max_length=300)),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.engagement')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.position')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'position_event',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Deployment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60)),
                ('modality', ta_portal.changes.models.CodeField(choices=[('resident', 'Resident'), ('mission', 'Mission'), ('peripatetic', 'Peripatetic'), ('remote', 'Remote'), ('hybrid', 'Hybrid')], db_collation='C', max_length=20)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('fte', models.DecimalField(decimal_places=2, max_digits=3)),
                ('planned_days', ta_portal.changes.models.QuantityField()),
                ('days_brought_forward', ta_portal.changes.models.QuantityField(default=0)),
                ('status', ta_portal.changes.models.CodeField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('in_field', 'In field'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], db_collation='C', default='proposed', max_length=20)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='programmes.engagement')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workstream', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='programmes.workstream')),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='experts.expert')),
                ('position', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='experts.position')),
            ],
            options={
                'db_table': 'deployment',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='deployment_feed'), models.Index(condition=models.Q(('status__in', ['confirmed', 'in_field', 'completed'])), fields=['expert'], name='deployment_counted')],
                'constraints': [models.UniqueConstraint(fields=('engagement', 'code'), name='deployment_code_once_in_engagement'), models.CheckConstraint(condition=models.Q(('fte__gt', 0), ('fte__lte', 1)), name='deployment_fte_up_to_one'), models.CheckConstraint(condition=models.Q(('days_brought_forward__gte', 0), ('planned_days__gte', 0)), name='deployment_days_not_negative'), models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'confirmed', 'in_field', 'completed', 'cancelled'])), name='deployment_status_known'), models.CheckConstraint(condition=models.Q(('modality__in', ['resident', 'mission', 'peripatetic', 'remote', 'hybrid'])), name='deployment_modality_known'), models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__startswith__isnull', False)), name='deployment_has_a_first_day')],
            },
        ),
        migrations.CreateModel(
            name='ExpertLoad',
            fields=[
                ('expert', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='load', serialize=False, to='experts.expert')),
                ('version', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'expert_load',
            },
        ),
        migrations.CreateModel(
            name='ExpertPerson',
            fields=[
                ('expert', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='person', serialize=False, to='experts.expert')),
                ('name', models.CharField(max_length=200)),
                ('role', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'db_table': 'expert_person',
            },
        ),
        migrations.CreateModel(
            name='ExpertEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60)),
                ('source', ta_portal.changes.models.CodeField(db_collation='C', max_length=100, null=True)),
                ('source_code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60, null=True)),
                ('kind', ta_portal.changes.models.CodeField(choices=[('international', 'International'), ('regional', 'Regional'), ('national', 'National')], db_collation='C', max_length=20)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.expert')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('grade', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.grade')),
            ],
            options={
                'db_table': 'expert_event',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RateCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('amount', ta_portal.changes.models.MoneyField()),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.currency')),
                ('expert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rate_cards', to='experts.expert')),
                ('grade', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rate_cards', to='experts.grade')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'rate_card',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='ratecard_feed')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('expert__isnull', False), ('grade', None)), models.Q(('expert', None), ('grade__isnull', False)), _connector='OR'), name='rate_card_of_expert_or_grade'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='rate_card_amount_not_negative'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('expert__isnull', False)), expressions=[(models.Func(models.F('expert'), models.F('expert'), models.Value('[]'), function='int8range'), '&&'), ('during', '&&')], name='rate_cards_of_expert_do_not_overlap'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('grade__isnull', False)), expressions=[(models.Func(models.F('grade'), models.F('grade'), models.Value('[]'), function='int8range'), '&&'), ('during', '&&')], name='rate_cards_of_grade_do_not_overlap')],
            },
        ),
        migrations.CreateModel(
            name='DeploymentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60)),
                ('modality', ta_portal.changes.models.CodeField(choices=[('resident', 'Resident'), ('mission', 'Mission'), ('peripatetic', 'Peripatetic'), ('remote', 'Remote'), ('hybrid', 'Hybrid')], db_collation='C', max_length=20)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('fte', models.DecimalField(decimal_places=2, max_digits=3)),
                ('planned_days', ta_portal.changes.models.QuantityField()),
                ('days_brought_forward', ta_portal.changes.models.QuantityField(default=0)),
                ('status', ta_portal.changes.models.CodeField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('in_field', 'In field'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], db_collation='C', default='proposed', max_length=20)),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.engagement')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.deployment')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('workstream', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.workstream')),
                ('expert', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.expert')),
                ('position', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.position')),
            ],
            options={
                'db_table': 'deployment_event',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RateCardEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('amount', ta_portal.changes.models.MoneyField()),
                ('currency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.currency')),
                ('expert', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.expert')),
                ('grade', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.grade')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.ratecard')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'rate_card_event',
                'abstract': False,
            },
        ),
    ]
