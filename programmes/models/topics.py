"""What about: practice areas with their topics, and the DAC's sectors. Reference data."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ta_portal.changes.models import CodeField


class PracticeArea(models.Model):
    """One of the seven fields of hard technical assistance; `aliases` are names that source files use for it."""

    code = CodeField(max_length=3, primary_key=True)
    name = models.CharField(max_length=120)
    aliases = ArrayField(models.CharField(max_length=120), default=list)

    class Meta:
        db_table = "practice_area"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    area = models.ForeignKey(PracticeArea, models.CASCADE, related_name="topics")
    code = CodeField()
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "topic"
        constraints = [models.UniqueConstraint(fields=["area", "code"], name="topic_code_once_in_area")]

    def __str__(self) -> str:
        return self.name


class Sector(models.Model):
    """A five-digit DAC purpose code; `parent` is the sector it belongs under, for "possible" overlaps.

    Withdrawn codes stay, so that old data can be read; they are not offered for new records.
    """

    code = CodeField(max_length=10, primary_key=True)
    name = models.CharField(max_length=300)
    parent = CodeField(max_length=10, blank=True)
    status = CodeField(max_length=20, default="active")

    class Meta:
        db_table = "sector"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
