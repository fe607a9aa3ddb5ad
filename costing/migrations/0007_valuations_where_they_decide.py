from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Costs look up an entry's valuation only where its amount is not in the wanted currency already."""

    dependencies = [("costing", "0006_forecast")]
    operations = [
        migrations.RunSQL(
            "".join((SQL / name).read_text("utf-8") for name in ("drop_costs.sql", "as_of_rate.sql", "costs.sql")),
            migrations.RunSQL.noop,
        ),
    ]
