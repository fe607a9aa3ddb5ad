"""What it will have cost in the end: what is spent, and the greater of what is committed and what is planned for later.

Its twin is costing/sql/forecast.sql. It is made for each engagement and each category and then added up: a commitment
for equipment says nothing about the travel that is still planned.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from costing.domain.arithmetic import ZERO, difference, exact_sum
from costing.domain.items import Bucket, CostItem
from costing.domain.summary import CHARGED, TOTAL, UNCATEGORISED
from costing.domain.vocabulary import Basis, Category


@dataclass(frozen=True, slots=True)
class Outlook:
    """One category of one engagement on a day; `ahead` is planned to begin after that day."""

    actual: Decimal = ZERO
    committed: Decimal = ZERO
    ahead: Decimal = ZERO

    @property
    def unpaid(self) -> Decimal:
        """Commitments that are not paid yet; none where more is paid than was committed."""
        return max(difference(self.committed, self.actual), ZERO)

    @property
    def forecast(self) -> Decimal:
        """What is spent, and the greater of what is unpaid and what is ahead.

        Not both: a commitment is mostly for a line of the plan, which would then count twice.
        """
        return exact_sum([self.actual, max(self.unpaid, self.ahead)])


def outlooks(items: Iterable[CostItem], as_of: dt.date) -> dict[Bucket, Outlook]:
    """The items of one engagement by category, or by what stands outside; what has no rate is left out."""
    alike: dict[Bucket, list[CostItem]] = defaultdict(list)
    for item in items:
        if item.basis is not Basis.PLANNED or item.on_date > as_of:
            alike[item.bucket].append(item)
    return {bucket: _outlook(found) for bucket, found in alike.items()}


def _outlook(items: Collection[CostItem]) -> Outlook:
    def added(basis: Basis) -> Decimal:
        found = (item.converted for item in items if item.basis is basis)
        return exact_sum(worth for worth in found if isinstance(worth, Decimal))

    return Outlook(added(Basis.ACTUAL), added(Basis.COMMITTED), ahead=added(Basis.PLANNED))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What each category comes to in the end, and what stands outside; of one engagement, or of many added up."""

    parts: Mapping[Bucket, Decimal]

    def of(self, group: str) -> Decimal:
        return exact_sum(amount for bucket, amount in self.parts.items() if falls_in(bucket, group))


def forecast_of(found: Mapping[Bucket, Outlook]) -> Forecast:
    """Of one engagement."""
    return Forecast({bucket: outlook.forecast for bucket, outlook in found.items()})


def falls_in(bucket: Bucket, group: str) -> bool:
    """Is it part of the group: one category, what stands outside, the formula's total, or all that is charged?"""
    if group == TOTAL:
        return isinstance(bucket, Category)
    return group in (CHARGED, bucket or UNCATEGORISED)
