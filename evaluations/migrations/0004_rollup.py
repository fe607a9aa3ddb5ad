from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Every figure of an impact report in one statement, and the fingerprint of its rows."""

    dependencies = [
        ("evaluations", "0003_readiness"),
        ("programmes", "0003_results"),
        ("costing", "0003_costs"),
    ]
    operations = [
        # They name functions that a later migration adds.
        migrations.RunSQL("SET LOCAL check_function_bodies = off", migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "rollup.sql").read_text("utf-8"), (SQL / "drop_rollup.sql").read_text("utf-8")),
    ]
