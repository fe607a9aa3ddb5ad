"""Figures that a reviewer changed while accepting a report: both values stay, and the ministry has its say."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programmes.domain.vocabulary import ChangeReason, ChangeState
from programmes.models.engagements import choices
from programmes.models.progress import Observation, ObservationRevision, ProgressReport
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, Versioned, touches

_UNANSWERED = ChangeState.WAITING.value
_BY_THE_MINISTRY = [ChangeState.CONFIRMED.value, ChangeState.DISPUTED.value]
_BY_ITSELF = [ChangeState.LAPSED.value, ChangeState.WITHDRAWN.value]


class FigureChangeQuerySet(ScopedQuerySet["FigureChange"]):
    scope_parents = ("report",)


@tracked
class FigureChange(Versioned):
    """What the ministry wrote (`original`) and what the reviewer put in its place (`changed`), which counts at once.

    The ministry may confirm or dispute it until `confirm_by`; unanswered it counts as confirmed.
    """

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="changes")
    observation = models.ForeignKey(Observation, models.PROTECT, related_name="changes")
    original = models.ForeignKey(ObservationRevision, models.PROTECT, related_name="+")
    changed = models.OneToOneField(ObservationRevision, models.PROTECT, related_name="change")
    reason = CodeField(max_length=20, choices=choices(ChangeReason))
    note = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirm_by = models.DateField()
    state = CodeField(max_length=10, choices=choices(ChangeState), default=ChangeState.WAITING.value)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    # What the ministry says against it.
    answer = models.TextField(blank=True)

    objects = FigureChangeQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "figure_change"
        triggers = [*Versioned.Meta.triggers, touches("progress_report", "report_id")]
        constraints = [
            models.CheckConstraint(
                name="change_reason_known", condition=Q(reason__in=[reason.value for reason in ChangeReason])
            ),
            models.CheckConstraint(name="change_says_why", condition=~Q(note="")),
            models.CheckConstraint(name="change_is_of_two_revisions", condition=~Q(original=F("changed"))),
            models.CheckConstraint(
                name="change_needs_two_people", condition=Q(answered_by=None) | ~Q(answered_by=F("by"))
            ),
            models.CheckConstraint(
                name="change_answer_is_whole",
                condition=Q(state=_UNANSWERED, answered_by=None, answered_at=None, answer="")
                | Q(state__in=_BY_ITSELF, answered_by=None, answered_at__isnull=False, answer="")
                | Q(state__in=_BY_THE_MINISTRY, answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["confirm_by"], condition=Q(state=_UNANSWERED), name="change_waits"),
        ]
