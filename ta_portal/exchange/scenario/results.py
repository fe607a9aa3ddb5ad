"""How a scenario writes results: outcomes, indicators with baselines, targets and observations."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from programmes.domain.parts import sums_by_dimension
from programmes.domain.vocabulary import Direction, Method
from ta_portal.exchange.scenario.content import Figure, IndicatorPart, ObservationPart, OutcomePart
from ta_portal.exchange.scenario.periods import frequency_of, quarter
from ta_portal.exchange.scenario.values import MONEY, Values

# The parts of a total that the format knows, and how the portal writes them.
PARTS = {"female": "sex=f", "male": "sex=m"}

Scale = tuple[str, ...] | None


def read_outcomes(framework: Values) -> tuple[OutcomePart, ...]:
    found: list[OutcomePart] = []
    for row in framework.objects("outcomes"):
        code = row.text("code", 60)
        if code in {outcome.code for outcome in found}:
            row.refuse("code", _("The code {code} is there twice.").format(code=code))
        found.append(OutcomePart(place=row.place, code=code, title=row.text("title", 500)))
    return tuple(found)


def read_indicator(values: Values) -> IndicatorPart:
    method = values.choice("aggregation", Method)
    scale = _scale(values, method)
    targets = tuple(_figure(row, scale, needed=True) for row in values.objects("targets"))
    observations = tuple(_observation(row, method, scale) for row in values.objects("observations"))
    _once(values, "targets", [target.on for target in targets])
    _once(values, "observations", [observation.starts for observation in observations])
    baseline = values.inside("baseline")
    return IndicatorPart(
        place=values.place,
        code=values.text("code", 60),
        title=values.text("title", 500),
        workstream=values.text_or_none("workstream", 60),
        outcome=values.text_or_none("outcome", 60),
        catalogue=values.text_or_none("catalogue", 20),
        unit=values.text_or_none("unit", 120) or "",
        method=method,
        direction=values.choice("direction", Direction),
        frequency=frequency_of(observation.starts for observation in observations if observation.reported),
        scale=scale,
        baseline=None if baseline is None else _figure(baseline, scale, needed=False),
        targets=targets,
        observations=observations,
    )


def _scale(values: Values, method: Method) -> Scale:
    """The levels of an ordinal from the lowest up; no other indicator has one."""
    scale = values.texts_or_none("scale", 60)
    if (scale is not None) != (method is Method.ORDINAL_LATEST):
        values.refuse("scale", _("An ordinal indicator has a scale, and no other has one."))
    if scale is not None and (len(scale) < 2 or len(set(scale)) < len(scale)):
        values.refuse("scale", _("A scale has at least two levels, each once."))
    return scale


def _once(values: Values, key: str, days: list[dt.date | None]) -> None:
    for number, day in enumerate(days):
        if day in days[:number]:
            values.refuse(f"{key}[{number}]", _("There is another one for {day}.").format(day=day))


def _figure(values: Values, scale: Scale, *, needed: bool) -> Figure:
    on = values.day("date") if needed else values.day_or_none("date")
    value = values.number_or_none("value", MONEY) if scale is None else None
    level = None if scale is None else _level(values, "value", scale)
    if needed and value is None and level is None:
        values.refuse("value", _("This is missing."))
    return Figure(place=values.place, on=on, value=value, level=level)


def _level(values: Values, key: str, scale: tuple[str, ...]) -> str | None:
    level = values.text_or_none(key, 60)
    if level is not None and level not in scale:
        values.refuse(key, _("“{level}” is not on the scale: {scale}.").format(level=level, scale=", ".join(scale)))
    return level


def _observation(values: Values, method: Method, scale: Scale) -> ObservationPart:
    starts, ends = _period(values)
    numerator, denominator = (values.number_or_none(key, MONEY) for key in ("numerator", "denominator"))
    if (numerator is None) != (denominator is None):
        missing = "numerator" if numerator is None else "denominator"
        values.refuse(missing, _("A ratio has a numerator and a denominator: give both, or neither."))
    value = None if scale else values.number_or_none("value", MONEY)
    weight = values.number_or_none("weight", MONEY, least=0)
    if method is Method.RATIO_OF_SUMS and value is not None:
        values.refuse("value", _("This indicator is a ratio: give its numerator and its denominator."))
    if method is Method.WEIGHTED_MEAN and value is not None and weight is None:
        values.refuse("weight", _("This indicator is a weighted mean: give the weight of the value."))
    if method is not Method.RATIO_OF_SUMS and numerator is not None:
        values.refuse("numerator", _("Only an indicator with the method ratio_of_sums has numerators."))
    by_part = {part: values.number_or_none(key, MONEY) for key, part in PARTS.items() if key in values.names()}
    if method is Method.SUM:
        _adds_up(values, value, by_part)
    return ObservationPart(
        place=values.place,
        starts=starts,
        ends=ends,
        value=value,
        numerator=numerator,
        denominator=denominator,
        weight=weight,
        level=_ordinal_level(values, scale),
        by_part=by_part,
    )


def _ordinal_level(values: Values, scale: Scale) -> str | None:
    """An ordinal's level, under either name."""
    if scale is None:
        return None
    return _level(values, "level", scale) or _level(values, "value", scale)


def _period(values: Values) -> tuple[dt.date, dt.date]:
    """`2024-Q1`, or the first and last day with a stroke between."""
    text = values.text("period", 60)
    found = quarter(text)
    if found is None:
        first, stroke, last = text.partition("/")
        if not stroke:
            values.refuse(
                "period", _("“{text}” is not a period such as 2024-Q1 or 2024-01-01/2024-03-31.").format(text=text)
            )
        found = values.as_day("period", first), values.as_day("period", last)
    if found[1] < found[0]:
        values.refuse("period", _("This period ends before it starts."))
    values.as_day("period", found[0].isoformat())
    return found


def _adds_up(values: Values, total: Decimal | None, by_part: Mapping[str, Decimal | None]) -> None:
    """Parts make their total, where all of them are given."""
    given = {part: figure for part, figure in by_part.items() if figure is not None}
    if not given or len(given) < len(by_part):
        return
    for made in sums_by_dimension(given).values():
        if total is None or made != total:
            values.refuse(
                "value", _("The parts add up to {made}, the total is {total}.").format(made=made, total=total)
            )
