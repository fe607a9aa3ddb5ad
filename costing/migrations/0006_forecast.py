from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """What a category of an engagement comes to in the end."""

    dependencies = [("costing", "0005_tombstones_of_lines")]
    operations = [
        migrations.RunSQL(
            (SQL / "forecast.sql").read_text("utf-8"),
            "DROP FUNCTION ta_forecast(numeric, numeric, numeric);",
        ),
    ]
