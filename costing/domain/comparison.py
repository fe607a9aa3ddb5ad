"""Planned, committed and actual side by side."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from costing.domain.arithmetic import ZERO, difference, exact_sum, percentage
from costing.domain.items import CostItem, CostSum, Unconverted, add_up, left_out, period_of, periods_between
from costing.domain.summary import CostQuestion, grouped, outside
from costing.domain.vocabulary import Basis, By, Measure, Outside


@dataclass(frozen=True, slots=True)
class Bases:
    """One figure on each of the three bases."""

    planned: Decimal = ZERO
    committed: Decimal = ZERO
    actual: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class CostRow(Bases):
    """The three beside each other; `native` in the currency of the items, where they share one."""

    native: Bases | None = None

    @property
    def variance(self) -> Decimal:
        """Actual less planned: above 0 is over the plan."""
        return difference(self.actual, self.planned)

    @property
    def variance_pct(self) -> Decimal | None:
        """Percent of the plan; none where nothing was planned."""
        return percentage(self.variance, self.planned)


@dataclass(frozen=True, slots=True)
class CostComparison:
    """All three bases of one engagement. `lines` and `entries` count the items, those without a rate included."""

    question: CostQuestion
    groups: Mapping[str, CostRow]
    outside: Mapping[Outside, CostRow]
    uncategorised: CostRow
    lines: int
    entries: int
    unconverted: tuple[Unconverted, ...] = ()

    @property
    def total(self) -> CostRow:
        """The formula, on each basis."""
        return _together(self.groups.values())

    @property
    def charged(self) -> CostRow:
        return _together([self.total, *self.outside.values(), self.uncategorised])

    def running_sums(self) -> list["RunningSum"]:
        """The formula from its first period to its last, each with all before it; for a comparison by year or quarter.

        What was spent ends with the period of `as_of`: None after it, which is not the same as nothing more.
        """
        found, so_far = [], CostRow()
        today = period_of(self.question.as_of, self.question.by)
        for period in periods_between(self.groups, self.question.by):
            so_far = _together([so_far, self.groups.get(period, CostRow())])
            found.append(RunningSum(period, so_far.planned, so_far.actual if period <= today else None))
        return found

    def share_of_actual_pct(self, row: CostRow) -> Decimal | None:
        """The part of the formula's actual cost that the row is; none while nothing is spent."""
        return percentage(row.actual, self.total.actual)


@dataclass(frozen=True, slots=True)
class RunningSum:
    """What was to be spent, and what was spent, up to the end of a period."""

    period: str
    planned: Decimal
    actual: Decimal | None


def compare(items: Iterable[CostItem], question: CostQuestion) -> CostComparison:
    """Add up the items of all bases, each group's planned beside its committed and actual."""
    return comparison_of(add_up(items, question.by), question)


def comparison_of(sums: Collection[CostSum], question: CostQuestion) -> CostComparison:
    """The same from sums, wherever they were made."""

    def row(found: Iterable[CostSum]) -> CostRow:
        return _row(list(found), with_native=question.by is By.CURRENCY)

    return CostComparison(
        question,
        groups=grouped(sums, question.by, row),
        outside=outside(sums, row),
        uncategorised=row(one for one in sums if one.bucket is None),
        lines=sum(one.items for one in sums if one.basis is Basis.PLANNED),
        entries=sum(one.items for one in sums if one.basis is not Basis.PLANNED),
        unconverted=left_out(sums),
    )


def _row(found: list[CostSum], *, with_native: bool) -> CostRow:
    amounts = _bases((one.basis, one.amount) for one in found)
    native = _bases((one.basis, one.native) for one in found) if with_native else None
    return CostRow(amounts.planned, amounts.committed, amounts.actual, native)


def _bases(amounts: Iterable[tuple[Basis | Measure, Decimal]]) -> Bases:
    found = list(amounts)
    return Bases(*(exact_sum(amount for basis, amount in found if basis is wanted) for wanted in Basis))


def _together(rows: Iterable[CostRow]) -> CostRow:
    found = list(rows)
    return CostRow(
        planned=exact_sum(row.planned for row in found),
        committed=exact_sum(row.committed for row in found),
        actual=exact_sum(row.actual for row in found),
    )
