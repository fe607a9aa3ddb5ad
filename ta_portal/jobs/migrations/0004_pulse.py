from django.db import migrations, models

import ta_portal.changes.models


class Migration(migrations.Migration):
    """Signs of life of the worker and of the clock."""

    dependencies = [("jobs", "0003_job_request_id")]
    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                (
                    "part",
                    ta_portal.changes.models.CodeField(
                        db_collation="C", max_length=20, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={"db_table": "job_pulse"},
        ),
    ]
