"""Exit readiness and evaluations as tables."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from evaluations.domain.readiness import TOP_SCORE, Readiness
from evaluations.models import CriterionRating, Evaluation, Recommendation
from evaluations.selectors.exits import DimensionRow, Exit
from evaluations.selectors.judgements import Judgement
from evaluations.words import CRITERIA, KINDS, RESPONSES, SIDES, ready_tag
from programmes.words import RISK_KINDS, named
from ta_portal.ui import charts, formats
from ta_portal.ui.tables import Column, Table

PLACES = 2


def assessment_table(found: Exit, ref: str) -> Table[Readiness]:
    """Every assessment: when, by whom, what it came to."""
    return Table(
        name="assessments",
        caption=_("Assessments"),
        columns=[
            Column(_("Date"), lambda one: formats.day(one.on_date)),
            Column(_("Assessment"), lambda one: formats.bdi(one.label)),
            Column(_("Side"), lambda one: SIDES[one.side]),
            Column(_("Score"), lambda one: _score(one, ref), numeric=True),
            Column(_("Not rated"), lambda one: formats.number(one.score.unscored), numeric=True),
            Column(_("Any at 0"), lambda one: _("Yes") if one.score.any_zero else _("No")),
            Column(_("Ready"), lambda one: ready_tag(ready=one.score.ready)),
        ],
        rows=found.assessments,
        empty=_("Exit readiness has not been assessed yet."),
        stacked=True,
    )


def dimension_table(found: Exit) -> Table[DimensionRow]:
    """Each dimension through all assessments, from the first to the latest."""
    return Table(
        name="dimensions",
        caption=_("Dimensions, 0 absent to 3 strong"),
        columns=[
            Column(_("Dimension"), _dimension),
            Column(_("Weight"), lambda row: formats.number(row.weight.normalize(), None), numeric=True),  # type: ignore[attr-defined]
            *[_scores(place, one) for place, one in enumerate(found.assessments)],
            Column(_("First and latest"), drawn),
        ],
        rows=found.dimensions,
    )


def _score(one: Readiness, ref: str) -> SafeString:
    """The score, which opens into its dimensions."""
    query = urlencode({"on": one.on_date.isoformat(), "side": one.side.value})
    address = reverse("evaluations:explain", args=[ref])
    return format_html('<a href="{}?{}">{}</a>', address, query, formats.pct(one.score.score_pct, PLACES))


def drawn(row: DimensionRow) -> SafeString:
    """Then and now on a scale from absent to strong."""
    return charts.dumbbell(was=row.was, now=row.now, target=None, top=TOP_SCORE)


def evaluation_table(judgements: Sequence[Judgement]) -> Table[Judgement]:
    """Each evaluation in one line: its mean and lowest on its own scale, and how the ministry answered."""
    return Table(
        name="evaluations",
        caption=_("Evaluations"),
        columns=[
            Column(_("Evaluation"), lambda one: KINDS[one.evaluation.kind]),
            Column(_("Date"), lambda one: _unbroken(formats.day(one.evaluation.on_date))),
            Column(_("Scale"), lambda one: scale_of(one.evaluation), numeric=True),
            Column(_("Mean"), lambda one: formats.number(one.figures.mean, PLACES), numeric=True),
            Column(_("Lowest"), lambda one: formats.number(one.figures.lowest), numeric=True),
            Column(
                _("Recommendations accepted"),
                lambda one: formats.pct(one.figures.recommendations_accepted_pct, PLACES),
                numeric=True,
            ),
        ],
        rows=judgements,
        empty=_("No evaluation is recorded."),
    )


def scale_of(evaluation: Evaluation) -> SafeString:
    """From the lowest point to the highest."""
    scale = evaluation.scale
    return formats.bdi(f"{scale.lowest}–{scale.lowest + scale.points - 1}", "ltr")


def _of_day(evaluation: Evaluation) -> str:
    return f"{KINDS[evaluation.kind]}, {date_format(evaluation.on_date, 'DATE_FORMAT')}"


def _unbroken(shown: SafeString) -> SafeString:
    return format_html('<span class="nowrap">{}</span>', shown)


def criterion_table(evaluation: Evaluation) -> Table[CriterionRating]:
    """The DAC criteria in the order of 2019, on the evaluation's own scale."""
    order = list(CRITERIA)
    ratings = sorted(evaluation.ratings.all(), key=lambda rating: order.index(rating.criterion))
    return Table(
        name=f"criteria-{evaluation.pk}",
        caption=_("Criteria: %(evaluation)s") % {"evaluation": _of_day(evaluation)},
        columns=[
            Column(_("Criterion"), lambda rating: CRITERIA[rating.criterion]),
            *(
                [Column(_("Reason"), lambda rating: formats.bdi(rating.reason))]
                if any(r.reason for r in ratings)
                else []
            ),
            Column(_("Rating"), lambda rating: formats.number(rating.value), numeric=True),
        ],
        rows=ratings,
        empty=_("No criterion is rated."),
    )


def recommendation_table(evaluation: Evaluation) -> Table[Recommendation]:
    """What the evaluation asks for, and how the ministry answered."""
    return Table(
        name=f"recommendations-{evaluation.pk}",
        caption=_("Recommendations: %(evaluation)s") % {"evaluation": _of_day(evaluation)},
        columns=[
            Column(_("No."), lambda one: formats.number(one.no)),
            Column(
                _("Recommendation"),
                lambda one: formats.bdi(one.text) if one.text else _("Text not in the source"),
                wide=True,
            ),
            Column(_("Due"), lambda one: formats.day(one.due)),
            Column(_("Response"), lambda one: RESPONSES[one.response]),
        ],
        rows=sorted(evaluation.recommendations.all(), key=lambda one: one.no),
        stacked=True,
    )


def score_over_time(assessments: Sequence[Readiness]) -> list[dict[str, Any]]:
    """The score of each assessment, for a bar of its own."""
    return [
        {"day": one.on_date, "label": one.label, "pct": one.score.score_pct, "ready": ready_tag(ready=one.score.ready)}
        for one in assessments
    ]


def _dimension(row: DimensionRow) -> SafeString:
    limitation = RISK_KINDS.get(row.limitation or "", "")
    return format_html("{}<small>{}</small>", formats.bdi(named(row.name)), limitation)


def _scores(place: int, assessment: Readiness) -> Column[DimensionRow]:
    heading = format_html("{} <small>{}</small>", assessment.label, formats.day(assessment.on_date))
    return Column(heading, lambda row: formats.number(row.scores[place]), numeric=True)
