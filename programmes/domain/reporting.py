"""Reporting periods: what one is called, and which indicators it asks for."""

import calendar
import datetime as dt
import re
from enum import StrEnum

from programmes.domain.periods import ONE_DAY, Days, months_between
from programmes.domain.vocabulary import MONTHS_OF, Frequency

# What a report says in words, in reading order.
TEXTS = ("done", "obstacles", "next_steps")


class Span(StrEnum):
    """The stretches of a calendar year that have a name of their own."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    OTHER = "other"


_SPANS = {1: Span.MONTH, 3: Span.QUARTER, 6: Span.HALF, 12: Span.YEAR}
CODE = re.compile(r"[0-9]{4}(-(Q[1-4]|H[12]|[0-9]{2}(-[0-9]{2})?))?")


def span_of(first: dt.date, last: dt.date) -> Span:
    """Whether the days are just a calendar month, quarter, half year or year."""
    is_whole = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    months = last.month - first.month + 1
    if not is_whole or first.year != last.year or months not in _SPANS or (first.month - 1) % months:
        return Span.OTHER
    return _SPANS[months]


def period_code(first: dt.date, last: dt.date) -> str:
    """2026-Q3, 2026-H1, 2026, 2026-07; else the first day, 2026-07-15.

    One engagement's periods never share a day, so that in it no two have the same code.
    """
    year = f"{first.year:04}"
    return {
        Span.MONTH: f"{year}-{first.month:02}",
        Span.QUARTER: f"{year}-Q{(first.month + 2) // 3}",
        Span.HALF: f"{year}-H{(first.month + 5) // 6}",
        Span.YEAR: year,
        Span.OTHER: first.isoformat(),
    }[span_of(first, last)]


def is_asked_for(frequency: Frequency, running: Days, asked: Days) -> bool:
    """Does the reporting period `asked` ask for an indicator of this frequency?

    It does where one of the indicator's own periods ends within it. They count from the engagement's first day, and
    only whole ones, as in `coverage`. What is measured once is asked for in the period in which the engagement ends.
    """
    if asked.last is None:
        return False
    months = MONTHS_OF[frequency]
    if months is None:
        return running.last is not None and asked.first <= running.last <= asked.last
    return _over(months, running, asked.last) > _over(months, running, asked.first - ONE_DAY)


def _over(months: int, running: Days, until: dt.date) -> int:
    """How many periods of so many months are over by the end of a day."""
    last = min(until, running.last) if running.last else until
    return max(0, months_between(running.first, last + ONE_DAY) // months)


def quarter_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the quarter of the calendar year in which a day lies."""
    month = day.month - (day.month - 1) % 3
    return dt.date(day.year, month, 1), dt.date(day.year, month + 2, calendar.monthrange(day.year, month + 2)[1])


def quarters_back(today: dt.date, count: int) -> list[tuple[dt.date, dt.date]]:
    """The quarter of today and those before it, the latest first."""
    found = [quarter_of(today)]
    while len(found) < count:
        found.append(quarter_of(found[-1][0] - ONE_DAY))
    return found
