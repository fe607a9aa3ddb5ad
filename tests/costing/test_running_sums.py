"""What was planned and spent up to each period: every period in its place, and what is to come is not zero."""

import datetime as dt
from decimal import Decimal

import pytest

from costing.domain.comparison import RunningSum, comparison_of
from costing.domain.conversion import Unit
from costing.domain.items import CostSum, period_of, periods_between
from costing.domain.summary import CostQuestion
from costing.domain.vocabulary import Basis, By, Category, Outside

USD = Unit("USD", 2)


def one(basis, period, amount, bucket=Category.SALARIES):
    return CostSum(basis, bucket, period, Decimal(amount), Decimal(0), 1)


def compared(*sums, by=By.QUARTER, as_of=dt.date(2025, 5, 10)):
    return comparison_of(sums, CostQuestion("FIN", by, USD, as_of))


def test_each_period_holds_all_before_it_and_a_period_without_costs_has_its_place():
    found = compared(
        one(Basis.PLANNED, "2024-Q3", "100.10"),
        one(Basis.PLANNED, "2025-Q2", "50"),
        one(Basis.ACTUAL, "2024-Q4", "70"),
        one(Basis.ACTUAL, "2025-Q1", "-20.05", Category.EQUIPMENT),
    ).running_sums()

    assert found == [
        RunningSum("2024-Q3", Decimal("100.10"), Decimal(0)),
        RunningSum("2024-Q4", Decimal("100.10"), Decimal(70)),
        RunningSum("2025-Q1", Decimal("100.10"), Decimal("49.95")),
        RunningSum("2025-Q2", Decimal("150.10"), Decimal("49.95")),
    ]


def test_what_is_yet_to_come_was_not_spent_and_is_not_zero():
    found = compared(
        one(Basis.PLANNED, "2024", 10), one(Basis.PLANNED, "2026", 10), by=By.YEAR, as_of=dt.date(2024, 12, 31)
    ).running_sums()

    assert [(each.period, each.actual) for each in found] == [("2024", Decimal(0)), ("2025", None), ("2026", None)]


def test_what_stands_beside_the_formula_is_left_out():
    assert compared(one(Basis.ACTUAL, "2024-Q1", 5, Outside.FEE)).running_sums() == [
        RunningSum("2024-Q1", Decimal(0), Decimal(0))
    ]


def test_nothing_has_no_periods():
    assert compared().running_sums() == []


@pytest.mark.parametrize(
    ("day", "quarter"), [("2024-01-01", "2024-Q1"), ("2024-03-31", "2024-Q1"), ("2024-12-31", "2024-Q4")]
)
def test_a_day_has_its_calendar_quarter(day, quarter):
    assert period_of(dt.date.fromisoformat(day), By.QUARTER) == quarter
    assert period_of(dt.date.fromisoformat(day), By.YEAR) == "2024"


def test_periods_are_told_without_a_gap():
    assert periods_between(["2025-Q2", "2024-Q3"], By.QUARTER) == ["2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2"]
    assert periods_between({"2026", "2024"}, By.YEAR) == ["2024", "2025", "2026"]
