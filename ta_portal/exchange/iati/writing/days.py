"""Ranges of days as people say them: first and last, both included."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateRange


def first_day(days: DateRange) -> dt.date:
    """Every range that goes out has one: the database holds that."""
    if not isinstance(days.lower, dt.date):
        raise ValueError("These days have no beginning.")
    return days.lower


def last_day(days: DateRange) -> dt.date | None:
    """The database keeps the day after it; None where it goes on."""
    return days.upper - dt.timedelta(days=1) if isinstance(days.upper, dt.date) else None
