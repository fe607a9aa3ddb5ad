"""What was brought in from files, so that the same file is known again."""

from django.db import models
from django.db.models.functions import Now

from programmes.models import Engagement
from ta_portal.changes.models import CodeField


class LoadedScenario(models.Model):
    """What the scenario said that an engagement came from, in a canonical form without names of persons (traps 21)."""

    engagement = models.OneToOneField(Engagement, models.CASCADE, primary_key=True, related_name="+")
    digest = CodeField(max_length=64)
    content = models.JSONField()
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "loaded_scenario"


class LoadedActivity(models.Model):
    """What the IATI activity said that an engagement came from, in a canonical form without contact persons."""

    engagement = models.OneToOneField(Engagement, models.CASCADE, primary_key=True, related_name="+")
    digest = CodeField(max_length=64)
    content = models.JSONField()
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "loaded_activity"
