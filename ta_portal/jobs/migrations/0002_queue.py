from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Claim, lease, finish and sweep of jobs, and the outbox, in SQL; a job that ended does not change."""

    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / "queue.sql").read_text("utf-8"), (SQL / "drop_queue.sql").read_text("utf-8")),
    ]
