"""Periods as a scenario writes them, and how often an indicator is reported."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from programmes.domain.vocabulary import MONTHS_OF, Frequency

_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")


def quarter(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of `2024-Q1`; None if the text is no quarter."""
    match = _QUARTER.fullmatch(text)
    if match is None or not dt.MINYEAR <= int(match[1]) < dt.MAXYEAR:
        return None
    year, number = int(match[1]), int(match[2])
    following = dt.date(year + number // 4, 3 * number % 12 + 1, 1)
    return dt.date(year, 3 * number - 2, 1), following - dt.timedelta(days=1)


def frequency_of(starts: Iterable[dt.date]) -> Frequency:
    """How often: by the shortest gap between reported periods, quarterly where fewer than two tell."""
    gaps = [
        12 * (later.year - earlier.year) + later.month - earlier.month for earlier, later in pairwise(sorted(starts))
    ]
    if not gaps:
        return Frequency.QUARTERLY
    for frequency, months in MONTHS_OF.items():
        if months is not None and min(gaps) <= months:
            return frequency
    return Frequency.YEARLY


def apart(periods: Iterable[tuple[dt.date, dt.date]]) -> Sequence[tuple[dt.date, dt.date]]:
    """Stretches of time that share no day and together hold every period: those that share days are joined."""
    found: list[tuple[dt.date, dt.date]] = []
    for starts, ends in sorted(set(periods)):
        if found and starts <= found[-1][1]:
            found[-1] = found[-1][0], max(ends, found[-1][1])
        else:
            found.append((starts, ends))
    return found
