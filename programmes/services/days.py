"""Ranges of days. People give the first and the last day; the database keeps the day after the last."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from programmes.services.checks import refuse


def days(first: dt.date, last: dt.date | None, *, place: str = "") -> DateRange:
    """The days from `first` to `last`, both included; without `last` it goes on."""
    if last is None:
        return DateRange(first, None, "[)")
    if last < first:
        refuse(place, _("The last day, {last}, is before the first, {first}.").format(first=first, last=last))
    return DateRange(first, last + dt.timedelta(days=1), "[)")


def last_day_of(range_of_days: DateRange) -> dt.date | None:
    """The last day, as people give it; None while the range goes on."""
    return None if range_of_days.upper is None else range_of_days.upper - dt.timedelta(days=1)
