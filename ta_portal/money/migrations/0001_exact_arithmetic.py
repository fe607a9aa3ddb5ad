from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Conversion, rounding and splitting in SQL, exact to the last unit."""

    dependencies = []
    operations = [
        migrations.RunSQL((SQL / "exact.sql").read_text("utf-8"), (SQL / "drop_exact.sql").read_text("utf-8")),
    ]
