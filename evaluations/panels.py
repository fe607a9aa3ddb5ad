"""Can they go on alone, and was it worth it, on an engagement's first page."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluations.domain.readiness import latest_readiness
from evaluations.forms.judging import EvaluationForm, ReadinessForm
from evaluations.models import Evaluation, RatingScale, ReadinessAssessment, ReadinessSet, Recommendation
from evaluations.reference import NAMED
from evaluations.selectors.exits import exit_of
from evaluations.selectors.judgements import judgements
from evaluations.selectors.readiness import exit_readiness
from evaluations.tables.exits import drawn, evaluation_table, score_over_time
from evaluations.words import ACTS, FIELDS, RECOMMENDATION_STATUSES, RESPONSES, ready_tag
from programmes.models import Engagement
from programmes.reference import also_named
from ta_portal.access.holdings import is_donor_staff
from ta_portal.jobs.results import ResultLink, register_result
from ta_portal.registry.acts import register_acts
from ta_portal.registry.figures import register_figure
from ta_portal.registry.histories import RowHistory, register_history
from ta_portal.registry.panels import Panel, register_panel
from ta_portal.registry.tabs import Tab, register_tab
from ta_portal.ui import navigation
from ta_portal.ui.http import PortalRequest


def exit_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """The dimensions of the latest assessment beside the first, and the score over time."""
    found = exit_of(engagement, as_of=timezone.localdate())
    return {
        "latest": found.latest,
        "ready": ready_tag(ready=found.latest.score.ready) if found.latest else "",
        "scores": score_over_time(found.assessments),
        "dimensions": [(row, drawn(row)) for row in found.dimensions],
    }


def evaluation_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """Each evaluation in three figures."""
    return {"table": evaluation_table(judgements(engagement))}


def readiness_shares(engagements: Sequence[Engagement], as_of: date) -> Mapping[int, Fraction]:
    """The exit readiness of each engagement that was assessed, by its latest assessment. One query."""
    found = exit_readiness([row.pk for row in engagements], as_of=as_of)
    latest = {key: latest_readiness(assessments) for key, assessments in found.items()}
    scores = {key: one.score.score_pct for key, one in latest.items() if one}
    return {key: score for key, score in scores.items() if score is not None}


PANELS = (
    Panel(
        "engagement", "exit", 90, "evaluations/panels/exit.html", exit_panel, column="side", heading=_("Exit readiness")
    ),
    Panel(
        "engagement",
        "evaluations",
        95,
        "evaluations/panels/evaluations.html",
        evaluation_panel,
        heading=_("Evaluations"),
    ),
)

HISTORIES = (
    RowHistory(Evaluation, _("Evaluation"), FIELDS, EvaluationForm, tab="evaluations:exit", code="on_date"),
    RowHistory(
        Recommendation,
        _("Recommendation"),
        FIELDS,
        words={"response": RESPONSES, "status": RECOMMENDATION_STATUSES},
        tab="evaluations:exit",
        code="no",
        left_out=frozenset({"evaluation"}),
    ),
    RowHistory(ReadinessAssessment, _("Exit readiness"), FIELDS, ReadinessForm, tab="evaluations:exit", code="on_date"),
    RowHistory(RatingScale, _("Rating scale"), FIELDS),
    RowHistory(ReadinessSet, _("List of dimensions"), FIELDS),
)


def register() -> None:
    """Called when the app is ready."""
    register_acts(ACTS, news={"evaluation.recorded", "readiness.assessed", "recommendation.answered"})
    for history in HISTORIES:
        register_history(history)
    also_named(*NAMED)
    for panel in PANELS:
        register_panel(panel)
    register_figure("engagement", "exit_pct", readiness_shares)
    register_tab(Tab("engagement", "exit", 70, _("Exit"), "evaluations:exit"))
    register_result("impact_report", ResultLink(_("Open the report"), "reports:report"))
    navigation.register(navigation.NavItem(_("Reports"), "reports:report-list", order=60, visible_to=is_donor_staff))
