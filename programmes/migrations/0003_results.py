from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Latest values, progress, pace, coverage and outcomes in SQL, over many engagements at once."""

    dependencies = [("programmes", "0002_triggers"), ("money", "0001_exact_arithmetic")]
    operations = [
        # They name functions that a later migration adds.
        migrations.RunSQL("SET LOCAL check_function_bodies = off", migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "results.sql").read_text("utf-8"), (SQL / "drop_results.sql").read_text("utf-8")),
    ]
