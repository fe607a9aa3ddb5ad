"""How far it is meant to go: workstreams with milestones, outcomes with indicators and dated targets."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from programmes.domain.vocabulary import BaselineKind, Direction, Frequency, Method, Window
from programmes.models.engagements import BelowEngagement, Engagement, choices
from programmes.models.topics import PracticeArea
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import recalled, tracked
from ta_portal.changes.models import CodeField, MoneyField, QuantityField, Versioned, touches


@tracked
class Workstream(Versioned):
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="workstreams")
    code = CodeField()
    title = models.CharField(max_length=300)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "workstream"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="workstream_code_once_in_engagement")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@recalled
class Milestone(Versioned):
    """An event that either happened or did not; late when done after it was due."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="milestones")
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, related_name="milestones")
    code = CodeField()
    title = models.CharField(max_length=300)
    due = models.DateField()
    done = models.DateField(null=True)
    rating = models.SmallIntegerField(null=True)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "milestone"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="milestone_code_once_in_engagement"),
            models.CheckConstraint(name="milestone_rating_1_to_4", condition=Q(rating=None) | Q(rating__range=(1, 4))),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@recalled
class Outcome(Versioned):
    """A change of capacity the engagement is for. A person's rating stands beside the computed one, with its reason."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="outcomes")
    code = CodeField()
    title = models.CharField(max_length=500)
    objective = models.TextField(blank=True)
    weight = QuantityField(default=1)
    assigned_rating = models.SmallIntegerField(null=True)
    assigned_reason = models.TextField(blank=True)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "outcome"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="outcome_code_once_in_engagement"),
            models.CheckConstraint(name="outcome_weight_not_negative", condition=Q(weight__gte=0)),
            models.CheckConstraint(
                name="outcome_assigned_rating_has_a_reason",
                condition=Q(assigned_rating=None) | (Q(assigned_rating__range=(1, 4)) & ~Q(assigned_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class CatalogueIndicator(models.Model):
    """A standard indicator of the field, with its definition and the framework it comes from."""

    code = CodeField(max_length=20, primary_key=True)
    area = models.ForeignKey(PracticeArea, models.PROTECT, related_name="catalogue")
    objective = models.CharField(max_length=300)
    outcome = models.CharField(max_length=300)
    title = models.CharField(max_length=300)
    definition = models.TextField()
    unit = models.CharField(max_length=120)
    measure = CodeField(max_length=20)
    iati_measure = CodeField(max_length=2)
    direction = CodeField(max_length=10)
    method = CodeField(max_length=20)
    framework = models.CharField(max_length=120)
    framework_code = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "catalogue_indicator"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@recalled
class Indicator(Versioned):
    """How an outcome is seen: a method, a direction, a baseline and targets by date."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="indicators")
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, related_name="indicators")
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, related_name="indicators")
    code = CodeField()
    title = models.CharField(max_length=500)
    weight = QuantityField(default=1)
    catalogue = models.ForeignKey(CatalogueIndicator, models.PROTECT, null=True, related_name="used_by")
    method = CodeField(max_length=20, choices=choices(Method))
    time_window = CodeField(max_length=20, choices=choices(Window), null=True)
    direction = CodeField(max_length=10, choices=choices(Direction))
    unit = models.CharField(max_length=120, blank=True)
    frequency = CodeField(max_length=20, choices=choices(Frequency), default=Frequency.QUARTERLY.value)
    scale = ArrayField(models.CharField(max_length=60), null=True)
    baseline = MoneyField(null=True)
    baseline_level = models.CharField(max_length=60, null=True)  # noqa: DJ001 - no level is not an empty one
    baseline_on = models.DateField(null=True)
    baseline_kind = CodeField(max_length=20, choices=choices(BaselineKind), default=BaselineKind.STOCK.value)
    source = models.TextField(blank=True)
    responsible = models.CharField(max_length=300, blank=True)
    definition = models.TextField(blank=True)
    assumptions = models.TextField(blank=True)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "indicator"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="indicator_code_once_in_engagement"),
            models.CheckConstraint(name="indicator_method_known", condition=Q(method__in=[m.value for m in Method])),
            models.CheckConstraint(
                name="indicator_direction_known", condition=Q(direction__in=[d.value for d in Direction])
            ),
            models.CheckConstraint(
                name="indicator_frequency_known", condition=Q(frequency__in=[f.value for f in Frequency])
            ),
            models.CheckConstraint(
                name="indicator_window_known",
                condition=Q(time_window=None) | Q(time_window__in=[w.value for w in Window]),
            ),
            models.CheckConstraint(
                name="indicator_scale_with_ordinals_only",
                condition=Q(method="ordinal_latest", scale__isnull=False)
                | (~Q(method="ordinal_latest") & Q(scale=None)),
            ),
            models.CheckConstraint(name="indicator_weight_not_negative", condition=Q(weight__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class IndicatorTargetQuerySet(ScopedQuerySet["IndicatorTarget"]):
    scope_parents = ("indicator",)


@recalled
class IndicatorTarget(Versioned):
    """Where an indicator should stand by a date; an amended target keeps the original beside it."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    due = models.DateField()
    value = MoneyField(null=True)
    level = models.CharField(max_length=60, null=True)  # noqa: DJ001 - no level is not an empty one
    is_original = models.BooleanField(default=True)

    objects = IndicatorTargetQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "indicator_target"
        triggers = [*Versioned.Meta.triggers, touches("indicator", "indicator_id")]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "due", "is_original"], name="target_once_a_date"),
            models.CheckConstraint(
                name="target_is_value_or_level",
                condition=Q(value__isnull=False, level=None) | Q(value=None, level__isnull=False),
            ),
        ]
