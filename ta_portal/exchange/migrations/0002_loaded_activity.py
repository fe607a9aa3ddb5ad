import django.db.models.deletion
import django.db.models.functions.datetime
import ta_portal.changes.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LoadedActivity',
            fields=[
                ('engagement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='programmes.engagement')),
                ('digest', ta_portal.changes.models.CodeField(db_collation='C', max_length=64)),
                ('content', models.JSONField()),
                ('loaded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'loaded_activity',
            },
        ),
    ]
