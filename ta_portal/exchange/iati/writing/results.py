"""Results of an activity: outcomes with indicators, and for each period what was meant and what was observed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from programmes.domain.results import ratio_factor
from programmes.domain.vocabulary import Direction, Method
from programmes.models import Engagement, Indicator, IndicatorTarget, Observation
from ta_portal.exchange.iati.results import QUALITATIVE
from ta_portal.exchange.iati.writing.days import first_day
from ta_portal.exchange.iati.writing.elements import narrative, plain, told, under
from ta_portal.money.exact import rounded

_OUTCOME, _OTHER = "2", "9"
_UNIT, _PERCENTAGE, _ORDINAL = "1", "2", "4"
_DIGITS = 4


@dataclass
class _Period:
    targets: list[tuple[str, str]] = field(default_factory=list)
    actuals: list[Observation] = field(default_factory=list)


def write_results(found: etree._Element, engagement: Engagement, facts: Mapping[str, Any]) -> None:
    """An outcome is a result; indicators of none stand under one of their own. A result has indicators, or is not."""
    indicators: dict[int | None, list[Indicator]] = defaultdict(list)
    for indicator in engagement.indicators.all():
        indicators[indicator.outcome_id].append(indicator)
    for outcome in engagement.outcomes.all():
        kind = facts.get("result_types", {}).get(outcome.code, _OUTCOME)
        if indicators[outcome.pk]:
            result = _result(found, kind, outcome.title, outcome.objective)
            _indicators(result, engagement, indicators[outcome.pk], facts)
    if indicators[None]:
        _indicators(_result(found, _OTHER, _("Other results"), ""), engagement, indicators[None], facts)


def _result(found: etree._Element, kind: str, title: str, description: str) -> etree._Element:
    result = under(found, "result", type=kind)
    told(result, "title", title)
    if description:
        told(result, "description", description)
    return result


def _indicators(
    result: etree._Element, engagement: Engagement, indicators: Iterable[Indicator], facts: Mapping[str, Any]
) -> None:
    for indicator in indicators:
        measure = facts.get("measures", {}).get(indicator.code) or _measure(indicator)
        words = facts.get("in_words", {}).get(indicator.code, {})
        _indicator(result, engagement, indicator, measure, words)


def _measure(indicator: Indicator) -> str:
    if indicator.scale:
        return _ORDINAL
    return _PERCENTAGE if ratio_factor(indicator.unit) == 100 else _UNIT


def _indicator(
    result: etree._Element, engagement: Engagement, indicator: Indicator, measure: str, words: Mapping[str, Any]
) -> None:
    ascending = "1" if indicator.direction == Direction.INCREASE else "0"
    element = under(result, "indicator", measure=measure, ascending=ascending)
    told(element, "title", indicator.title)
    if indicator.definition:
        told(element, "description", indicator.definition)
    _baseline(element, engagement, indicator, measure, words.get("baseline", ""))
    for (starts, ends), period in sorted(_periods(engagement, indicator, words.get("targets", {})).items()):
        written = under(element, "period")
        under(written, "period-start", iso_date=str(starts))
        under(written, "period-end", iso_date=str(ends))
        for value, comment in period.targets:
            _figure(written, "target", value, comment, measure)
        for observation in period.actuals:
            _actual(written, indicator, observation, measure)


def _baseline(
    element: etree._Element, engagement: Engagement, indicator: Indicator, measure: str, in_words: str
) -> None:
    value = _place_or_number(indicator, indicator.baseline, indicator.baseline_level)
    if value is None and not in_words:
        return
    on = indicator.baseline_on or first_day(engagement.planned)
    baseline = _figure(element, "baseline", value or "", indicator.baseline_level or in_words, measure)
    baseline.set("iso-date", str(on))
    baseline.set("year", str(on.year))


def _periods(
    engagement: Engagement, indicator: Indicator, in_words: Mapping[str, str]
) -> dict[tuple[dt.date, dt.date], _Period]:
    """Those observed, and one up to each target that ends with none of them."""
    found: dict[tuple[dt.date, dt.date], _Period] = defaultdict(_Period)
    for observation in indicator.observations.all():
        if observation.reported:
            found[observation.period_start, observation.period_end].actuals.append(observation)
    targets = [
        (target.due, _place_or_number(indicator, target.value, target.level) or "", target.level or "")
        for target in _in_force(indicator.targets.all())
    ]
    targets += [(dt.date.fromisoformat(due), "", text) for due, text in in_words.items()]
    for due, value, comment in targets:
        days = [key for key in found if key[1] == due] or [(_before(engagement, due), due)]
        found[max(days)].targets.append((value, comment))
    return found


def _before(engagement: Engagement, due: dt.date) -> dt.date:
    """Where the period of a target begins: with the engagement, and in any case before it is due."""
    return min(first_day(engagement.planned), due - dt.timedelta(days=1))


def _in_force(targets: Iterable[IndicatorTarget]) -> Sequence[IndicatorTarget]:
    """A revised target stands for the original of its day."""
    by_day = {target.due: target for target in sorted(targets, key=lambda target: not target.is_original)}
    return [by_day[due] for due in sorted(by_day)]


def _actual(period: etree._Element, indicator: Indicator, observation: Observation, measure: str) -> None:
    value = None if measure == QUALITATIVE else _value(indicator, observation)
    comment = observation.text or observation.level or ""
    if value is None and not comment:
        return
    if value is None and measure != QUALITATIVE:
        value, comment = comment, ""
    actual = under(period, "actual", value=value)
    for piece in filter(None, observation.disagg.split(";")):
        name, _equals, part = piece.partition("=")
        under(actual, "dimension", name=name, value=part)
    if comment:
        told(actual, "comment", comment)


def _value(indicator: Indicator, observation: Observation) -> str | None:
    """A ratio in the indicator's unit, to four decimals half up; a level as its place on the scale, from 0."""
    if indicator.method == Method.RATIO_OF_SUMS and observation.numerator is not None and observation.denominator:
        ratio = Fraction(observation.numerator) * ratio_factor(indicator.unit) / Fraction(observation.denominator)
        return plain(rounded(ratio, _DIGITS))
    return _place_or_number(indicator, observation.value, observation.level)


def _place_or_number(indicator: Indicator, value: Decimal | None, level: str | None) -> str | None:
    if level is not None and indicator.scale and level in indicator.scale:
        return str(indicator.scale.index(level))
    return None if value is None else plain(value)


def _figure(parent: etree._Element, name: str, value: str, comment: str, measure: str) -> etree._Element:
    """A number with its comment. Words alone are the comment where quality is measured, else the value."""
    if not value and measure != QUALITATIVE:
        value, comment = comment, ""
    element = under(parent, name, value=value or None)
    if comment:
        narrative(under(element, "comment"), comment)
    return element
