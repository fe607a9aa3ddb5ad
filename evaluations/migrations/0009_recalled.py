from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """A report with an old cut-off counts milestones, targets, weights and recipients as they were then."""

    dependencies = [("evaluations", "0008_scores_touch_assessments"), ("programmes", "0009_recalled")]
    operations = [
        migrations.RunSQL(
            (SQL / "drop_rollup.sql").read_text("utf-8") + (SQL / "rollup.sql").read_text("utf-8"),
            migrations.RunSQL.noop,
        ),
    ]
