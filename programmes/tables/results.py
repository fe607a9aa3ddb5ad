"""Outcomes and indicators as tables. A figure that is not known is a dash, never 0."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.domain.pace import Pace
from programmes.domain.results import EngagementResults
from programmes.domain.vocabulary import Method
from programmes.selectors.framework import IndicatorRow, OutcomeRows
from programmes.words import DIRECTIONS, PARTS, named
from ta_portal.money.exact import rounded
from ta_portal.ui import charts, formats
from ta_portal.ui.statuses import LOOKS, status
from ta_portal.ui.tables import Column, Table

PLACES = 2
# Below this share of the reports that were due a figure is provisional.
ENOUGH_COVERAGE_PCT = 60


def figure(value: Fraction | None) -> SafeString:
    """A figure as it is read: whole where it is whole, else with two decimals, rounded half up."""
    if value is None:
        return formats.number(None)
    return formats.number(value, 0 if value.denominator == 1 else PLACES)


def panel_table(indicators: Sequence[IndicatorRow]) -> Table[IndicatorRow]:
    """Every indicator in one line: where it began, where it is, where it should be."""
    return Table(
        name="indicators",
        caption=_("Indicators, latest value"),
        columns=[_NAME, _BASELINE, _LATEST, _TARGET, _PROGRESS, _TREND, _STATUS],
        rows=indicators,
        empty=_("No indicators are recorded."),
        stacked=True,
    )


def outcome_table(outcome: OutcomeRows) -> Table[IndicatorRow]:
    """The indicators of one outcome with all that is known of each, year by year."""
    code = outcome.answer.code if outcome.answer else "none"
    years = sorted({year for row in outcome.indicators for year in row.answer.annual})
    return Table(
        name=f"indicators-{code}",
        caption=outcome.answer.title if outcome.answer else _("Indicators of no outcome"),
        columns=[
            _NAME,
            _BASELINE,
            *map(_year, years),
            _LATEST,
            _TARGET,
            _PROGRESS,
            _EXPECTED,
            _PACE,
            _COVERAGE,
            _TREND,
            _STATUS,
        ],
        rows=outcome.indicators,
        empty=_("No indicators are recorded."),
    )


def parts_table(outcomes: Sequence[OutcomeRows]) -> Table[Any]:
    """The parts of each figure that has some: by sex, for one."""
    rows = [
        (row.sheet, name, part)
        for outcome in outcomes
        for row in outcome.indicators
        for name, part in row.answer.parts.items()
    ]
    return Table(
        name="parts",
        caption=_("Parts of the latest values"),
        columns=[
            Column(_("Indicator"), lambda row: _titled(named(row[0].title), row[0].code)),
            Column(_("Part"), lambda row: PARTS.get(row[1], row[1])),
            Column(_("Latest"), lambda row: figure(row[2].value), numeric=True),
            Column(_("Share"), lambda row: formats.pct(row[2].share_pct, PLACES), numeric=True),
        ],
        rows=rows,
        stacked=True,
    )


def pace_counts(indicators: Sequence[IndicatorRow]) -> list[SafeString]:
    """How many indicators are in each state that occurs, in words."""
    paces = Counter(row.answer.result.pace for row in indicators)
    return [
        format_html("{} {}", formats.number(paces[pace]), str(LOOKS[pace].word).lower()) for pace in Pace if paces[pace]
    ]


def mean_of_outcomes(outcomes: Sequence[OutcomeRows]) -> Fraction | None:
    """The engagement's own progress: the weighted mean of its outcomes, over those that have one."""
    return EngagementResults(outcomes=[one.answer for one in outcomes if one.answer]).mean_capped_progress_pct


def outcome_summary(outcome: OutcomeRows) -> dict[str, Any]:
    """An outcome's own figures, with what makes them less than certain."""
    if outcome.outcome is None or outcome.answer is None:
        return {"title": _("Indicators of no outcome"), "code": "none"}
    result = outcome.answer.result
    covered = result.coverage
    ordinal = [row.sheet.code for row in outcome.indicators if row.sheet.method == Method.ORDINAL_LATEST]
    return {
        "code": outcome.answer.code,
        "title": outcome.answer.title,
        "mean": result.mean_capped_progress_pct,
        "rating": result.rating,
        "assigned": outcome.outcome.assigned_rating,
        "reason": outcome.outcome.assigned_reason,
        "reported": result.reported,
        "expected": result.expected,
        "coverage": covered,
        "provisional": bool(covered.expected) and covered.reported * 100 < covered.expected * ENOUGH_COVERAGE_PCT,
        "low_bound": _low_bound(outcome),
        "ordinals": ", ".join(ordinal),
    }


def _low_bound(outcome: OutcomeRows) -> Fraction | None:
    """The mean with the indicators that have no progress at 0: what it is at least."""
    weights = [(row.answer.result.progress_pct, Fraction(row.sheet.weight)) for row in outcome.indicators]
    total = sum((weight for _progress, weight in weights), Fraction(0))
    gained = sum(
        (min(max(progress or Fraction(0), Fraction(0)), Fraction(100)) * weight for progress, weight in weights),
        Fraction(0),
    )
    return gained / total if total else None


def _name(row: IndicatorRow) -> SafeString:
    unit = row.sheet.unit
    sheet = [
        formats.bdi(row.sheet.code, "ltr"),
        *([formats.bdi(named(unit))] if unit else []),
        DIRECTIONS[row.sheet.direction],
    ]
    title = formats.bdi(named(row.sheet.title))
    address = reverse("programmes:indicator", args=[row.sheet.ref, row.sheet.code])
    title = format_html('<a href="{}">{}</a>', address, title)
    return format_html("{}<small>{}</small>", title, _joined(sheet))


def _joined(parts: Sequence[object]) -> SafeString:
    return format_html(" · ".join(["{}"] * len(parts)), *parts)


def _on_scale(row: IndicatorRow, value: Fraction | None) -> SafeString:
    """A figure, or the name of a place on an ordinal's scale."""
    scale = row.sheet.scale
    if scale and value is not None and value.denominator == 1 and 0 <= value < len(scale):
        return formats.bdi(scale[int(value)])
    return figure(value)


def _latest(row: IndicatorRow) -> SafeString:
    latest = row.answer.result.latest
    shown = formats.bdi(latest.label) if latest.label and row.sheet.scale else figure(latest.value)
    return format_html("<strong>{}</strong>", shown)


def _trend(row: IndicatorRow) -> SafeString:
    target = row.answer.result.target
    path = [None if said is None else rounded(said, 4) for said in row.sheet.path]
    return charts.spark(path, None if target is None else rounded(target, 4))


def _coverage(row: IndicatorRow) -> str:
    covered = row.answer.result.coverage
    return _("%(reported)d of %(expected)d") % {"reported": covered.reported, "expected": covered.expected}


def _year(year: int) -> Column[IndicatorRow]:
    return Column(str(year), lambda row: _on_scale(row, row.answer.annual.get(year)), numeric=True)


def _titled(title: str, code: str) -> SafeString:
    return format_html("{}<small>{}</small>", formats.bdi(title), formats.bdi(code, "ltr"))


def _result(heading: Promise, name: str) -> Column[IndicatorRow]:
    return Column(heading, lambda row: formats.pct(getattr(row.answer.result, name), PLACES), numeric=True)


_NAME: Column[IndicatorRow] = Column(gettext_lazy("Indicator"), _name)
_BASELINE: Column[IndicatorRow] = Column(
    gettext_lazy("Baseline"), lambda row: _on_scale(row, row.answer.result.baseline), numeric=True
)
_LATEST: Column[IndicatorRow] = Column(gettext_lazy("Latest"), _latest, numeric=True)
_TARGET: Column[IndicatorRow] = Column(
    gettext_lazy("Target"), lambda row: _on_scale(row, row.answer.result.target), numeric=True
)
_PROGRESS = _result(gettext_lazy("Progress"), "progress_pct")
_EXPECTED: Column[IndicatorRow] = Column(
    gettext_lazy("Expected now"), lambda row: _on_scale(row, row.answer.result.expected_now), numeric=True
)
_PACE = _result(gettext_lazy("Pace"), "pace_pct")
_COVERAGE: Column[IndicatorRow] = Column(gettext_lazy("Reported"), _coverage, numeric=True)
_TREND: Column[IndicatorRow] = Column(gettext_lazy("Trend"), _trend)
_STATUS: Column[IndicatorRow] = Column(gettext_lazy("Status"), lambda row: status(row.answer.result.pace))
