"""Was it worth it, and can they go on alone: evaluations, exit readiness, and impact reports that never change."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from evaluations.domain.vocabulary import Criterion, EvaluationKind, LeastStatus, ReportState, Response, Side
from programmes.models import Currency, Engagement, Programme
from programmes.models.engagements import BelowEngagement, choices
from ta_portal.access.grants import Grants
from ta_portal.access.permissions import Permission, Scope
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, PercentField, QuantityField, Versioned, touches


class RatingScale(models.Model):
    """A provider's own scale: how many points, and what they are called from the lowest up."""

    code = CodeField(unique=True)
    lowest = models.SmallIntegerField(default=1)
    points = models.SmallIntegerField()
    labels = ArrayField(models.CharField(max_length=120), default=list)

    class Meta:
        db_table = "rating_scale"
        constraints = [models.CheckConstraint(name="rating_scale_has_points", condition=Q(points__gte=2))]


@tracked
class Evaluation(Versioned):
    """A judgement of one engagement against the DAC criteria, on a scale that is kept with it."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="evaluations")
    kind = CodeField(max_length=20, choices=choices(EvaluationKind))
    on_date = models.DateField()
    scale = models.ForeignKey(RatingScale, models.PROTECT, related_name="evaluations")
    independent = models.BooleanField(default=False)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "evaluation"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "kind", "on_date"], name="evaluation_once_a_day"),
        ]


class CriterionRating(models.Model):
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="ratings")
    criterion = CodeField(max_length=20, choices=choices(Criterion))
    value = models.SmallIntegerField()
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "criterion_rating"
        triggers = [touches("evaluation", "evaluation_id")]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "criterion"], name="criterion_rated_once"),
            models.CheckConstraint(name="criterion_known", condition=Q(criterion__in=[c.value for c in Criterion])),
        ]


class RecommendationQuerySet(ScopedQuerySet["Recommendation"]):
    scope_parents = ("evaluation",)


@tracked
class Recommendation(Versioned):
    """What an evaluation asks for, and how the ministry answered."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="recommendations")
    no = models.SmallIntegerField()
    text = models.TextField(blank=True)
    response = CodeField(max_length=20, choices=choices(Response), default=Response.PENDING.value)
    response_reason = models.TextField(blank=True)
    unit = models.CharField(max_length=300, blank=True)
    due = models.DateField(null=True)
    status = CodeField(max_length=20, default="open")

    objects = RecommendationQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "recommendation"
        triggers = [*Versioned.Meta.triggers, touches("evaluation", "evaluation_id")]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "no"], name="recommendation_no_once"),
            models.CheckConstraint(
                name="recommendation_response_known", condition=Q(response__in=[r.value for r in Response])
            ),
        ]


class ReadinessSet(models.Model):
    """A donor's list of what a ministry needs to go on alone."""

    code = CodeField(max_length=100, unique=True)
    threshold_pct = PercentField(default=70)

    class Meta:
        db_table = "readiness_set"


class ReadinessDimension(models.Model):
    """One thing that must be in place, its weight, and the limitation of TA that it answers."""

    set = models.ForeignKey(ReadinessSet, models.CASCADE, related_name="dimensions")
    code = CodeField(max_length=120)
    name = models.CharField(max_length=300)
    weight = QuantityField()
    limitation = CodeField(max_length=20, null=True)
    critical = models.BooleanField(default=False)

    class Meta:
        db_table = "readiness_dimension"
        constraints = [
            models.UniqueConstraint(fields=["set", "code"], name="readiness_dimension_once"),
            models.CheckConstraint(name="readiness_weight_above_zero", condition=Q(weight__gt=0)),
        ]


@tracked
class ReadinessAssessment(Versioned):
    """How ready one side thought the institution was, on one day."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="readiness")
    set = models.ForeignKey(ReadinessSet, models.PROTECT, related_name="assessments")
    label = models.CharField(max_length=60, blank=True)
    on_date = models.DateField()
    side = CodeField(max_length=20, choices=choices(Side), default=Side.DONOR.value)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "readiness_assessment"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "on_date", "side"], name="readiness_once_a_day_and_side"),
        ]


class ReadinessScore(models.Model):
    """0 absent to 3 strong. No row, or no score, is not rated: which is not 0."""

    assessment = models.ForeignKey(ReadinessAssessment, models.CASCADE, related_name="scores")
    dimension = models.ForeignKey(ReadinessDimension, models.PROTECT, related_name="+")
    score = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "readiness_score"
        triggers = [touches("readiness_assessment", "assessment_id")]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "dimension"], name="readiness_score_once"),
            models.CheckConstraint(name="readiness_score_0_to_3", condition=Q(score=None) | Q(score__range=(0, 3))),
        ]


class ImpactReportQuerySet(ScopedQuerySet["ImpactReport"]):
    """Visible to those whose grants cover the report's whole scope: nothing less may open its totals.

    A report on one engagement is covered by any grant that shows the engagement, one on a programme also by its lead's.
    Those on a practice area or on the portfolio are for grants on the portfolio.
    """

    scope_paths = {
        Scope.PROGRAMME: ("scope_programme_id",),
        Scope.COUNTRY: ("scope_country_code",),
        Scope.ORGANISATION: ("scope_organisation_id",),
    }

    def condition(self, grants: Grants, permission: Permission) -> Q:
        covered = super().condition(grants, permission)
        if grants.everywhere(permission):
            return covered
        engagements = Engagement.objects.permitted_by(grants, permission).order_by()
        leads = grants.scopes(permission).get(Scope.ORGANISATION, frozenset())
        led = Programme.objects.filter(lead__pk__in=sorted(leads, key=str)).order_by()
        covered |= Q(scope_engagement_id__in=engagements.values("pk"))
        return covered | Q(scope_programme_id__in=led.values("pk"))


_SEALED = pgtrigger.Trigger(
    name="sealed",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Condition("OLD.state = 'complete'"),
    func="""
        RAISE EXCEPTION 'a complete impact report does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'impact_report_sealed', TABLE = 'impact_report';
    """,
)


class ImpactReport(Versioned):
    """One roll-up over one scope, as known at a cut-off: its rows never change, and it can be repeated."""

    scope_kind = CodeField(max_length=20)
    scope_code = CodeField(max_length=60, blank=True)
    scope_engagement_id = models.BigIntegerField(null=True)
    scope_programme_id = models.BigIntegerField(null=True)
    scope_country_code = CodeField(max_length=2, null=True)
    scope_organisation_id = models.BigIntegerField(null=True)
    as_of = models.DateField()
    cut_off = models.DateTimeField()
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    least_status = CodeField(max_length=10, choices=choices(LeastStatus), default=LeastStatus.ACCEPTED.value)
    input_hash = CodeField(max_length=64, blank=True)
    fingerprint = CodeField(max_length=64, blank=True)
    state = CodeField(max_length=10, choices=choices(ReportState), default=ReportState.BUILDING.value)
    job = models.UUIDField(unique=True, null=True)

    objects = ImpactReportQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "impact_report"
        constraints = [
            models.CheckConstraint(
                name="impact_report_state_known", condition=Q(state__in=[s.value for s in ReportState])
            ),
            models.CheckConstraint(
                name="impact_report_complete_has_fingerprint", condition=~Q(state="complete") | ~Q(fingerprint="")
            ),
        ]
        triggers = [*Versioned.Meta.triggers, _SEALED]

    @property
    def scope(self) -> str:
        """As it was asked for: `portfolio`, or the kind and its code."""
        return f"{self.scope_kind}:{self.scope_code}" if self.scope_code else self.scope_kind


class ImpactRow(models.Model):
    """One figure of a report, with what is needed to explain it."""

    report = models.ForeignKey(ImpactReport, models.PROTECT, related_name="rows")
    level = CodeField(max_length=20)
    key = CodeField(max_length=120)
    metric = CodeField(max_length=60)
    value = models.DecimalField(max_digits=60, decimal_places=30, null=True)
    num = models.DecimalField(max_digits=60, decimal_places=20, null=True)
    den = models.DecimalField(max_digits=60, decimal_places=20, null=True)
    reported = models.IntegerField(null=True)
    expected = models.IntegerField(null=True)
    weight_basis = CodeField(max_length=30, blank=True)

    class Meta:
        db_table = "impact_row"
        constraints = [models.UniqueConstraint(fields=["report", "level", "key", "metric"], name="impact_row_once")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="not_into_a_sealed_report",
                # Once for each statement: a report's rows come in one, by the hundred thousand.
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="inserted"),  # type: ignore[no-untyped-call]
                func="""
                    IF EXISTS (SELECT FROM impact_report
                               WHERE id IN (SELECT report_id FROM inserted) AND state <> 'building') THEN
                        RAISE EXCEPTION 'a complete impact report does not change'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'impact_row_sealed', TABLE = 'impact_row';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]
