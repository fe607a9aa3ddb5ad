from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Rates as of a day, and costs of many engagements in one statement."""

    dependencies = [("costing", "0002_triggers"), ("money", "0001_exact_arithmetic")]
    operations = [
        migrations.RunSQL(
            (SQL / "as_of_rate.sql").read_text("utf-8") + (SQL / "costs.sql").read_text("utf-8"),
            (SQL / "drop_costs.sql").read_text("utf-8"),
        ),
    ]
