"""What an engagement's milestones add up to on a day: done, on time, late, and how they were rated."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Milestone:
    code: str
    due: dt.date
    done: dt.date | None
    rating: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneSummary:
    """`late` counts those done after they were due; one that is not done is neither late nor on time."""

    total: int = 0
    done: int = 0
    on_time: int = 0
    late: int = 0
    not_done: Sequence[str] = ()
    days_late: Mapping[str, int] = field(default_factory=dict)
    mean_rating: Fraction | None = None


def milestone_summary(milestones: Iterable[Milestone], as_of: dt.date) -> MilestoneSummary:
    """The milestones as they stood on `as_of`: what was done later is not done yet. Ratings have no date: all count."""
    ordered = sorted(milestones, key=lambda m: m.code)
    done = [(m, m.done) for m in ordered if m.done and m.done <= as_of]
    days_late = {m.code: (done_on - m.due).days for m, done_on in done if done_on > m.due}
    ratings = [m.rating for m in ordered if m.rating is not None]
    return MilestoneSummary(
        total=len(ordered),
        done=len(done),
        on_time=len(done) - len(days_late),
        late=len(days_late),
        not_done=[m.code for m in ordered if m.done is None or m.done > as_of],
        days_late=days_late,
        mean_rating=Fraction(sum(ratings), len(ratings)) if ratings else None,
    )
