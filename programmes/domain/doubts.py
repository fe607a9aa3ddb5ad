"""When a figure looks wrong: reasons to ask its author once. None of them forbids the figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from programmes.domain.vocabulary import Direction, Method

# How many figures a figure is compared with at most: the last ones.
LOOKS_BACK = 8
# From so many earlier figures on, their own steps tell what is a jump; before that, these do.
_ENOUGH = 3
_TIMES, _POINTS, _STEPS = 2, 25, 3
_PERCENT = 100
# What comes of a mark that slipped, and how far the figure may be from just that. Ten times happens by itself sooner.
_SLIPS = ((1000, Fraction(2)), (100, Fraction(2)), (10, Fraction(5, 4)))


class Doubt(StrEnum):
    """What may be wrong with a figure."""

    BELOW_ZERO = "below_zero"
    NOT_A_SHARE = "not_a_share"
    TIMES_1000 = "times_1000"
    TIMES_100 = "times_100"
    TIMES_10 = "times_10"
    ONE_1000TH = "one_1000th"
    ONE_100TH = "one_100th"
    ONE_10TH = "one_10th"
    FALLS = "falls"
    JUMPS = "jumps"
    WORSE = "worse"


_TOO_LARGE = {1000: Doubt.TIMES_1000, 100: Doubt.TIMES_100, 10: Doubt.TIMES_10}
_TOO_SMALL = {1000: Doubt.ONE_1000TH, 100: Doubt.ONE_100TH, 10: Doubt.ONE_10TH}


@dataclass(frozen=True, slots=True)
class Known:
    """What a new figure is compared with: accepted figures, the oldest first, and where it started from and goes to.

    A share is in percent, from 0 to 100.
    """

    earlier: Sequence[Fraction]
    method: Method
    direction: Direction
    is_share: bool = False
    baseline: Fraction | None = None
    expected: Fraction | None = None


def doubts(figure: Fraction, known: Known) -> list[Doubt]:
    """Each reason to ask whether `figure` is right, the gravest first.

    - it is below zero, or no share between 0 and 100, and nothing that it is compared with is;
    - it is about 1,000, 100 or 10 times the last figure, or that part of it: a mark or a unit may have slipped;
    - it jumps: by more than three times the greatest step so far; of fewer than three earlier figures, to more than
      twice or less than half of the last one, or by more than 25 points of a share;
    - it is to grow, never fell before over three figures or more, and falls now;
    - it is further from its target than where it started, and the last figure was not.

    What lies among the earlier figures neither slipped nor jumps.
    """
    found = [*_out_of_range(figure, known)]
    slip = _slip(figure, known.earlier)
    found += [slip] if slip else []
    found += [Doubt.FALLS] if _falls(figure, known) else []
    found += [Doubt.JUMPS] if not found and _jumps(figure, known) else []
    found += [Doubt.WORSE] if _is_worse(figure, known) else []
    return found


def _out_of_range(figure: Fraction, known: Known) -> list[Doubt]:
    others = [*known.earlier, *(one for one in (known.baseline, known.expected) if one is not None)]
    if figure < 0 and all(one >= 0 for one in others):
        return [Doubt.BELOW_ZERO]
    if known.is_share and figure > _PERCENT and all(one <= _PERCENT for one in others):
        return [Doubt.NOT_A_SHARE]
    return []


def _slip(figure: Fraction, earlier: Sequence[Fraction]) -> Doubt | None:
    if not earlier or earlier[-1] == 0 or figure == 0 or _is_among(figure, earlier):
        return None
    ratio = figure / earlier[-1]
    for times, give in _SLIPS:
        if times / give <= ratio <= times * give:
            return _TOO_LARGE[times]
        if times / give <= 1 / ratio <= times * give:
            return _TOO_SMALL[times]
    return None


def _falls(figure: Fraction, known: Known) -> bool:
    if known.direction != Direction.INCREASE or known.method not in (Method.LATEST, Method.MAX):
        return False
    steps = [later - sooner for sooner, later in pairwise(known.earlier)]
    return len(known.earlier) >= _ENOUGH and min(steps) >= 0 and max(steps) > 0 and figure < known.earlier[-1]


def _jumps(figure: Fraction, known: Known) -> bool:
    if not known.earlier or _is_among(figure, known.earlier):
        return False
    last = known.earlier[-1]
    greatest = max((abs(later - sooner) for sooner, later in pairwise(known.earlier)), default=Fraction(0))
    if len(known.earlier) >= _ENOUGH and greatest:
        return abs(figure - last) > _STEPS * greatest
    if known.is_share:
        return abs(figure - last) > _POINTS
    return last != 0 and not Fraction(1, _TIMES) <= figure / last <= _TIMES


def _is_worse(figure: Fraction, known: Known) -> bool:
    """Of what is added up over periods, one period alone does not stand beside the baseline."""
    if known.baseline is None or known.method == Method.SUM:
        return False
    sign = 1 if known.direction == Direction.INCREASE else -1
    was_worse = bool(known.earlier) and sign * (known.earlier[-1] - known.baseline) < 0
    return sign * (figure - known.baseline) < 0 and not was_worse


def _is_among(figure: Fraction, earlier: Sequence[Fraction]) -> bool:
    return min(earlier) <= figure <= max(earlier)
