"""Results of an activity: outcomes with indicators, baselines, targets, and what was observed."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from programmes.domain.parts import NotAPart, canonical
from programmes.domain.vocabulary import Direction
from ta_portal.exchange.iati.content import ActualPart, IndicatorPart, ResultPart, TargetPart, Words
from ta_portal.exchange.iati.values import Element, Findings, as_number

QUALITATIVE = "5"
_MEASURES = ("1", "2", "3", "4", QUALITATIVE)
_LONGEST_TITLE = 500
_LONGEST_PART = 200
# What an indicator's column holds.
_YEAR = re.compile("[0-9]{4}")
_STEP, _LARGEST = Decimal("0.0001"), Decimal(10) ** 20


def read_results(root: Element, language: str, findings: Findings) -> list[ResultPart]:
    found = []
    for number, element in enumerate(root.children("result"), start=1):
        with findings.at_most_one_fault():
            found.append(_result(element, f"R{number}", language, findings))
    return found


def _result(element: Element, code: str, language: str, findings: Findings) -> ResultPart:
    element.tell_of_others({"title", "description", "indicator"}, findings, under="result/")
    element.tell_of_other_attributes(("type",), findings)
    indicators = []
    for number, inner in enumerate(element.children("indicator"), start=1):
        with findings.at_most_one_fault():
            indicators.append(_indicator(inner, f"{code}-I{number}", language, findings))
    return ResultPart(
        place=element.place,
        code=code,
        kind=element.attribute("type") or "2",
        title=_title(element, language, findings) or _untitled(element, code, findings),
        description=_said(element, "description", language),
        indicators=tuple(indicators),
    )


def _indicator(element: Element, code: str, language: str, findings: Findings) -> IndicatorPart:
    element.tell_of_others({"title", "description", "baseline", "period"}, findings, under="indicator/")
    element.tell_of_other_attributes(("measure", "ascending"), findings)
    measure = element.attribute("measure") or "1"
    if measure not in _MEASURES:
        element.refuse(_("“{code}” is no kind of measure: 1 to 5.").format(code=measure))
    baseline, in_words = _baseline(element, measure, language, findings)
    periods = list(_periods(element))
    targets = list(_targets(periods, measure, language, findings))
    return IndicatorPart(
        place=element.place,
        code=code,
        title=_title(element, language, findings) or _untitled(element, code, findings),
        description=_said(element, "description", language),
        measure=measure,
        direction=Direction.DECREASE if element.attribute("ascending") in ("0", "false") else Direction.INCREASE,
        baseline=baseline,
        baseline_on=in_words.on if in_words else None,
        baseline_in_words=in_words if in_words and in_words.text else None,
        targets=tuple(found for found in targets if isinstance(found, TargetPart)),
        targets_in_words=tuple(found for found in targets if isinstance(found, Words)),
        actuals=tuple(_actuals(periods, measure, language, findings)),
    )


def _baseline(element: Element, measure: str, language: str, findings: Findings) -> tuple[Decimal | None, Words | None]:
    """The first baseline that is of the whole: its number, and its day with what it says in words instead of one."""
    found: tuple[Decimal | None, Words | None] = None, None
    for baseline in element.children("baseline"):
        if found[1] is not None or _part_of(baseline):
            findings.leave_out("baseline, further or of a part", baseline)
            continue
        value = _figure(baseline, measure)
        words = "" if value is not None else _in_words(baseline, language)
        found = value, Words(place=baseline.place, on=_baseline_on(baseline), text=words)
        _note_what_is_beside(baseline, "baseline", value, words, findings)
    return found


def _in_words(element: Element, language: str) -> str:
    return ": ".join(
        said for said in (element.attribute("value"), _said(element, "comment", language)) if said is not None and said
    )


def _note_what_is_beside(element: Element, what: str, value: Decimal | None, words: str, findings: Findings) -> None:
    """Words where a number is meant are kept with the indicator; a comment on a number is kept by its kind."""
    if words:
        findings.leave_out(f"{what} in words")
    elif value is not None and _said(element, "comment", ""):
        findings.leave_out(f"{what}/comment", element)
    element.tell_of_others({"comment", "dimension"}, findings, under=f"{what}/")


def _baseline_on(baseline: Element) -> dt.date | None:
    """Its day; of a year the last one."""
    if baseline.attribute("iso-date"):
        return baseline.day()
    year = baseline.attribute("year")
    if year is None:
        return None
    if not _YEAR.fullmatch(year):
        baseline.refuse(_("“{text}” is not a year such as 2025.").format(text=year[:60]))
    return baseline.as_day(f"{year}-12-31")


Period = tuple[Element, dt.date, dt.date]


def _periods(indicator: Element) -> Iterator[Period]:
    for period in indicator.children("period"):
        starts, ends = period.needed("period-start").day(), period.needed("period-end").day()
        if ends < starts:
            period.refuse(_("The period ends on {end}, before it starts.").format(end=ends))
        yield period, starts, ends


def _targets(periods: list[Period], measure: str, language: str, findings: Findings) -> Iterator[TargetPart | Words]:
    """One for the end of each period, in numbers or in words. Of parts, or a second for the day, are kept beside."""
    due = set()
    for period, _starts, ends in periods:
        for target in period.children("target"):
            if _part_of(target) or ends in due:
                findings.leave_out("target, further or of a part", target)
                continue
            value = _figure(target, measure)
            words = "" if value is not None else _in_words(target, language)
            _note_what_is_beside(target, "target", value, words, findings)
            if value is not None:
                due.add(ends)
                yield TargetPart(place=target.place, due=ends, value=value)
            elif words:
                due.add(ends)
                yield Words(place=target.place, on=ends, text=words)


def _actuals(periods: list[Period], measure: str, language: str, findings: Findings) -> Iterator[ActualPart]:
    """What was observed, in total and for parts. What a second one says of the same period is kept beside."""
    seen = set()
    for period, starts, ends in periods:
        for actual in period.children("actual"):
            part = _part_of(actual)
            if (starts, part) in seen or actual.children("location"):
                findings.leave_out("actual, further or of a location", actual)
                continue
            seen.add((starts, part))
            value = _figure(actual, measure)
            text = _said(actual, "comment", language) if value is not None else _in_words(actual, language)
            if value is None and actual.attribute("value") and measure != QUALITATIVE:
                findings.leave_out("actual in words")
            yield ActualPart(place=actual.place, starts=starts, ends=ends, disagg=part, value=value, text=text)
        period.tell_of_others({"period-start", "period-end", "target", "actual"}, findings, under="period/")


def _part_of(element: Element) -> str:
    """The part that it speaks of, such as `sex=female`; empty for the whole."""
    given = ";".join(
        f"{_plain(part.attribute('name'))}={_plain(part.attribute('value'))}" for part in element.children("dimension")
    )
    try:
        found = canonical(given)
    except NotAPart:
        element.refuse(_("Its dimensions name no part: each has a name and a value, once."))
    if len(found) > _LONGEST_PART:
        element.refuse(_("Its dimensions are longer than {most} characters.").format(most=_LONGEST_PART))
    return found


def _plain(text: str | None) -> str:
    """Free of the signs that a part is written with."""
    return (text or "").replace(";", ",").replace("=", "-")


def _figure(element: Element, measure: str) -> Decimal | None:
    """The number that it says, to four decimals; None where it says words, or nothing."""
    found = None if measure == QUALITATIVE else as_number(element.attribute("value"))
    if found is None or abs(found) >= _LARGEST:
        return None
    return found if found == found.quantize(_STEP) else found.quantize(_STEP, rounding=ROUND_HALF_UP)


def _title(element: Element, language: str, findings: Findings) -> str:
    found = _said(element, "title", language)
    if len(found) > _LONGEST_TITLE:
        findings.leave_out(f"{element.name}/title, beyond {_LONGEST_TITLE} characters", element.first("title"))
    return found[:_LONGEST_TITLE]


def _untitled(element: Element, code: str, findings: Findings) -> str:
    findings.notes.append(_("{place}: it has no title; {code} stands for one.").format(place=element.place, code=code))
    return code


def _said(element: Element, name: str, language: str) -> str:
    inner = element.first(name)
    found = inner.narratives(language) if inner is not None else []
    return found[0][1] if found else ""
