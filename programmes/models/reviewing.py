"""Who decides on a report, and in which order: as arranged for an engagement, and as fixed for one report."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programmes.domain.vocabulary import StepState
from programmes.models.engagements import BelowEngagement, Engagement, choices
from programmes.models.progress import ProgressReport
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, Versioned, touches

MOST_STEPS = 3
_UNDECIDED = [StepState.WAITING.value, StepState.DROPPED.value]


@tracked
class ReviewPlan(Versioned):
    """How an engagement's reports are decided on from the next submission on: who gives the visa, who reviews in turn.

    Without reviewers whoever may review decides; without a visa a report goes to them at once.
    """

    engagement = models.OneToOneField(Engagement, models.PROTECT, related_name="review_plan")
    visa_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    third = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "review_plan"
        constraints = [
            models.CheckConstraint(
                name="plan_has_no_gaps",
                condition=(Q(second=None) | Q(first__isnull=False)) & (Q(third=None) | Q(second__isnull=False)),
            ),
            models.CheckConstraint(
                name="plan_names_each_once",
                condition=(Q(second=None) | ~Q(second=F("first")))
                & (Q(third=None) | (~Q(third=F("first")) & ~Q(third=F("second")))),
            ),
        ]


class ReviewStepQuerySet(ScopedQuerySet["ReviewStep"]):
    scope_parents = ("report",)


@tracked
class ReviewStep(Versioned):
    """One reviewer of a report in their turn, fixed when it was submitted: each submission has a `round` of its own."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="steps")
    round = models.SmallIntegerField()
    nth = models.SmallIntegerField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = CodeField(max_length=10, choices=choices(StepState), default=StepState.WAITING.value)
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    objects = ReviewStepQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "review_step"
        triggers = [*Versioned.Meta.triggers, touches("progress_report", "report_id")]
        constraints = [
            models.UniqueConstraint(fields=["report", "round", "nth"], name="step_once_in_round"),
            models.CheckConstraint(name="step_is_one_of_three", condition=Q(nth__range=(1, MOST_STEPS), round__gte=1)),
            models.CheckConstraint(
                name="step_state_known", condition=Q(state__in=[state.value for state in StepState])
            ),
            models.CheckConstraint(
                name="step_decision_is_whole",
                condition=Q(state__in=_UNDECIDED, decided_at=None)
                | (~Q(state__in=_UNDECIDED) & Q(decided_at__isnull=False)),
            ),
        ]
