"""What somebody reads off for a period: one figure of one indicator, in total or for a part, checked before kept."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from programmes.domain.parts import NotAPart, canonical, sums_by_dimension
from programmes.domain.vocabulary import Method
from programmes.models import Indicator, Observation, ReportingPeriod
from programmes.services.checks import refuse
from ta_portal.errors import Fault, InvalidInput

FIGURES = ("value", "numerator", "denominator", "weight", "level", "text")

# What adds up over the parts of an indicator, by how its latest value is made.
_ADDS_UP = {Method.SUM.value: ("value",), Method.RATIO_OF_SUMS.value: ("numerator", "denominator")}


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure. Nothing given means not reported, which is not zero.

    `starts` and `ends` are the days that the figure is for; the whole of the reporting period if left out. `confirmed`
    is what looked wrong and is right all the same; if left out, what was confirmed before holds while the figure does.
    """

    indicator: Indicator
    disagg: str = ""
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    weight: Decimal | None = None
    level: str | None = None
    text: str = ""
    not_reported_reason: str = ""
    source: str = ""
    starts: dt.date | None = None
    ends: dt.date | None = None
    confirmed: Sequence[str] | None = None

    @property
    def reported(self) -> bool:
        given = (self.value, self.numerator, self.denominator, self.level)
        return self.text != "" or any(figure is not None for figure in given)

    def key(self, period: ReportingPeriod) -> tuple[int, dt.date, str]:
        """What one observation is known by."""
        return self.indicator.pk, self.starts or period.starts, canonical(self.disagg)


def check_readings(readings: Sequence[Reading], *, period: ReportingPeriod) -> None:
    """Refuse readings that do not fit their indicator or the period; each fault names its place."""
    faults = [
        Fault(f"observations[{number}].{place}", "invalid", sentence)
        for number, reading in enumerate(readings)
        for place, sentence in _misfits(reading, period)
    ]
    if faults:
        raise InvalidInput(faults)
    twice = [key for key, times in Counter(reading.key(period) for reading in readings).items() if times > 1]
    if twice:
        refuse("observations", _("The same indicator, period and part is given twice."))


def _misfits(reading: Reading, period: ReportingPeriod) -> Iterator[tuple[str, str]]:
    indicator, starts, ends = reading.indicator, reading.starts or period.starts, reading.ends or period.ends
    if indicator.engagement_id != period.engagement_id:
        yield "indicator", _("{code} belongs to another engagement.").format(code=indicator.code)
    if not period.starts <= starts <= ends <= period.ends:
        yield "starts", _("These days are not within the reporting period.")
    try:
        canonical(reading.disagg)
    except NotAPart:
        yield "disagg", _("{part} names no part; write it as sex=f;unit=IRD.").format(part=reading.disagg)
    yield from _of_another_kind(reading)


def _of_another_kind(reading: Reading) -> Iterator[tuple[str, str]]:
    indicator, scale = reading.indicator, reading.indicator.scale or []
    levels = ", ".join(scale)
    if not scale and reading.level is not None:
        yield "level", _("Only an ordinal indicator has levels; give a number.")
    if scale and reading.value is not None:
        yield "value", _("An ordinal indicator has levels; give one of: {levels}.").format(levels=levels)
    if scale and reading.level is not None and reading.level not in scale:
        yield "level", _("{level} is not on the scale: {levels}.").format(level=reading.level, levels=levels)
    if (reading.numerator is None) != (reading.denominator is None):
        yield "numerator", _("A ratio has a numerator and a denominator: give both, or neither.")
    if indicator.method == Method.RATIO_OF_SUMS and not reading.disagg and reading.value is not None:
        yield "value", _("This indicator is a ratio: give its numerator and its denominator.")
    if indicator.method == Method.WEIGHTED_MEAN and not reading.disagg and reading.reported and reading.weight is None:
        yield "weight", _("This indicator is a weighted mean: give the weight of the value.")
    if reading.weight is not None and reading.weight < 0:
        yield "weight", _("A weight is not below 0.")


def parts_must_add_up(observations: Iterable[Observation]) -> None:
    """Refuse parts that do not make their total, by each dimension, where the indicator's figures are added up."""
    together: dict[tuple[int, dt.date], list[Observation]] = defaultdict(list)
    for observation in observations:
        together[observation.indicator_id, observation.period_start].append(observation)
    faults = [
        Fault(f"{rows[0].indicator.code} {rows[0].period_start}", "parts_do_not_add_up", sentence)
        for rows in together.values()
        for name in _ADDS_UP.get(rows[0].indicator.method, ())
        for sentence in _not_adding_up(rows, name)
    ]
    if faults:
        raise InvalidInput(faults)


def _not_adding_up(rows: Sequence[Observation], name: str) -> Iterator[str]:
    parts = {row.disagg: getattr(row, name) for row in rows if row.disagg}
    total = next((getattr(row, name) for row in rows if not row.disagg), None)
    given = {disagg: figure for disagg, figure in parts.items() if figure is not None}
    if not given or len(given) < len(parts):
        return
    for dimension, made in sums_by_dimension(given).items():
        if total is None:
            yield _("The parts by {dimension} are given, the total is not.").format(dimension=dimension)
        elif made != total:
            yield _("The parts by {dimension} add up to {made}, the total is {total}.").format(
                dimension=dimension, made=f"{made.normalize():f}", total=f"{total.normalize():f}"
            )
