from django.db import migrations, models


class Migration(migrations.Migration):
    """A job knows the request that asked for it."""

    dependencies = [("jobs", "0002_queue")]
    operations = [
        migrations.AddField(
            model_name="job",
            name="request_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
