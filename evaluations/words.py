"""What the closed lists of judging are called on pages, in the reader's language."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.domain.rollup import Metric, ScopeKind, WeightBasis
from evaluations.domain.vocabulary import Criterion, EvaluationKind, Level, ReportState, Response, Side
from ta_portal.ui.statuses import tag

SIDES: dict[str, Promise] = {
    Side.DONOR: _("Donor"),
    Side.MINISTRY: _("Ministry"),
    Side.EVALUATOR: _("Evaluator"),
}

KINDS: dict[str, Promise] = {
    EvaluationKind.MID_TERM: _("Mid-term evaluation"),
    EvaluationKind.FINAL: _("Final evaluation"),
    EvaluationKind.EX_POST: _("Ex-post evaluation"),
    EvaluationKind.THEMATIC: _("Thematic evaluation"),
}

CRITERIA: dict[str, Promise] = {
    Criterion.RELEVANCE: _("Relevance"),
    Criterion.COHERENCE: _("Coherence"),
    Criterion.EFFECTIVENESS: _("Effectiveness"),
    Criterion.EFFICIENCY: _("Efficiency"),
    Criterion.IMPACT: _("Impact"),
    Criterion.SUSTAINABILITY: _("Sustainability"),
}

RESPONSES: dict[str, Promise] = {
    Response.ACCEPTED: pgettext_lazy("recommendation", "Accepted"),
    Response.PARTLY: pgettext_lazy("recommendation", "Partly accepted"),
    Response.REJECTED: pgettext_lazy("recommendation", "Rejected"),
    Response.PENDING: _("Not answered yet"),
}

LEVELS: dict[str, Promise] = {
    Level.PORTFOLIO: _("All together"),
    Level.DONOR: _("Donors"),
    Level.AREA: _("Practice areas"),
    Level.COUNTRY: _("Countries"),
    Level.PROGRAMME: _("Programmes"),
    Level.ENGAGEMENT: _("Engagements"),
    Level.OUTCOME: _("Outcomes"),
    Level.INDICATOR: _("Indicators"),
}

METRICS: dict[str, Promise] = {
    Metric.LATEST: _("Latest"),
    Metric.PACE_PCT: _("Pace"),
    Metric.PROGRESS_PCT: _("Progress"),
    Metric.OUTCOME_PROGRESS_PCT: _("Progress"),
    Metric.RATING: _("Rating, 1 to 4"),
    Metric.ASSIGNED_RATING: _("Assigned rating"),
    Metric.COVERAGE_PCT: _("Coverage"),
    Metric.LOW_BOUND: _("With the missing at 0"),
    Metric.LOW_BOUND_WEIGHTED: _("With the missing at 0, by spending"),
    Metric.ORDINALS_IN_MEAN: _("Places on a scale in the mean"),
    Metric.PLANNED_COST: _("Planned"),
    Metric.COMMITTED_COST: _("Committed"),
    Metric.ACTUAL_COST: _("Actual"),
    Metric.PLANNED_CHARGED: _("Planned in all"),
    Metric.COMMITTED_CHARGED: _("Committed in all"),
    Metric.ACTUAL_CHARGED: _("Actual in all"),
    Metric.UNCONVERTED: _("Left out for want of a rate"),
    Metric.SPENT_PCT: _("Spent of planned"),
    Metric.MILESTONES_DONE: _("Milestones done"),
    Metric.MILESTONES_ON_TIME: _("Milestones on time"),
    Metric.COST_PER_RATING_POINT: _("Cost for each rating point"),
    Metric.COST_PER_MILESTONE: _("Cost for each milestone"),
    Metric.ENGAGEMENTS: _("Engagements"),
    Metric.PROGRESS_PCT_MEAN: _("Mean progress"),
    Metric.PROGRESS_PCT_WEIGHTED: _("Progress by spending"),
    Metric.POOLED_INDICATORS: _("Indicators put together"),
    Metric.POOLED_SUM: _("Sum"),
    Metric.POOLED_RATIO: _("Ratio"),
    Metric.POOLED_MEAN: _("Mean"),
    Metric.POOLED_LEAST: _("Least"),
    Metric.POOLED_MOST: _("Most"),
    Metric.POOLED_AT_LEVEL: _("At this place of the scale"),
}

WEIGHT_BASES: dict[str, Promise] = {
    WeightBasis.EQUAL: _("each the same"),
    WeightBasis.INDICATOR_WEIGHT: _("by the indicators' weights"),
    WeightBasis.OUTCOME_WEIGHT: _("by the outcomes' weights"),
    WeightBasis.SPENDING: _("by spending"),
    WeightBasis.SHARE_OF_SPENDING: _("by its share of spending"),
    WeightBasis.RECIPIENT_PCT: _("by the recipients' shares"),
}

SCOPES: dict[str, Promise] = {
    ScopeKind.PORTFOLIO: _("The whole portfolio"),
    ScopeKind.PROGRAMME: _("Programme"),
    ScopeKind.COUNTRY: _("Country"),
    ScopeKind.AREA: _("Practice area"),
    ScopeKind.DONOR: _("Donor"),
    ScopeKind.ENGAGEMENT: _("Engagement"),
}

STATES: dict[str, Promise] = {
    ReportState.BUILDING: _("Being built"),
    ReportState.COMPLETE: _("Complete"),
    ReportState.FAILED: _("Failed"),
}
_TONES = {ReportState.COMPLETE: ("good", "good"), ReportState.FAILED: ("bad", "bad")}

# What fields are called in a history where no form asks for them.
FIELDS: dict[str, Promise] = {
    "evaluation": _("Evaluation"),
    "no": _("No."),
    "text": _("Recommendation"),
    "response": _("Response"),
    "response_reason": _("Reason"),
    "unit": _("Responsible unit"),
    "due": _("Due on"),
    "status": _("Status"),
    "set": _("List of dimensions"),
}

RECOMMENDATION_STATUSES: dict[str, Promise] = {"open": pgettext_lazy("recommendation", "Open")}

# What the acts of the audit trail are called.
ACTS: dict[str, Promise] = {
    "evaluation.recorded": _("Evaluation recorded"),
    "recommendation.answered": _("Recommendation answered"),
    "rating_scale.set_up": _("Rating scale set up"),
    "readiness_set.set_up": _("List of dimensions set up"),
    "readiness.assessed": _("Exit readiness assessed"),
    "impact_report.completed": _("Impact report made"),
}


def state_tag(state: str) -> SafeString:
    """The state of a report in a pill."""
    return tag(STATES[state], *_TONES.get(ReportState(state), ("none", "")))


def ready_tag(*, ready: bool) -> SafeString:
    """Whether an institution can go on alone."""
    return tag(_("Ready"), "good", "good") if ready else tag(_("Not ready"), "warn", "warn")


def metric_word(metric: str) -> str | Promise:
    """What a metric of a report is called; its code where it has no word."""
    return METRICS.get(metric, metric)
