from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Exit readiness in SQL, over many engagements at once."""

    dependencies = [("evaluations", "0002_triggers"), ("money", "0001_exact_arithmetic")]
    operations = [
        migrations.RunSQL((SQL / "readiness.sql").read_text("utf-8"), (SQL / "drop_readiness.sql").read_text("utf-8")),
    ]
