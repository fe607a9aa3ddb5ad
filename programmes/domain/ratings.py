"""What both sides rate and when, how far their scores lie apart, and what they come to together.

Not rated is no score: it is never 0, and no mean counts it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from programmes.domain.periods import Days, year_before
from programmes.domain.vocabulary import RatingSide

LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Pair:
    """What the two sides gave for the same days; None where a side has not, or its score is not to be seen yet."""

    ministry: int | None
    adviser: int | None

    @property
    def gap(self) -> int | None:
        """By how many points the two lie apart, whichever is the higher; None until both are in."""
        if self.ministry is None or self.adviser is None:
            return None
        return abs(self.ministry - self.adviser)


def mean(scores: Iterable[int | None]) -> Fraction | None:
    """The mean of what was rated; None where nothing was."""
    rated = [score for score in scores if score is not None]
    return Fraction(sum(rated), len(rated)) if rated else None


def mean_gap(pairs: Iterable[Pair]) -> Fraction | None:
    """How far the sides lie apart on the mean, over what both have rated."""
    return mean(pair.gap for pair in pairs)


def other_side(side: RatingSide) -> RatingSide:
    return RatingSide.ADVISER if side is RatingSide.MINISTRY else RatingSide.MINISTRY


def year_days(year: int) -> Days:
    return Days(dt.date(year, 1, 1), dt.date(year, 12, 31))


def years_begun(running: Days, *, today: dt.date) -> list[int]:
    """The calendar years of an engagement that have begun, the first first; none before its first day."""
    last = min(running.last or today, today)
    return list(range(running.first.year, last.year + 1)) if running.first <= today else []


def is_asked_now(days: Days, *, today: dt.date) -> bool:
    """Whether somebody is reminded to rate these days: once they are over, for a year. They may be rated before."""
    return days.last is not None and year_before(today) <= days.last < today
