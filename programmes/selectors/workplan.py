"""A workplan as rows on a common time scale: each workstream with its milestones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from programmes.models import Engagement
from programmes.selectors.engagements import days_of
from programmes.selectors.rows import named_rows

# Workstreams without milestones and milestones without a workstream stand for themselves.
PLAN = """
    SELECT w.code AS stream, w.title AS stream_title, m.code, m.title, m.due, m.done, m.rating
    FROM (SELECT * FROM workstream WHERE engagement_id = %(engagement)s) w
    FULL JOIN (SELECT * FROM milestone WHERE engagement_id = %(engagement)s) m ON m.workstream_id = w.id
    ORDER BY w.code NULLS LAST, m.due, m.code
"""


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    code: str
    title: str
    due: dt.date
    done: dt.date | None
    rating: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One workstream: from the engagement's first day to its own last milestone. Without code: milestones of none."""

    code: str | None
    title: str
    milestones: Sequence[PlannedMilestone]
    starts: dt.date
    ends: dt.date

    @property
    def reached(self) -> int:
        return sum(1 for milestone in self.milestones if milestone.done)

    def is_late(self, on: dt.date) -> bool:
        """Is something due by now and not done?"""
        return any(milestone.done is None and milestone.due < on for milestone in self.milestones)


@dataclass(frozen=True, slots=True)
class Workplan:
    """The stretches in the order of their codes, on a scale of whole years."""

    stretches: Sequence[Stretch]
    first: dt.date
    last: dt.date

    @property
    def years(self) -> list[int]:
        return list(range(self.first.year, self.last.year + 1))


def workplan(engagement: Engagement) -> Workplan:
    """What is planned, by workstream; what belongs to none comes last. One query."""
    titles: dict[str | None, str] = {}
    milestones: dict[str | None, list[PlannedMilestone]] = defaultdict(list)
    for row in named_rows(PLAN, {"engagement": engagement.pk}):
        titles[row["stream"]] = row["stream_title"] or ""
        if row["code"]:
            names = ("code", "title", "due", "done", "rating")
            milestones[row["stream"]].append(PlannedMilestone(**{name: row[name] for name in names}))
    stretches = [_stretch(engagement, code, title, milestones[code]) for code, title in titles.items()]
    days = [day for stretch in stretches for day in (stretch.starts, stretch.ends)] or [days_of(engagement).first]
    return Workplan(stretches, dt.date(min(days).year, 1, 1), dt.date(max(days).year, 12, 31))


def _stretch(engagement: Engagement, code: str | None, title: str, milestones: Sequence[PlannedMilestone]) -> Stretch:
    running = days_of(engagement)
    ends = max((milestone.due for milestone in milestones), default=running.last or running.first)
    return Stretch(code, title, milestones, running.first, max(running.first, ends))
