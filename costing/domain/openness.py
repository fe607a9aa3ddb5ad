"""What of the costs is open to those who may not know the rates of named persons (RATE_VIEW).

They are told what salaries come to in all and in each year. Whatever tells single payments apart, by what they were for
or by when they were made, would tell somebody's rate: one day's pay is a rate, and several months' pay have it as their
common divisor.
"""

import datetime as dt
from collections.abc import Iterable

from costing.domain.items import Unconverted
from costing.domain.vocabulary import By, Category

OPEN_GROUPINGS = (By.CATEGORY, By.YEAR)
_LAST_OF_THE_YEAR = (12, 31)


def is_open_day(as_of: dt.date, today: dt.date) -> bool:
    """A year's end, or today and later. Two days within a year differ by the payments between them."""
    return as_of >= today or (as_of.month, as_of.day) == _LAST_OF_THE_YEAR


def tells_salaries_apart(left_out: Iterable[Unconverted]) -> bool:
    """Does a currency leave some salaries out? Then those that are in it are told apart from the others."""
    return any(item.category is Category.SALARIES for item in left_out)
