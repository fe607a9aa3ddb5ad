"""Every money figure of the scenarios' `expected.json`, asked of the selectors and the answers."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from costing.api.answers import comparison_answer, cost_answer, funding_answer
from costing.domain.vocabulary import Basis, By
from costing.selectors import costs as selectors
from tests.costing.conftest import TODAY, Scenario


def compared(scenario: Scenario, by: By, **more) -> dict:
    key = scenario.engagement.pk
    asked = {"by": by, "currency": None, "as_of": TODAY, "cut_off": timezone.now(), **more}
    return comparison_answer(selectors.cost_comparisons([key], **asked)[key])


def summed(scenario: Scenario, basis: Basis, by: By, **more) -> dict:
    key = scenario.engagement.pk
    asked = {"basis": basis, "by": by, "currency": None, "as_of": TODAY, "cut_off": timezone.now(), **more}
    return cost_answer(selectors.cost_summaries([key], **asked)[key])


def as_expected(row: dict) -> dict:
    figures = {name: Decimal(row[name]) for name in ("planned", "actual", "variance")}
    return figures | {"variance_pct": row["variance_pct"]}


def expected_row(row: dict) -> dict:
    figures = {name: Decimal(row[f"{name}_usd"]) for name in ("planned", "actual", "variance")}
    return figures | {"variance_pct": row["variance_pct"]}


def without_unassigned(groups: dict) -> dict:
    return {key: row for key, row in groups.items() if key != "unassigned"}


def test_financia_overall(financia):
    answer = compared(financia, By.CATEGORY)
    overall = financia.expected["overall"]
    assert as_expected(answer["total"]) == expected_row(overall)
    assert answer["counts"] == {"lines": overall["line_count"], "entries": overall["transaction_count"]}
    assert answer["unconverted"] == []
    assert answer["charged"]["actual"] == overall["actual_usd"]


@pytest.mark.parametrize(
    ("by", "block"),
    [
        (By.CATEGORY, "by_category"),
        (By.WORKSTREAM, "by_workstream"),
        (By.DONOR, "by_donor"),
        (By.CURRENCY, "by_currency_usd_equivalent"),
    ],
)
def test_financia_in_every_grouping(financia, by, block):
    groups = without_unassigned(compared(financia, by)["groups"])
    assert {key: as_expected(row) for key, row in groups.items()} == {
        key: expected_row(row) for key, row in financia.expected[block].items()
    }


def test_financia_line_by_line(financia):
    groups = without_unassigned(compared(financia, By.LINE)["groups"])
    assert {key: as_expected(row) for key, row in groups.items()} == {
        line["code"]: expected_row(line) for line in financia.expected["lines"]
    }


def test_financia_native_sums_and_shares(financia):
    native = {
        key: {basis: row["native"][basis] for basis in ("planned", "actual")}
        for key, row in without_unassigned(compared(financia, By.CURRENCY)["groups"]).items()
    }
    shares = {key: row["share_of_actual_pct"] for key, row in compared(financia, By.CATEGORY)["groups"].items()}
    assert native == financia.expected["by_currency_native"]
    assert shares == financia.expected["category_share_of_actual_pct"]


@pytest.mark.parametrize(("by", "block"), [(By.YEAR, "actual_by_year"), (By.QUARTER, "actual_by_quarter")])
def test_financia_over_time(financia, by, block):
    answer = summed(financia, Basis.ACTUAL, by)
    assert without_unassigned(answer["groups"]) == financia.expected[block]
    assert answer["total"] == financia.expected["overall"]["actual_usd"]


def test_financia_up_to_the_end_of_its_first_year(financia):
    until = {"as_of": dt.date(2024, 12, 31)}
    assert summed(financia, Basis.ACTUAL, By.CATEGORY, **until)["total"] == financia.expected["actual_by_year"]["2024"]
    assert summed(financia, Basis.PLANNED, By.CATEGORY, **until)["total"] == financia.expected["overall"]["planned_usd"]


def test_financia_donors(financia):
    key = financia.engagement.pk
    answer = funding_answer(selectors.funding([key], as_of=TODAY, cut_off=timezone.now())[key])
    assert {
        code: {
            "committed_native": donor["committed"],
            "received_native": donor["received"],
            "committed_usd": donor["committed_base"],
            "received_usd": donor["received_base"],
            "spent_usd": donor["spent_base"],
            "balance_received_minus_spent_usd": donor["balance_base"],
            "commitment_undrawn_native": donor["undrawn"],
            "spent_pct_of_commitment": donor["spent_pct"],
        }
        for code, donor in answer["donors"].items()
    } == financia.expected["donors"]
    assert answer["cost_share_pct"] == financia.expected["cost_share_pct_of_actual"]
    assert {code: donor["currency"] for code, donor in answer["donors"].items()} == {"MCF": "USD", "GOF": "XCD"}


@pytest.mark.parametrize("basis", ["planned", "actual"])
def test_moldova_is_charged_but_in_no_category(moldova, basis):
    answer = summed(moldova, Basis(basis), By.CATEGORY)
    overall = moldova.expected["overall"]
    assert answer["total"] == overall[f"{basis}_usd"]
    assert answer["uncategorised"] == overall[f"uncategorised_{basis}_usd"]
    assert answer["charged"] == overall[f"charged_{basis}_usd"]
    assert set(answer["groups"].values()) == {"0.00"}


def test_two_scenarios_in_one_database_are_answered_at_once_as_they_are_alone(
    financia, moldova, django_assert_num_queries
):
    keys = [moldova.engagement.pk, financia.engagement.pk]
    asked = {"by": By.DONOR, "currency": "EUR", "as_of": TODAY, "cut_off": timezone.now()}
    with django_assert_num_queries(3):
        together = selectors.cost_comparisons(keys, **asked)
    assert list(together) == keys
    for key in keys:
        assert selectors.cost_comparisons([key], **asked) == {key: together[key]}
