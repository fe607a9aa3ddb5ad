import django.contrib.postgres.fields
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
            name='ReadinessSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=100, unique=True)),
                ('threshold_pct', ta_portal.changes.models.PercentField(default=70)),
            ],
            options={
                'db_table': 'readiness_set',
            },
        ),
        migrations.CreateModel(
            name='ImpactReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('scope_kind', ta_portal.changes.models.CodeField(db_collation='C', max_length=20)),
                ('scope_code', ta_portal.changes.models.CodeField(blank=True, db_collation='C', max_length=60)),
                ('scope_engagement_id', models.BigIntegerField(null=True)),
                ('scope_programme_id', models.BigIntegerField(null=True)),
                ('scope_country_code', ta_portal.changes.models.CodeField(db_collation='C', max_length=2, null=True)),
                ('scope_organisation_id', models.BigIntegerField(null=True)),
                ('as_of', models.DateField()),
                ('cut_off', models.DateTimeField()),
                ('least_status', ta_portal.changes.models.CodeField(choices=[('accepted', 'Accepted'), ('submitted', 'Submitted')], db_collation='C', default='accepted', max_length=10)),
                ('input_hash', ta_portal.changes.models.CodeField(blank=True, db_collation='C', max_length=64)),
                ('fingerprint', ta_portal.changes.models.CodeField(blank=True, db_collation='C', max_length=64)),
                ('state', ta_portal.changes.models.CodeField(choices=[('building', 'Building'), ('complete', 'Complete'), ('failed', 'Failed')], db_collation='C', default='building', max_length=10)),
                ('job', models.UUIDField(null=True, unique=True)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.currency')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'impact_report',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='impactreport_feed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['building', 'complete', 'failed'])), name='impact_report_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'complete'), _negated=True), models.Q(('fingerprint', ''), _negated=True), _connector='OR'), name='impact_report_complete_has_fingerprint')],
            },
        ),
        migrations.CreateModel(
            name='RatingScale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=60, unique=True)),
                ('lowest', models.SmallIntegerField(default=1)),
                ('points', models.SmallIntegerField()),
                ('labels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
            ],
            options={
                'db_table': 'rating_scale',
                'constraints': [models.CheckConstraint(condition=models.Q(('points__gte', 2)), name='rating_scale_has_points')],
            },
        ),
        migrations.CreateModel(
            name='ReadinessDimension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', ta_portal.changes.models.CodeField(db_collation='C', max_length=120)),
                ('name', models.CharField(max_length=300)),
                ('weight', ta_portal.changes.models.QuantityField()),
                ('limitation', ta_portal.changes.models.CodeField(db_collation='C', max_length=20, null=True)),
                ('critical', models.BooleanField(default=False)),
                ('set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dimensions', to='evaluations.readinessset')),
            ],
            options={
                'db_table': 'readiness_dimension',
                'constraints': [models.UniqueConstraint(fields=('set', 'code'), name='readiness_dimension_once'), models.CheckConstraint(condition=models.Q(('weight__gt', 0)), name='readiness_weight_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', ta_portal.changes.models.CodeField(choices=[('mid-term', 'Mid term'), ('final', 'Final'), ('ex-post', 'Ex post'), ('thematic', 'Thematic')], db_collation='C', max_length=20)),
                ('on_date', models.DateField()),
                ('independent', models.BooleanField(default=False)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='programmes.engagement')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='evaluations.ratingscale')),
            ],
            options={
                'db_table': 'evaluation',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='evaluation_feed')],
                'constraints': [models.UniqueConstraint(fields=('engagement', 'kind', 'on_date'), name='evaluation_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='ImpactRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', ta_portal.changes.models.CodeField(db_collation='C', max_length=20)),
                ('key', ta_portal.changes.models.CodeField(db_collation='C', max_length=120)),
                ('metric', ta_portal.changes.models.CodeField(db_collation='C', max_length=60)),
                ('value', models.DecimalField(decimal_places=30, max_digits=60, null=True)),
                ('num', models.DecimalField(decimal_places=20, max_digits=60, null=True)),
                ('den', models.DecimalField(decimal_places=20, max_digits=60, null=True)),
                ('reported', models.IntegerField(null=True)),
                ('expected', models.IntegerField(null=True)),
                ('weight_basis', ta_portal.changes.models.CodeField(blank=True, db_collation='C', max_length=30)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='evaluations.impactreport')),
            ],
            options={
                'db_table': 'impact_row',
                'constraints': [models.UniqueConstraint(fields=('report', 'level', 'key', 'metric'), name='impact_row_once')],
            },
        ),
        migrations.CreateModel(
            name='ReadinessAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('label', models.CharField(blank=True, max_length=60)),
                ('on_date', models.DateField()),
                ('side', ta_portal.changes.models.CodeField(choices=[('donor', 'Donor'), ('ministry', 'Ministry'), ('evaluator', 'Evaluator')], db_collation='C', default='donor', max_length=20)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readiness', to='programmes.engagement')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='evaluations.readinessset')),
            ],
            options={
                'db_table': 'readiness_assessment',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='readinessassessment_feed')],
                'constraints': [models.UniqueConstraint(fields=('engagement', 'on_date', 'side'), name='readiness_once_a_day_and_side')],
            },
        ),
        migrations.CreateModel(
            name='EvaluationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('kind', ta_portal.changes.models.CodeField(choices=[('mid-term', 'Mid term'), ('final', 'Final'), ('ex-post', 'Ex post'), ('thematic', 'Thematic')], db_collation='C', max_length=20)),
                ('on_date', models.DateField()),
                ('independent', models.BooleanField(default=False)),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.engagement')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='evaluations.evaluation')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('scale', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='evaluations.ratingscale')),
            ],
            options={
                'db_table': 'evaluation_event',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReadinessScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.SmallIntegerField(null=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='evaluations.readinessassessment')),
                ('dimension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evaluations.readinessdimension')),
            ],
            options={
                'db_table': 'readiness_score',
                'constraints': [models.UniqueConstraint(fields=('assessment', 'dimension'), name='readiness_score_once'), models.CheckConstraint(condition=models.Q(('score', None), ('score__range', (0, 3)), _connector='OR'), name='readiness_score_0_to_3')],
            },
        ),
        migrations.CreateModel(
            name='ReadinessAssessmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('label', models.CharField(blank=True, max_length=60)),
                ('on_date', models.DateField()),
                ('side', ta_portal.changes.models.CodeField(choices=[('donor', 'Donor'), ('ministry', 'Ministry'), ('evaluator', 'Evaluator')], db_collation='C', default='donor', max_length=20)),
                ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.engagement')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='evaluations.readinessassessment')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('set', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='evaluations.readinessset')),
            ],
            options={
                'db_table': 'readiness_assessment_event',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, unique=True)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('change_xid', ta_portal.changes.models.TransactionIdField(db_default=ta_portal.changes.models.CurrentTransactionId(), editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('no', models.SmallIntegerField()),
                ('text', models.TextField(blank=True)),
                ('response', ta_portal.changes.models.CodeField(choices=[('accepted', 'Accepted'), ('partly', 'Partly'), ('rejected', 'Rejected'), ('pending', 'Pending')], db_collation='C', default='pending', max_length=20)),
                ('response_reason', models.TextField(blank=True)),
                ('unit', models.CharField(blank=True, max_length=300)),
                ('due', models.DateField(null=True)),
                ('status', ta_portal.changes.models.CodeField(db_collation='C', default='open', max_length=20)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='evaluations.evaluation')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'recommendation',
                'abstract': False,
                'indexes': [models.Index(fields=['change_xid', 'id'], name='recommendation_feed')],
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'no'), name='recommendation_no_once'), models.CheckConstraint(condition=models.Q(('response__in', ['accepted', 'partly', 'rejected', 'pending'])), name='recommendation_response_known')],
            },
        ),
        migrations.CreateModel(
            name='CriterionRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', ta_portal.changes.models.CodeField(choices=[('relevance', 'Relevance'), ('coherence', 'Coherence'), ('effectiveness', 'Effectiveness'), ('efficiency', 'Efficiency'), ('impact', 'Impact'), ('sustainability', 'Sustainability')], db_collation='C', max_length=20)),
                ('value', models.SmallIntegerField()),
                ('reason', models.TextField(blank=True)),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='evaluations.evaluation')),
            ],
            options={
                'db_table': 'criterion_rating',
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'criterion'), name='criterion_rated_once'), models.CheckConstraint(condition=models.Q(('criterion__in', ['relevance', 'coherence', 'effectiveness', 'efficiency', 'impact', 'sustainability'])), name='criterion_known')],
            },
        ),
        migrations.CreateModel(
            name='RecommendationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('no', models.SmallIntegerField()),
                ('text', models.TextField(blank=True)),
                ('response', ta_portal.changes.models.CodeField(choices=[('accepted', 'Accepted'), ('partly', 'Partly'), ('rejected', 'Rejected'), ('pending', 'Pending')], db_collation='C', default='pending', max_length=20)),
                ('response_reason', models.TextField(blank=True)),
                ('unit', models.CharField(blank=True, max_length=300)),
                ('due', models.DateField(null=True)),
                ('status', ta_portal.changes.models.CodeField(db_collation='C', default='open', max_length=20)),
                ('evaluation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='evaluations.evaluation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='evaluations.recommendation')),
                ('updated_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'recommendation_event',
                'abstract': False,
            },
        ),
    ]
