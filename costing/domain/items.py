"""Single costs, and their sums by bucket and key: what every summary is put together from."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from costing.domain.arithmetic import ZERO, exact_sum
from costing.domain.conversion import Converted
from costing.domain.vocabulary import Basis, By, Category, ItemKind, Measure, Outside, Reason

Bucket = Category | Outside | None
"""One of the five, what stands outside the formula, or None where the source gave no category."""


@dataclass(frozen=True, slots=True)
class Unconverted:
    """An item left out of every total, and why."""

    kind: ItemKind
    id: str
    category: Category | None
    amount: Decimal
    currency: str
    date: dt.date
    reason: Reason


@dataclass(frozen=True, slots=True)
class CostItem:
    """One planned line or one entry of the ledger, with what it is worth in the wanted currency.

    `basis` is one of the three that make a cost; of incoming money it is what the entry measures instead.
    """

    basis: Basis | Measure
    kind: ItemKind
    id: str
    bucket: Bucket
    workstream: str | None
    donor: str | None
    line: str | None
    on_date: dt.date
    amount: Decimal
    currency: str
    converted: Converted

    def key(self, by: By) -> str | None:
        """Where it falls in a grouping; None if it has no such attribute."""
        keys: dict[By, str | None] = {
            By.CATEGORY: self.bucket,
            By.WORKSTREAM: self.workstream,
            By.DONOR: self.donor,
            By.CURRENCY: self.currency,
            By.LINE: self.line,
            By.YEAR: period_of(self.on_date, By.YEAR),
            By.QUARTER: period_of(self.on_date, By.QUARTER),
        }
        return keys[by]

    @property
    def unconverted(self) -> Unconverted | None:
        if not isinstance(self.converted, Reason):
            return None
        category = self.bucket if isinstance(self.bucket, Category) else None
        return Unconverted(self.kind, self.id, category, self.amount, self.currency, self.on_date, self.converted)


def period_of(day: dt.date, by: By) -> str:
    """The calendar year or quarter of a day: `2026`, `2026-Q3`. In the order of time where they are sorted."""
    year = f"{day.year:04}"
    return year if by is By.YEAR else f"{year}-Q{(day.month + 2) // 3}"


def periods_between(known: Iterable[str], by: By) -> list[str]:
    """Every period from the first of those known to the last, without a gap."""
    found = sorted(known)
    if not found:
        return []
    each = [
        period_of(dt.date(year, month, 1), by)
        for year in range(int(found[0][:4]), int(found[-1][:4]) + 1)
        for month in ((1,) if by is By.YEAR else (1, 4, 7, 10))
    ]
    return [period for period in each if found[0] <= period <= found[-1]]


@dataclass(frozen=True, slots=True)
class CostSum:
    """The sum of all items of one basis that share bucket and key; `native` in their own currency, by currency only."""

    basis: Basis | Measure
    bucket: Bucket
    key: str | None
    amount: Decimal
    native: Decimal
    items: int
    unconverted: tuple[Unconverted, ...] = ()


def add_up(items: Iterable[CostItem], by: By) -> list[CostSum]:
    """The items as sums, the way `ta_cost_sums` makes them in SQL."""
    alike: dict[tuple[Basis | Measure, Bucket, str | None], list[CostItem]] = defaultdict(list)
    for item in items:
        alike[item.basis, item.bucket, item.key(by)].append(item)
    return [
        CostSum(
            basis,
            bucket,
            key,
            amount=exact_sum(item.converted for item in found if isinstance(item.converted, Decimal)),
            native=exact_sum(item.amount for item in found) if by is By.CURRENCY else ZERO,
            items=len(found),
            unconverted=tuple(left_out for item in found if (left_out := item.unconverted)),
        )
        for (basis, bucket, key), found in alike.items()
    ]


def left_out(sums: Iterable[CostSum]) -> tuple[Unconverted, ...]:
    """All that could not be converted, oldest first."""
    found = (item for one in sums for item in one.unconverted)
    return tuple(sorted(found, key=lambda item: (item.date, item.kind, item.id)))
