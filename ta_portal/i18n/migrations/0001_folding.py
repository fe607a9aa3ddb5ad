from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """What a search compares, the same on every server."""

    dependencies = []
    operations = [
        migrations.RunSQL((SQL / "folding.sql").read_text("utf-8"), (SQL / "drop_folding.sql").read_text("utf-8")),
    ]
