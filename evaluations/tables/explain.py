"""What a score of exit readiness and a figure of an impact report are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from costing.tables.explain import explain_address
from evaluations.domain.readiness import TOP_SCORE, Readiness
from evaluations.domain.rollup import MONEY, Metric, shown
from evaluations.domain.vocabulary import Level
from evaluations.models import ImpactReport
from evaluations.selectors.exits import DimensionRow
from evaluations.selectors.report_members import COSTS, Member, members_of, rows_of_key
from evaluations.selectors.reports import ReportRow
from evaluations.tables.reports import BELOW, MEANS, OF_RESULTS, QUOTIENTS, figure_address, value_cell
from evaluations.words import SIDES, metric_word, ready_tag
from programmes.domain.results import weighted_mean
from programmes.words import named
from ta_portal.money.exact import rounded
from ta_portal.ui import formats
from ta_portal.ui.explanations import Explanation
from ta_portal.ui.seals import seal
from ta_portal.ui.tables import Column, Table

PLACES = 2


@dataclass(frozen=True, slots=True)
class Scored:
    """A dimension with the score that one assessment gave it."""

    name: str
    weight: Fraction
    score: int | None

    @property
    def weighted(self) -> Fraction | None:
        return None if self.score is None else self.weight * self.score


def readiness_explained(assessment: Readiness, dimensions: Sequence[DimensionRow], place: int) -> Explanation:
    """The weighted share of the top score, dimension by dimension, and whether that is enough to leave."""
    rows = [Scored(one.name, Fraction(str(one.weight)), one.scores[place]) for one in dimensions]
    rated = [row for row in rows if row.score is not None]
    weight = sum((row.weight for row in rated), Fraction(0))
    total = sum((row.weighted or Fraction(0) for row in rated), Fraction(0))
    score = total / (TOP_SCORE * weight) * 100 if weight else None
    return Explanation(
        what=format_html("{} · {} · {}", _("Exit readiness"), formats.day(assessment.on_date), SIDES[assessment.side]),
        figure=formats.pct(assessment.score.score_pct, PLACES),
        rule=_("The weighted scores, in percent of what they would be if every dimension were strong (3)."),
        tables=[_score_table(rows, weight, total)],
        foot=formats.pct(score, PLACES),
        working=format_html("{} ÷ ({} × {}) × 100 =", _exact(total), TOP_SCORE, _exact(weight)) if weight else "",
        notes=[
            format_html("{} {}", ready_tag(ready=assessment.score.ready), _(
                "Ready from 70% with no dimension at 0, none left unrated and no critical one below 2."
            ))
        ],
    )  # fmt: skip


def own_page(report: ImpactReport, row: ReportRow) -> str:
    """Where an engagement's own pages explain the figure, from what was known when the report was made; else empty."""
    ref, _slash, code = row.key.partition("/")
    clocks = {"as_of": report.as_of.isoformat(), "known_at": report.cut_off.isoformat()}
    if row.level == Level.ENGAGEMENT and row.metric in COSTS:
        basis, group = COSTS[row.metric]
        known = {**clocks, "sealed": seal(ref, clocks["known_at"])}
        return explain_address(ref, basis=basis, group=group, currency=report.currency_id, **known)
    if row.level not in BELOW or row.metric not in OF_RESULTS:
        return ""
    query = {**clocks, "counting": report.least_status, **({"outcome": code} if row.level == Level.OUTCOME else {})}
    if row.level == Level.INDICATOR:
        return f"{reverse('programmes:indicator', args=[ref, code])}?{urlencode(query)}"
    return f"{reverse('programmes:explain', args=[ref])}?{urlencode(query)}"


def figure_explained(report: ImpactReport, row: ReportRow) -> Explanation:
    """A figure above the engagement, or a quotient at any level."""
    if row.metric in QUOTIENTS:
        return _quotient_explained(report, row)
    weighted = row.metric == Metric.PROGRESS_PCT_WEIGHTED
    own = Metric.PROGRESS_PCT if row.metric in MEANS else row.metric
    members = members_of(report, row.level, row.key, own, weighted=weighted)
    if row.metric not in MEANS:
        foot = sum((Fraction(one.counts) for one in members if one.counts is not None), Fraction(0))
        return _members_explained(report, row, members, foot, _("What its engagements have in this report, added up."))
    rule = (
        _("The mean of its engagements' progress, each weighted by what was spent on it.")
        if weighted
        else _("The mean of its engagements' progress, each the same.")
    )
    known = [
        (Fraction(one.counts), Fraction(1) if one.weight is None else Fraction(one.weight))
        for one in members
        if one.counts is not None
    ]
    return _members_explained(report, row, members, weighted_mean(known), rule)


def _members_explained(
    report: ImpactReport, row: ReportRow, members: Sequence[Member], foot: Fraction | None, rule: str
) -> Explanation:
    """A figure above the engagement: its members' own figures in this very report, down to the figure."""
    digits = report.currency.minor_units
    total = sum((Fraction(one.counts) for one in members if one.counts is not None), Fraction(0))
    weights = [one.weight for one in members if one.weight is not None]
    columns: list[Column[Member]] = [
        Column(_("Engagement"), lambda one: _engagement(report, one, row.metric), total=_("Sum")),
        Column(
            metric_word(row.metric),
            lambda one: formats.number(one.counts, _digits(row.metric, digits)),
            numeric=True,
            total=formats.number(total, _digits(row.metric, digits)),
        ),
    ]
    if weights:
        columns.append(
            Column(
                _("Weight"),
                lambda one: formats.number(one.weight),
                numeric=True,
                total=formats.number(sum(weights, Decimal(0))),
            )
        )
    table = Table(
        name="members", caption=_("Engagements"), columns=columns, rows=members, empty=_("None."), stacked=True
    )
    return Explanation(
        what=figure_words(row),
        figure=value_cell(row),
        rule=rule,
        tables=[table],
        foot=_as_shown(row, foot, digits),
        notes=[_("Each figure is the one of this report: frozen when it was made.")],
    )


def _quotient_explained(report: ImpactReport, row: ReportRow) -> Explanation:
    """A ratio: what is divided by what."""
    parts = _divided(report, row)
    top, bottom = parts[0][1], parts[1][1]
    hundred = row.metric in (Metric.SPENT_PCT, Metric.COVERAGE_PCT)
    value = None if top is None or not bottom else Fraction(top) / Fraction(bottom) * (100 if hundred else 1)
    table = Table(
        name="parts",
        caption=_("What is divided by what"),
        columns=[
            Column(_("Part"), lambda part: part[0]),
            Column(_("Figure"), lambda part: formats.number(part[1]), numeric=True),
        ],
        rows=list(parts),
    )
    times = " × 100" if hundred else ""
    return Explanation(
        what=figure_words(row),
        figure=value_cell(row),
        rule=_("The first of the two figures, divided by the second."),
        tables=[table],
        foot=_as_shown(row, value, report.currency.minor_units),
        working=format_html("{} ÷ {}{} =", formats.number(top), formats.number(bottom), times),
    )


def figure_words(row: ReportRow) -> SafeString:
    if row.level == Level.PORTFOLIO:
        return format_html("{}", metric_word(row.metric))
    return format_html("{}: {}", formats.bdi(row.key, "ltr"), metric_word(row.metric))


def _divided(report: ImpactReport, row: ReportRow) -> list[tuple[object, Decimal | None]]:
    """The two figures of a quotient, in words and as the report has them."""
    if row.metric == Metric.SPENT_PCT:
        beside = rows_of_key(report, row.level, row.key)
        named = [beside.get(metric) for metric in (Metric.ACTUAL_CHARGED, Metric.PLANNED_CHARGED)]
        return [(_linked(report, one), one.value) for one in named if one]
    if row.metric == Metric.COVERAGE_PCT:
        counts = (_("Periods reported"), row.reported), (_("Periods due"), row.expected)
        return [(words, None if count is None else Decimal(count)) for words, count in counts]
    words = {
        Metric.COST_PER_RATING_POINT: (_("Spent on what is rated"), _("Rating points")),
        Metric.COST_PER_MILESTONE: (_("Spent where milestones are done"), _("Milestones done")),
    }.get(Metric(row.metric), (_("Numerators together"), _("Denominators together")))
    return [(words[0], row.num), (words[1], row.den)]


def _linked(report: ImpactReport, row: ReportRow) -> SafeString:
    return format_html('<a href="{}">{}</a>', figure_address(report, row), metric_word(row.metric))


def _score_table(rows: Sequence[Scored], weight: Fraction, total: Fraction) -> Table[Scored]:
    return Table(
        name="dimensions",
        caption=_("Dimensions, 0 absent to 3 strong"),
        columns=[
            Column(_("Dimension"), lambda row: formats.bdi(named(row.name)), total=_("Those rated")),
            Column(_("Weight"), lambda row: _exact(row.weight), numeric=True, total=_exact(weight)),
            Column(_("Score"), lambda row: formats.number(row.score), numeric=True),
            Column(
                _("Weight × score"),
                lambda row: formats.number(None) if row.weighted is None else _exact(row.weighted),
                numeric=True,
                total=_exact(total),
            ),
        ],
        rows=rows,
    )


def _engagement(report: ImpactReport, one: Member, metric: str) -> SafeString:
    query = urlencode({"level": Level.ENGAGEMENT, "key": one.ref, "metric": one.metric or metric})
    address = f"{reverse('reports:explain', args=[report.public_id])}?{query}"
    name, code = formats.bdi(one.name or one.ref), formats.bdi(one.ref, "ltr")
    return format_html('<a href="{}">{}</a><small>{}</small>', address, name, code)


def _digits(metric: str, money_digits: int) -> int:
    return money_digits if metric in MONEY else 0 if metric == Metric.ENGAGEMENTS else PLACES


def _as_shown(row: ReportRow, value: Decimal | Fraction | None, digits: int) -> SafeString:
    exact = None if value is None else value if isinstance(value, Decimal) else rounded(value, 30)
    again = shown(exact, row.metric, money_digits=digits)
    return value_cell(ReportRow(row.level, row.key, row.metric, again, None, None, None, None, ""))


def _exact(value: Fraction) -> SafeString:
    return formats.number(value, 0 if value.denominator == 1 else PLACES)
