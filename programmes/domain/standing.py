"""Where an engagement stands: how much of its time has passed, beside what is spent and what is achieved.

Pure: dates and figures in, figures out. A share that cannot be said is None, never 0.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from ta_portal.money.exact import round_half_away

HUNDRED = 100


class Phase(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    OPEN_END = "open_end"
    OVER = "over"


class Against(StrEnum):
    """A figure beside the time elapsed."""

    AHEAD = "ahead"
    LEVEL = "level"
    BEHIND = "behind"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whole percents, since a page shows whole percents: so the points between them are the ones that a reader counts.

    `time_pct` is None without a planned end, `spend_pct` without a plan to spend against, `results_pct` before anything
    that can be measured was reported.
    """

    phase: Phase
    starts: dt.date
    ends: dt.date | None
    month: int
    months: int | None
    time_pct: int | None
    spend_pct: int | None
    results_pct: int | None

    def ahead(self, share: int | None) -> int | None:
        """By how many points `share` is ahead of the time elapsed; negative when it lags."""
        return None if share is None or self.time_pct is None else share - self.time_pct

    def against_time(self, share: int | None) -> Against:
        points = self.ahead(share)
        if points is None:
            return Against.UNKNOWN
        return Against.LEVEL if points == 0 else Against.AHEAD if points > 0 else Against.BEHIND


def standing(
    *,
    starts: dt.date,
    ends: dt.date | None,
    on: dt.date,
    spend_pct: Fraction | None = None,
    results_pct: Fraction | None = None,
) -> Standing:
    """Where an engagement stands `on` a day. `ends` is its last day: both ends count."""
    return Standing(
        phase=_phase(starts, ends, on),
        starts=starts,
        ends=ends,
        month=max(0, _months(starts, min(on, ends or on))),
        months=_months(starts, ends) if ends else None,
        time_pct=_time_pct(starts, ends, on),
        spend_pct=_whole(spend_pct),
        results_pct=_whole(results_pct),
    )


def _phase(starts: dt.date, ends: dt.date | None, on: dt.date) -> Phase:
    if on < starts:
        return Phase.NOT_STARTED
    if ends is None:
        return Phase.OPEN_END
    return Phase.OVER if on > ends else Phase.RUNNING


def _time_pct(starts: dt.date, ends: dt.date | None, on: dt.date) -> int | None:
    if ends is None:
        return None
    passed = min(max((on - starts).days + 1, 0), (ends - starts).days + 1)
    return round_half_away(Fraction(HUNDRED * passed, (ends - starts).days + 1))


def _months(first: dt.date, last: dt.date) -> int:
    """Calendar months touched from the first day to the last."""
    return (last.year - first.year) * 12 + last.month - first.month + 1 if last >= first else 0


def _whole(share: Fraction | None) -> int | None:
    return None if share is None else round_half_away(share)
