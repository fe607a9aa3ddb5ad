"""How far it is: reporting periods, progress reports, and what was observed, with every revision kept."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from programmes.domain.vocabulary import PeriodState, ReturnReason, ReviewState
from programmes.models.engagements import BelowEngagement, Engagement, choices
from programmes.models.results import Indicator
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, MoneyField, Versioned, append_only

REPORTED_IS_GIVEN = Q(reported=True) & (
    Q(value__isnull=False)
    | Q(numerator__isnull=False)
    | Q(denominator__isnull=False)
    | Q(level__isnull=False)
    | ~Q(text="")
) | Q(reported=False, value=None, numerator=None, denominator=None, level=None, text="")


@tracked
class ReportingPeriod(Versioned):
    """A stretch of an engagement for which progress is asked."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="periods")
    starts = models.DateField()
    ends = models.DateField()
    due = models.DateField()
    state = CodeField(max_length=10, choices=choices(PeriodState), default=PeriodState.OPEN.value)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "reporting_period"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "starts"], name="period_starts_once"),
            models.CheckConstraint(name="period_ends_after_start", condition=Q(ends__gte=F("starts"))),
            # int8range stands in for equality: the embedded server has no btree_gist.
            ExclusionConstraint(
                name="periods_do_not_overlap",
                expressions=[
                    (
                        Func(F("engagement"), F("engagement"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (Func(F("starts"), F("ends"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class ProgressReportQuerySet(ScopedQuerySet["ProgressReport"]):
    scope_parents = ("period",)


@tracked
class ProgressReport(Versioned):
    """What a ministry says of one period, and what the donor's officer decided. Nobody decides on their own."""

    period = models.OneToOneField(ReportingPeriod, models.PROTECT, related_name="report")
    state = CodeField(max_length=10, choices=choices(ReviewState), default=ReviewState.DRAFT.value)
    # In which of the portal's languages its texts are written; empty where nobody said.
    language = CodeField(max_length=10, blank=True, default="", db_default="")
    done = models.TextField(blank=True)
    obstacles = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    # Fixed at submission: who gives the ministry's visa before it goes to the reviewers, and which submission it is.
    visa_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    visa_at = models.DateTimeField(null=True)
    round = models.SmallIntegerField(default=0, db_default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # What was asked when it was last given back. It stays, so that whoever decides next can see it.
    return_reason = CodeField(max_length=20, choices=choices(ReturnReason), null=True)
    return_note = models.TextField(blank=True)
    questions = models.JSONField(default=dict, blank=True)

    objects = ProgressReportQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "progress_report"
        constraints = [
            models.CheckConstraint(
                name="report_needs_two_people",
                condition=Q(decided_by=None) | Q(submitted_by=None) | ~Q(decided_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="report_visa_needs_two_people",
                condition=Q(visa_at=None)
                | (Q(visa_by__isnull=False) & (Q(submitted_by=None) | ~Q(visa_by=F("submitted_by")))),
            ),
            models.CheckConstraint(
                name="report_awaits_somebody", condition=~Q(state="awaiting") | Q(visa_by__isnull=False, visa_at=None)
            ),
            models.CheckConstraint(
                name="report_submission_is_whole",
                condition=Q(state="draft") | Q(submitted_by__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="report_decision_is_whole",
                condition=Q(state__in=["draft", "awaiting", "submitted"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]


class ObservationQuerySet(ScopedQuerySet["Observation"]):
    scope_parents = ("indicator",)


@tracked
class Observation(Versioned):
    """One indicator in one period, in total (`disagg` empty) or for a part ('sex=f').

    Zero is a value; not reported is a fact.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    period_start = models.DateField()
    period_end = models.DateField()
    disagg = CodeField(max_length=200, blank=True, default="")
    report = models.ForeignKey(ProgressReport, models.PROTECT, null=True, related_name="observations")
    status = CodeField(max_length=10, choices=choices(ReviewState), default=ReviewState.DRAFT.value)
    reported = models.BooleanField()
    not_reported_reason = models.TextField(blank=True)
    value = MoneyField(null=True)
    numerator = MoneyField(null=True)
    denominator = MoneyField(null=True)
    weight = MoneyField(null=True)
    level = models.CharField(max_length=60, null=True)  # noqa: DJ001 - no level is not an empty one
    text = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    # What looked wrong about the figure, and its author confirmed (`programmes.domain.doubts`).
    confirmed = ArrayField(CodeField(max_length=20), default=list, db_default=Value("{}"), blank=True)

    objects = ObservationQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "observation"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period_start", "disagg"], name="observation_once_per_key"),
            models.CheckConstraint(name="observation_ends_after_start", condition=Q(period_end__gte=F("period_start"))),
            models.CheckConstraint(name="observation_reported_means_given", condition=REPORTED_IS_GIVEN),
        ]
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["indicator", "-period_end"], name="observation_latest"),
        ]


class ObservationRevision(models.Model):
    """Every state that an observation's figures ever had, and when it was known. The last accepted one counts."""

    observation = models.ForeignKey(Observation, models.CASCADE, related_name="revisions")
    seq = models.IntegerField()
    status = CodeField(max_length=10, choices=choices(ReviewState))
    reported = models.BooleanField()
    value = MoneyField(null=True)
    numerator = MoneyField(null=True)
    denominator = MoneyField(null=True)
    weight = MoneyField(null=True)
    level = models.CharField(max_length=60, null=True)  # noqa: DJ001 - no level is not an empty one
    text = models.TextField(blank=True)
    known_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "observation_revision"
        constraints = [
            models.UniqueConstraint(fields=["observation", "seq"], name="revision_seq_once"),
            models.CheckConstraint(name="revision_reported_means_given", condition=REPORTED_IS_GIVEN),
        ]
        triggers: list[pgtrigger.Trigger] = [append_only()]
