"""Is an indicator as far as it should be by now? The expected value, and how much of the way to it is covered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from programmes.domain.vocabulary import Direction

# On track from the first, at risk from the second, off track below.
PACE_CUT_OFFS: tuple[Decimal, Decimal] = (Decimal(90), Decimal(70))


class Pace(StrEnum):
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NOT_DUE = "not_due"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an indicator should stand by a date; None where the level aimed at is not on the scale."""

    due: dt.date
    value: Fraction | None


@dataclass(frozen=True, slots=True)
class Expected:
    """The value that is expected by now. It can be due and yet unknown: a line without a baseline has no beginning."""

    is_due: bool
    value: Fraction | None = None


def expected_value(
    targets: Sequence[Target], *, baseline: Fraction | None, baseline_on: dt.date, as_of: dt.date, in_steps: bool
) -> Expected:
    """The value on the straight line through the baseline and the dated targets; after the last target it stays.

    In steps (ordinals) it is the last target due. Nothing is due before the baseline's date, without a target, or in
    steps before the first one. `targets` come in the order of their dates.
    """
    behind = [(t.due, t.value) for t in targets if t.value is not None and t.due <= as_of]
    ahead = [(t.due, t.value) for t in targets if t.value is not None and t.due > as_of]
    if as_of < baseline_on or not (behind or (ahead and not in_steps)):
        return Expected(is_due=False)
    if in_steps or not ahead:
        return Expected(True, behind[-1][1])

    from_on, from_value = baseline_on, baseline
    if behind and behind[-1][0] > baseline_on:
        from_on, from_value = behind[-1]
    if from_value is None:
        return Expected(True)
    to_on, to_value = ahead[0]
    return Expected(
        True, from_value + (to_value - from_value) * Fraction((as_of - from_on).days, (to_on - from_on).days)
    )


def pace_pct(
    latest: Fraction | None, *, baseline: Fraction | None, expected: Fraction | None, direction: Direction
) -> Fraction | None:
    """How much of the way from the baseline to the expected value is covered, in percent; negative kept, not capped.

    Where that way does not lead in the wanted direction (the expected value is the baseline, or a dip was planned)
    there is nothing to cover, only to hold: 100 while the latest value is as good as expected, else 0.
    """
    if latest is None or baseline is None or expected is None:
        return None
    if is_met(baseline, expected, direction):
        return Fraction(100 if is_met(latest, expected, direction) else 0)
    return (latest - baseline) / (expected - baseline) * 100


def pace_of(covered_pct: Fraction | None, *, is_due: bool, cut_offs: Sequence[Decimal] = PACE_CUT_OFFS) -> Pace:
    """The traffic light, compared exactly. What is not due needs no data."""
    if not is_due:
        return Pace.NOT_DUE
    if covered_pct is None:
        return Pace.NO_DATA
    on_track, at_risk = map(Fraction, cut_offs)
    if covered_pct >= on_track:
        return Pace.ON_TRACK
    return Pace.AT_RISK if covered_pct >= at_risk else Pace.OFF_TRACK


def is_met(value: Fraction, target: Fraction, direction: Direction) -> bool:
    """Is the value as good as the target, or better?"""
    return value >= target if direction is Direction.INCREASE else value <= target
