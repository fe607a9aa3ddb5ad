"""How far indicators and outcomes are: latest value, progress, outcome mean and rating. Exact fractions to the end.

Its twin over many engagements is `programmes/sql/results.sql`. Nothing here is rounded; that happens once, at output.
What cannot be said is None with a reason, never 0. Figures of an ordinal are positions on its scale, from 0.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from programmes.domain.pace import Pace, Target, expected_value, is_met, pace_of, pace_pct
from programmes.domain.periods import Coverage, Days, coverage, year_before
from programmes.domain.vocabulary import Direction, Frequency, Method, Window

# An outcome is rated 1, and one more for each of these that its mean reaches.
RATING_CUT_OFFS: tuple[Decimal, ...] = (Decimal(25), Decimal(60), Decimal(90))

# Methods whose parts add up to their total, so that a part has a share.
_PARTS_ADD_UP = (Method.SUM, Method.LATEST)


class Reason(StrEnum):
    """Why there is no latest value, or no progress."""

    NO_DATA = "no_data"
    ZERO_DENOMINATOR = "zero_denominator"
    LEVEL_OFF_SCALE = "level_off_scale"
    NO_BASELINE = "no_baseline"
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One period's figures as they count and were known at the cut-off, in total or for a part ('sex=f').

    Nothing given means that the period was not reported.
    """

    period: Days
    disagg: str = ""
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    weight: Decimal | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedTarget:
    """Where an indicator should stand by a date: a number, or a level's name. A revised one stands for the original."""

    due: dt.date
    value: Decimal | str
    is_original: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An indicator's sheet with what was observed. `baseline` is a level's name for ordinals."""

    method: Method
    direction: Direction = Direction.INCREASE
    unit: str = ""
    window: Window | None = None
    frequency: Frequency = Frequency.QUARTERLY
    scale: Sequence[str] = ()
    baseline: Decimal | str | None = None
    baseline_on: dt.date | None = None
    targets: Sequence[DatedTarget] = ()
    observations: Sequence[Observation] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The latest value, the periods it is made of, and why there is none."""

    value: Fraction | None = None
    on: dt.date | None = None
    label: str | None = None
    used: int = 0
    of_periods: int = 0
    undefined: Reason | None = Reason.NO_DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorResult:
    """Where an indicator stands. `held` is said only where target and baseline are equal."""

    latest: Latest
    baseline: Fraction | None
    target: Fraction | None
    progress_pct: Fraction | None
    no_progress: Reason | None
    held: bool | None
    target_met: bool | None
    expected_now: Fraction | None
    pace_pct: Fraction | None
    pace: Pace
    coverage: Coverage

    @property
    def reported(self) -> bool:
        """Was anything reported that the method can use? 0 of 0 is a report, though it has no value."""
        return self.latest.used > 0


@dataclass(frozen=True, slots=True)
class Part:
    """The latest value of a part, and its share of the total where parts add up to it."""

    value: Fraction | None
    share_pct: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeResult:
    """The mean progress of an outcome's indicators: `reported` of them have progress, of `expected` that it has."""

    expected: int
    reported: int
    mean_capped_progress_pct: Fraction | None
    rating: int | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorAnswer:
    """An indicator's name and result, with its years and its parts."""

    code: str
    title: str
    method: Method
    outcome_code: str | None
    result: IndicatorResult
    annual: Mapping[int, Fraction | None]
    parts: Mapping[str, Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeAnswer:
    code: str
    title: str
    weight: Decimal
    result: OutcomeResult


@dataclass(frozen=True, slots=True)
class EngagementResults:
    """The results of one engagement, in the order of their codes."""

    indicators: Sequence[IndicatorAnswer] = ()
    outcomes: Sequence[OutcomeAnswer] = ()

    @property
    def mean_capped_progress_pct(self) -> Fraction | None:
        """The weighted mean of its outcomes, over those that have one."""
        means = [(o.result.mean_capped_progress_pct, Fraction(o.weight)) for o in self.outcomes]
        return weighted_mean((mean, weight) for mean, weight in means if mean is not None)


def indicator_result(indicator: Indicator, running: Days, as_of: dt.date) -> IndicatorResult:
    """The indicator at `as_of`, in an engagement that runs over these days."""
    latest = latest_value(indicator, as_of)
    baseline = position(indicator, indicator.baseline)
    targets = targets_in_force(indicator)
    target = targets[-1].value if targets else None
    met = None if latest.value is None or target is None else is_met(latest.value, target, indicator.direction)
    expected = expected_value(
        targets,
        baseline=baseline,
        baseline_on=indicator.baseline_on or running.first,
        as_of=as_of,
        in_steps=indicator.method is Method.ORDINAL_LATEST,
    )
    covered = pace_pct(latest.value, baseline=baseline, expected=expected.value, direction=indicator.direction)
    return IndicatorResult(
        latest=latest,
        baseline=baseline,
        target=target,
        progress_pct=progress_pct(latest.value, baseline=baseline, target=target, met=met),
        no_progress=_why_no_progress(latest, baseline, target),
        held=met if target == baseline else None,
        target_met=met,
        expected_now=expected.value,
        pace_pct=covered,
        pace=pace_of(covered, is_due=expected.is_due),
        coverage=coverage(
            indicator.frequency, running, (o.period for o in _usable(indicator, indicator.observations, as_of)), as_of
        ),
    )


def latest_value(indicator: Indicator, as_of: dt.date, *, since: dt.date | None = None, disagg: str = "") -> Latest:
    """The latest value at `as_of` by the indicator's method, in total or for one part.

    `since` replaces its window: all periods that start on or after it. A part is taken over the periods of its total.
    """
    last, rows, used = _in_the_window(indicator, as_of, since, disagg)
    at_last = [o for o in used if _last(o) == last]
    found = Latest(on=last, label=at_last[-1].level if at_last else None, used=len(used), of_periods=len(rows))
    if not used:
        return found

    if indicator.method in (Method.LATEST, Method.ORDINAL_LATEST):
        numerator, denominator = _value_of(indicator, at_last[-1]) if at_last else None, Fraction(1)
    else:
        numerator, denominator = _aggregate(indicator, used)
    if denominator == 0:
        return replace(found, undefined=Reason.ZERO_DENOMINATOR)
    if numerator is None:
        off_scale = indicator.method is Method.ORDINAL_LATEST
        return replace(found, undefined=Reason.LEVEL_OFF_SCALE if off_scale else Reason.NO_DATA)
    return replace(found, value=numerator / denominator, undefined=None)


def counted(indicator: Indicator, as_of: dt.date) -> list[Observation]:
    """The observations that the latest value is made of, the earliest first; of `latest` and levels only the last."""
    last, _rows, used = _in_the_window(indicator, as_of, None, "")
    takes_one = indicator.method in (Method.LATEST, Method.ORDINAL_LATEST)
    return [o for o in used if _last(o) == last][-1:] if takes_one else used


def annual_values(indicator: Indicator, as_of: dt.date) -> dict[int, Fraction | None]:
    """For each year with periods of its own by `as_of`, the latest value within that calendar year only."""
    years = {
        o.period.first.year
        for o in indicator.observations
        if not o.disagg and _ends_by(o, as_of) and o.period.first.year == _last(o).year
    }
    return {
        year: latest_value(indicator, min(as_of, dt.date(year, 12, 31)), since=dt.date(year, 1, 1)).value
        for year in sorted(years)
    }


def part_values(indicator: Indicator, as_of: dt.date) -> dict[str, Part]:
    """The latest value of each part within its total's periods, with its share where parts add up to the total."""
    total = latest_value(indicator, as_of).value
    parts = {}
    for disagg in sorted({o.disagg for o in indicator.observations if o.disagg and _ends_by(o, as_of)}):
        found = latest_value(indicator, as_of, disagg=disagg)
        has_share = indicator.method in _PARTS_ADD_UP and ratio_factor(indicator.unit) == 1
        share = found.value / total * 100 if has_share and found.value is not None and total else None
        if found.of_periods:
            parts[disagg] = Part(found.value, share)
    return parts


def progress_pct(
    latest: Fraction | None, *, baseline: Fraction | None, target: Fraction | None, met: bool | None
) -> Fraction | None:
    """How much of the way from baseline to final target is covered; right for reductions as it stands.

    Negative is kept, nothing is capped. Where the target is the baseline it is 100 while the value holds, else 0.
    """
    if latest is None or baseline is None or target is None:
        return None
    if target == baseline:
        return Fraction(100 if met else 0)
    return (latest - baseline) / (target - baseline) * 100


def outcome_result(
    indicators: Iterable[tuple[IndicatorResult, Decimal]], cut_offs: Sequence[Decimal] = RATING_CUT_OFFS
) -> OutcomeResult:
    """The weighted mean of its indicators' progress, over those that have one and each capped to 0..100; its rating."""
    members = list(indicators)
    known = [
        (min(max(result.progress_pct, Fraction(0)), Fraction(100)), Fraction(weight))
        for result, weight in members
        if result.progress_pct is not None
    ]
    mean = weighted_mean(known)
    return OutcomeResult(
        expected=len(members),
        reported=len(known),
        mean_capped_progress_pct=mean,
        rating=None if mean is None else 1 + sum(mean >= Fraction(cut_off) for cut_off in cut_offs),
        coverage=Coverage(
            sum(result.coverage.reported for result, _ in members),
            sum(result.coverage.expected for result, _ in members),
        ),
    )


def weighted_mean(weighted: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """The mean of (value, weight); None without any weight."""
    members = list(weighted)
    weight = sum((w for _, w in members), Fraction(0))
    return sum((value * w for value, w in members), Fraction(0)) / weight if weight else None


def position(indicator: Indicator, given: Decimal | str | None) -> Fraction | None:
    """A value as a number: an ordinal's place on its scale, None if it is not on it."""
    if indicator.method is not Method.ORDINAL_LATEST:
        return None if given is None else Fraction(given)
    return Fraction(list(indicator.scale).index(str(given))) if given in indicator.scale else None


def targets_in_force(indicator: Indicator) -> list[Target]:
    """One target for each date, in the order of their dates; a revised one stands for the original."""
    by_date = {}
    for target in sorted(indicator.targets, key=lambda t: (t.due, not t.is_original)):
        by_date[target.due] = Target(target.due, position(indicator, target.value))
    return list(by_date.values())


def ratio_factor(unit: str) -> int:
    """What a ratio is multiplied with to be in its unit: 'percent' 100, 'per 1,000 adults' 1000, else 1."""
    if re.match(r"(percent|%)( |$)", unit, re.IGNORECASE):
        return 100
    per = re.match(r"per ([1-9][0-9,]*)( |$)", unit, re.IGNORECASE)
    return int(per[1].replace(",", "")) if per else 1


def _in_the_window(
    indicator: Indicator, as_of: dt.date, since: dt.date | None, disagg: str
) -> tuple[dt.date | None, list[Observation], list[Observation]]:
    """The end of the last period with data, all periods of the window that ends there, and those of them that count."""
    periods = [o for o in indicator.observations if _ends_by(o, as_of) and (since is None or o.period.first >= since)]
    last = max((_last(o) for o in _usable(indicator, periods, as_of)), default=None)
    window = Window.SINCE_START if since else indicator.window or _usual_window(indicator.method)
    rows = [o for o in periods if o.disagg == disagg and (last is None or _in_window(o, window, last))]
    return last, rows, sorted(_usable(indicator, rows, as_of, disagg), key=lambda o: o.period.first)


def _why_no_progress(latest: Latest, baseline: Fraction | None, target: Fraction | None) -> Reason | None:
    if latest.undefined:
        return latest.undefined
    if baseline is None:
        return Reason.NO_BASELINE
    return Reason.NO_TARGET if target is None else None


def _usual_window(method: Method) -> Window:
    return Window.TWELVE_MONTHS if method is Method.RATIO_OF_SUMS else Window.SINCE_START


def _in_window(observation: Observation, window: Window, last: dt.date) -> bool:
    """The last period with data always counts, however long it is."""
    if window is Window.SINCE_START or _last(observation) == last:
        return True
    within_a_year = observation.period.first >= year_before(last + dt.timedelta(days=1))
    return window is Window.TWELVE_MONTHS and _ends_by(observation, last) and within_a_year


def _last(observation: Observation) -> dt.date:
    if observation.period.last is None:
        raise ValueError("An observation's period has a last day.")
    return observation.period.last


def _ends_by(observation: Observation, day: dt.date) -> bool:
    return _last(observation) <= day


def _usable(
    indicator: Indicator, observations: Iterable[Observation], as_of: dt.date, disagg: str = ""
) -> list[Observation]:
    """Those that have what the indicator's method needs."""
    needed = {
        Method.RATIO_OF_SUMS: ("numerator", "denominator"),
        Method.WEIGHTED_MEAN: ("value", "weight"),
        Method.ORDINAL_LATEST: ("level",),
    }.get(indicator.method, ("value",))
    return [
        o
        for o in observations
        if o.disagg == disagg and _ends_by(o, as_of) and all(getattr(o, name) is not None for name in needed)
    ]


def _value_of(indicator: Indicator, observation: Observation) -> Fraction | None:
    ordinal = indicator.method is Method.ORDINAL_LATEST
    return position(indicator, observation.level if ordinal else observation.value)


def _aggregate(indicator: Indicator, used: Sequence[Observation]) -> tuple[Fraction, Fraction]:
    """Numerator and denominator of the methods that take all periods together."""
    values = [Fraction(o.value) for o in used if o.value is not None]
    weights = [Fraction(o.weight) for o in used if o.weight is not None]
    match indicator.method:
        case Method.RATIO_OF_SUMS:
            top = sum((Fraction(o.numerator) for o in used if o.numerator is not None), Fraction(0))
            bottom = sum((Fraction(o.denominator) for o in used if o.denominator is not None), Fraction(0))
            return top * ratio_factor(indicator.unit), bottom
        case Method.WEIGHTED_MEAN:
            return sum((v * w for v, w in zip(values, weights, strict=True)), Fraction(0)), sum(weights, Fraction(0))
        case Method.SIMPLE_MEAN:
            return sum(values, Fraction(0)), Fraction(len(values))
        case Method.MAX:
            return max(values), Fraction(1)
        case Method.MIN:
            return min(values), Fraction(1)
        case _:
            return sum(values, Fraction(0)), Fraction(1)
