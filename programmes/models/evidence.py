"""Evidence: the files that back a progress report or one of its figures, and those that are still on their way."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programmes.domain.evidence import LONGEST_NAME, MediaType
from programmes.models.engagements import choices
from programmes.models.progress import ProgressReport
from programmes.models.results import Indicator
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, Versioned

_IS_A_HASH = Q(sha256__regex=r"^[0-9a-f]{64}$")


class EvidenceQuerySet(ScopedQuerySet["Evidence"]):
    scope_parents = ("report",)


@tracked
class Evidence(Versioned):
    """A file that backs a report, or one figure of it. What is in it is kept once, under its hash (`file_store`)."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="evidence")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, related_name="evidence")
    name = models.CharField(max_length=LONGEST_NAME)
    sha256 = CodeField(max_length=64)
    size = models.IntegerField()
    # As found by content, never as a client said.
    media_type = CodeField(max_length=80, choices=choices(MediaType))

    objects = EvidenceQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "evidence"
        verbose_name_plural = _("files of evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "indicator", "sha256"], name="evidence_once_per_figure", nulls_distinct=False
            ),
            models.CheckConstraint(name="evidence_hash_is_one", condition=_IS_A_HASH),
            models.CheckConstraint(name="evidence_is_not_empty", condition=Q(size__gt=0)),
        ]
        indexes = [*Versioned.Meta.indexes, models.Index(fields=["sha256"], name="evidence_by_content")]

    def __str__(self) -> str:
        return self.name


class EvidenceUpload(models.Model):
    """A file on its way in slices: how much of it has come. It belongs to whoever sends it, and ends by itself."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=LONGEST_NAME)
    # As the device has counted it: the key under which the same file goes on, and what is compared at the end.
    sha256 = CodeField(max_length=64)
    size = models.IntegerField()
    received = models.IntegerField(default=0)
    # What became of it: asked again, the end gives the same answer.
    evidence = models.ForeignKey(Evidence, models.CASCADE, null=True, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_upload"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "report", "indicator", "sha256"], name="upload_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="upload_hash_is_one", condition=_IS_A_HASH),
            models.CheckConstraint(
                name="upload_receives_no_more", condition=Q(received__gte=0, received__lte=F("size"))
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="upload_ends")]
