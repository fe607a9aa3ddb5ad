"""What it costs on one basis: the formula, what stands outside it, and what could not be converted."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from costing.domain.arithmetic import exact_sum
from costing.domain.conversion import Unit
from costing.domain.items import CostItem, CostSum, Unconverted, add_up, left_out
from costing.domain.vocabulary import Basis, By, Category, Figure, Outside

UNASSIGNED = "unassigned"
# As tuples: an enum's own way through its members takes longer than what is done with each.
CATEGORIES, KINDS_OUTSIDE = tuple(Category), tuple(Outside)
# Rows of a table of costs that are no group of it.
TOTAL, CHARGED, UNCATEGORISED = "total", "charged", "uncategorised"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CostQuestion:
    """What is asked: the costs of one engagement, grouped one way, in one currency, as of a date."""

    engagement: str
    by: By
    currency: Unit
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class AskedFigure:
    """Which figure to explain: of which group, grouped how, and from what was known when."""

    figure: Figure
    group: str
    by: By
    currency: str | None
    as_of: dt.date
    cut_off: dt.datetime


@dataclass(frozen=True, slots=True)
class CostSummary:
    """The cost of one engagement on one basis. `groups` are parts of the formula and add up to `total`."""

    question: CostQuestion
    basis: Basis
    groups: Mapping[str, Decimal]
    outside: Mapping[Outside, Decimal]
    uncategorised: Decimal
    unconverted: tuple[Unconverted, ...] = ()

    @property
    def total(self) -> Decimal:
        """Salaries, travel and accommodation, training materials, equipment and logistics: the formula."""
        return exact_sum(self.groups.values())

    @property
    def charged(self) -> Decimal:
        """All of it: the formula, what stands outside it, and what has no category."""
        return exact_sum([self.total, *self.outside.values(), self.uncategorised])


def summarise(items: Iterable[CostItem], basis: Basis, question: CostQuestion) -> CostSummary:
    """Add up the items of one basis. All five categories are there, at zero if nothing falls to them."""
    return summary_of([one for one in add_up(items, question.by) if one.basis is basis], basis, question)


def summary_of(sums: Collection[CostSum], basis: Basis, question: CostQuestion) -> CostSummary:
    """The same from sums of that basis, wherever they were made."""

    def added(found: Iterable[CostSum]) -> Decimal:
        return exact_sum(one.amount for one in found)

    return CostSummary(
        question,
        basis,
        groups=grouped(sums, question.by, added),
        outside=outside(sums, added),
        uncategorised=added(one for one in sums if one.bucket is None),
        unconverted=left_out(sums),
    )


def grouped(sums: Collection[CostSum], by: By, added: Callable[[Iterable[CostSum]], T]) -> dict[str, T]:
    """The formula's parts: the five by category, else one for each value found, `unassigned` last if there is any."""
    keys: Iterable[str | None] = CATEGORIES if by is By.CATEGORY else _in_order({one.key for one in sums})
    formula: dict[str | None, list[CostSum]] = defaultdict(list)
    for one in sums:
        if isinstance(one.bucket, Category):
            formula[one.key].append(one)
    return {key or UNASSIGNED: added(formula.get(key, ())) for key in keys}


def outside(sums: Collection[CostSum], added: Callable[[Iterable[CostSum]], T]) -> dict[Outside, T]:
    """What stands beside the formula, for each kind that occurs."""
    found = {one.bucket for one in sums}
    return {kind: added(one for one in sums if one.bucket is kind) for kind in KINDS_OUTSIDE if kind in found}


def _in_order(keys: set[str | None]) -> list[str | None]:
    return [*sorted(key for key in keys if key is not None), *([None] if None in keys else [])]
