"""Days and periods: when something runs, which days two things share, and how many periods were due and reported.

Both ends of a stretch of days count; one without a last day goes on.
"""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from programmes.domain.vocabulary import MONTHS_OF, Frequency

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both ends included; open where `last` is None."""

    first: dt.date
    last: dt.date | None

    @classmethod
    def from_bounds(cls, lower: dt.date | None, upper: dt.date | None) -> "Days":
        """From a range as the database keeps it: its upper bound is the day after the last.

        Raises ValueError without a first day, which our tables do not allow.
        """
        if lower is None:
            raise ValueError("A stretch of days has a first one.")
        return cls(lower, upper - ONE_DAY if upper else None)

    @property
    def count(self) -> int | None:
        """How many days; None where they go on."""
        return (self.last - self.first).days + 1 if self.last else None

    def shared_with(self, other: "Days") -> "Days | None":
        """The days that lie in both; None if there is no such day."""
        first = max(self.first, other.first)
        last = min((day for day in (self.last, other.last) if day), default=None)
        return None if last and last < first else Days(first, last)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many periods were reported, of how many that were due."""

    reported: int
    expected: int


def engagement_days(planned: Days, actual: Days | None) -> Days:
    """When an engagement runs: as it really went; one that still runs is taken to end as planned."""
    if actual is None:
        return planned
    if actual.last is None and planned.last and planned.last >= actual.first:
        return Days(actual.first, planned.last)
    return actual


def year_before(day: dt.date) -> dt.date:
    """The same day a year earlier; 29 February becomes 28."""
    return day.replace(year=day.year - 1, day=min(day.day, calendar.monthrange(day.year - 1, day.month)[1]))


def months_between(since: dt.date, until: dt.date) -> int:
    """Whole months from one day to another: a month is over on the same day of a later one."""
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)


def coverage(frequency: Frequency, running: Days, reported: Iterable[Days], as_of: dt.date) -> Coverage:
    """Of the periods that `frequency` asks for while the engagement runs, up to `as_of`, how many were reported.

    Periods count from the engagement's first day, and only whole ones. A figure reports the period in which its own
    period ends, and each one that lies wholly within it. What is measured once is due when the engagement ends.
    """
    figures = list(reported)
    months = MONTHS_OF[frequency]
    if months is None:
        is_over = running.last is not None and running.last <= as_of
        return Coverage(int(bool(figures)), int(is_over or bool(figures)))

    until = min(as_of, running.last) if running.last else as_of
    expected = max(0, months_between(running.first, until + ONE_DAY) // months)
    seen: set[int] = set()
    for figure in figures:
        ends_in = months_between(running.first, figure.last or as_of) // months
        first_within = months_between(running.first, figure.first - ONE_DAY) // months + 1
        seen.update(range(max(0, min(ends_in, first_within)), min(ends_in, expected - 1) + 1))
    return Coverage(len(seen), expected)
