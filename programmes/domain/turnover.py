"""How often a post changes hands: what was taught to one holder is gone with the next."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

YEARS = 5


@dataclass(frozen=True, slots=True)
class Stay:
    """One person in a post, from a first to a last day, both included; without a last day they hold it still."""

    first: dt.date
    last: dt.date | None = None

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def days(self, *, today: dt.date) -> int:
        """How long it is, or has been so far. Nothing of what is still to come."""
        return max(0, (min(self.last or today, today) - self.first).days + 1)


@dataclass(frozen=True, slots=True)
class Turnover:
    """Of the last `years`: how many held the post, and the mean days of those among them who have left."""

    years: int
    holders: int
    left: int
    mean_days: Fraction | None


def turnover(stays: Iterable[Stay], *, today: dt.date, years: int = YEARS) -> Turnover:
    """Those who held the post on any day from `years` ago to `today`; each counts with the whole of their stay.

    Who holds it still has not shown how long they stay, and who is only named has not begun.
    """
    since = _years_before(today, years)
    seen = [stay for stay in stays if stay.first <= today and (stay.last is None or stay.last >= since)]
    gone = [stay.days(today=today) for stay in seen if stay.last is not None and stay.last < today]
    return Turnover(years, len(seen), len(gone), Fraction(sum(gone), len(gone)) if gone else None)


def _years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years earlier; of 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
