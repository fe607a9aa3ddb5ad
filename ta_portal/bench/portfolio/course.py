"""When a synthetic engagement runs, and how far it is on the day around which the portfolio lies."""

import datetime as dt
import random
from dataclasses import dataclass

from programmes.domain.vocabulary import EngagementStatus as S

MONTHS_IN_PERIOD = 3

# What each twenty engagements are, in an order of their own: most of them run.
STATUSES = (
    [S.PIPELINE] * 2 + [S.APPRAISAL, S.APPROVED] + [S.ACTIVE] * 11 + [S.SUSPENDED] + [S.COMPLETED] * 3 + [S.CANCELLED]
)
_NOT_BEGUN = {S.PIPELINE, S.APPRAISAL, S.APPROVED}
_WAYS = {
    S.PIPELINE: [],
    S.APPRAISAL: [S.APPRAISAL],
    S.APPROVED: [S.APPRAISAL, S.APPROVED],
    S.ACTIVE: [S.APPRAISAL, S.APPROVED, S.ACTIVE],
    S.SUSPENDED: [S.APPRAISAL, S.APPROVED, S.ACTIVE, S.SUSPENDED],
    S.COMPLETED: [S.APPRAISAL, S.APPROVED, S.ACTIVE, S.COMPLETED],
    S.CANCELLED: [S.APPRAISAL, S.APPROVED, S.ACTIVE, S.CANCELLED],
}


@dataclass(frozen=True, slots=True)
class Course:
    """`planned_to` and `ended` are first days after; `ended` is None for what has not ended."""

    status: S
    today: dt.date
    starts: dt.date
    planned_to: dt.date
    has_begun: bool
    ended: dt.date | None

    @property
    def ends(self) -> dt.date:
        """The day after the last one, as it went or as it is planned."""
        return self.ended or self.planned_to

    @property
    def known_to(self) -> dt.date:
        """The day after the last one of which something can be known."""
        return min(self.today, self.ends)

    @property
    def way(self) -> list[S]:
        return _WAYS[self.status]

    @property
    def planned_months(self) -> int:
        return months_between(self.starts, self.planned_to)

    def periods(self) -> list[tuple[dt.date, dt.date]]:
        """The quarters that have begun, each with its last day."""
        found = []
        first = self.starts
        while self.has_begun and first < self.known_to:
            after = add_months(first, MONTHS_IN_PERIOD)
            found.append((first, min(after, self.ends) - dt.timedelta(days=1)))
            first = after
        return found


def course_of(dice: random.Random, status: S, today: dt.date) -> Course:
    this_month = today.replace(day=1)
    length = MONTHS_IN_PERIOD * dice.randint(8, 20)
    if status in _NOT_BEGUN:
        starts = add_months(this_month, dice.randint(2, 12))
        return Course(status, today, starts, add_months(starts, length), has_begun=False, ended=None)
    if status in {S.COMPLETED, S.CANCELLED}:
        ran = length + dice.choice([0, 0, 3, 6]) if status is S.COMPLETED else length // 2
        ended = add_months(this_month, -dice.randint(0, 30))
        starts = add_months(ended, -ran)
        return Course(status, today, starts, add_months(starts, length), has_begun=True, ended=ended)
    elapsed = dice.randint(6, length + 3 if dice.random() < 0.1 else length - 3)
    starts = add_months(this_month, -elapsed)
    return Course(status, today, starts, add_months(starts, length), has_begun=True, ended=None)


def add_months(day: dt.date, months: int) -> dt.date:
    """The first of a month, so many months on."""
    whole = day.year * 12 + day.month - 1 + months
    return dt.date(whole // 12, whole % 12 + 1, 1)


def months_between(first: dt.date, after: dt.date) -> int:
    return (after.year - first.year) * 12 + after.month - first.month
