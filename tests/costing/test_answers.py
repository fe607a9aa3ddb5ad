"""The shape of the answers: which keys, in which order, and how figures are written."""

import datetime as dt
from decimal import Decimal

import pytest

from costing.api.answers import comparison_answer, cost_answer, funding_answer
from costing.domain.comparison import comparison_of
from costing.domain.conversion import Unit
from costing.domain.funding import AgreementMoney, fund
from costing.domain.items import CostSum, Unconverted
from costing.domain.summary import CostQuestion, summary_of
from costing.domain.vocabulary import Basis, By, Category, ItemKind, Outside, Reason
from ta_portal.api.rendering import dumps

AS_OF = dt.date(2025, 12, 31)
USD, JPY, KWD = Unit("USD", 2), Unit("JPY", 0), Unit("KWD", 3)
ACTUAL, PLANNED = Basis.ACTUAL, Basis.PLANNED


def one(basis: Basis, bucket, amount: str, key: str | None = None, native: str = "0", **more) -> CostSum:
    return CostSum(basis, bucket, key or bucket, Decimal(amount), Decimal(native), **{"items": 1} | more)


def question(by: By = By.CATEGORY, unit: Unit = USD) -> CostQuestion:
    return CostQuestion("ABC-1", by, unit, AS_OF)


def left_out(category: Category | None) -> Unconverted:
    return Unconverted(
        ItemKind.LEDGER_ENTRY, "a-public-id", category, Decimal("12"), "JPY", dt.date(2024, 5, 1), Reason.NO_VALUATION
    )


def test_a_summary_by_category_has_all_five_and_shows_the_rest_beside_the_total():
    sums = [
        one(ACTUAL, Category.EQUIPMENT, "10.5"),
        one(ACTUAL, Outside.FEE, "2"),
        one(ACTUAL, None, "0.25", unconverted=(left_out(None),)),
    ]
    assert cost_answer(summary_of(sums, ACTUAL, question())) == {
        "engagement": "ABC-1",
        "basis": "actual",
        "currency": "USD",
        "total": "10.50",
        "by": "category",
        "groups": {
            "salaries": "0.00",
            "travel_accommodation": "0.00",
            "training_materials": "0.00",
            "equipment": "10.50",
            "logistics": "0.00",
        },
        "outside": {"fee": "2.00"},
        "uncategorised": "0.25",
        "charged": "12.75",
        "unconverted": [
            {
                "kind": "ledger_entry",
                "id": "a-public-id",
                "amount": "12",
                "currency": "JPY",
                "date": "2024-05-01",
                "reason": "no_valuation",
            }
        ],
        "as_of": "2025-12-31",
    }


@pytest.mark.parametrize(("unit", "text"), [(JPY, "1200"), (USD, "1200.00"), (KWD, "1200.000")])
def test_money_is_written_with_the_minor_units_of_its_currency(unit, text):
    summary = summary_of([one(ACTUAL, Category.LOGISTICS, "1200")], ACTUAL, question(unit=unit))
    assert cost_answer(summary)["total"] == cost_answer(summary)["groups"]["logistics"] == text


def test_very_large_money_is_written_out_to_the_last_unit():
    large = "1" + "0" * 39
    sums = [one(ACTUAL, Category.LOGISTICS, f"{large}.01"), one(ACTUAL, Category.EQUIPMENT, "0.02")]
    assert cost_answer(summary_of(sums, ACTUAL, question()))["total"] == f"{large}.03"


def test_other_groupings_have_a_key_for_each_value_found_and_one_for_what_has_none():
    sums = [
        one(ACTUAL, Category.LOGISTICS, "1", key="WS2"),
        one(ACTUAL, Category.EQUIPMENT, "2", key="WS2"),
        one(ACTUAL, Category.EQUIPMENT, "4", key="WS1"),
        one(ACTUAL, Outside.FEE, "8", key="WS3"),
    ]
    answer = cost_answer(summary_of(sums, ACTUAL, question(By.WORKSTREAM)))
    assert list(answer["groups"].items()) == [
        ("WS1", "4.00"),
        ("WS2", "3.00"),
        ("WS3", "0.00"),
        ("unassigned", "0.00"),
    ]
    nowhere = CostSum(ACTUAL, Category.LOGISTICS, None, Decimal(5), Decimal(0), 1)
    answer = cost_answer(summary_of([nowhere], ACTUAL, question(By.WORKSTREAM)))
    assert answer["groups"] == {"unassigned": "5.00"}


def test_a_comparison_row_has_variance_and_shares_and_null_where_they_are_undefined():
    sums = [
        one(PLANNED, Category.EQUIPMENT, "3"),
        one(ACTUAL, Category.EQUIPMENT, "2"),
        one(Basis.COMMITTED, Category.EQUIPMENT, "7"),
        one(ACTUAL, Category.LOGISTICS, "1", items=2),
        one(ACTUAL, Outside.FEE, "9"),
    ]
    answer = comparison_answer(comparison_of(sums, question()))
    assert answer["groups"]["equipment"] == {
        "planned": "3.00",
        "committed": "7.00",
        "actual": "2.00",
        "variance": "-1.00",
        "variance_pct": "-33.33",
        "share_of_actual_pct": "66.67",
    }
    assert answer["groups"]["logistics"]["variance_pct"] is None
    assert answer["groups"]["salaries"]["share_of_actual_pct"] == "0.00"
    assert answer["outside"]["fee"]["share_of_actual_pct"] is None
    assert (answer["total"]["actual"], answer["charged"]["actual"]) == ("3.00", "12.00")
    assert answer["counts"] == {"lines": 1, "entries": 5}


@pytest.mark.parametrize(
    ("planned", "actual", "pct"),
    [("800", "801", "0.13"), ("800", "799", "-0.13"), ("40000", "40001", "0.00"), ("3", "0", "-100.00")],
)
def test_percentages_are_rounded_half_away_from_zero(planned, actual, pct):
    sums = [one(PLANNED, Category.EQUIPMENT, planned), one(ACTUAL, Category.EQUIPMENT, actual)]
    assert comparison_answer(comparison_of(sums, question()))["total"]["variance_pct"] == pct


def test_nothing_spent_has_no_shares():
    answer = comparison_answer(comparison_of([one(PLANNED, Category.EQUIPMENT, "3")], question()))
    assert {row["share_of_actual_pct"] for row in answer["groups"].values()} == {None}


def test_a_comparison_by_currency_adds_the_native_sums():
    sums = [one(ACTUAL, Category.EQUIPMENT, "0.66", key="JPY", native="100")]
    answer = comparison_answer(comparison_of(sums, question(By.CURRENCY)))
    assert answer["groups"]["JPY"]["native"] == {"planned": "0", "committed": "0", "actual": "100"}
    assert "native" not in answer["total"]
    sums = [one(PLANNED, Category.EQUIPMENT, "0.66", key="EUR", native="0.60")]
    answer = comparison_answer(comparison_of(sums, question(By.CURRENCY)))
    assert answer["groups"]["EUR"]["native"] == {"planned": "0.60", "committed": "0.00", "actual": "0.00"}
    assert "native" not in comparison_answer(comparison_of(sums, question(By.LINE)))["groups"]["EUR"]


def test_without_the_right_to_see_rates_no_single_salary_is_listed():
    sums = [
        one(ACTUAL, Category.SALARIES, "0", unconverted=(left_out(Category.SALARIES),)),
        one(ACTUAL, None, "0", unconverted=(left_out(None),)),
    ]
    summary, comparison = summary_of(sums, ACTUAL, question()), comparison_of(sums, question())
    assert len(cost_answer(summary)["unconverted"]) == len(comparison_answer(comparison)["unconverted"]) == 2
    assert len(cost_answer(summary, with_salaries=False)["unconverted"]) == 1
    assert len(comparison_answer(comparison, with_salaries=False)["unconverted"]) == 1


def agreement(donor: str | None, unit: Unit | None = USD, **more) -> AgreementMoney:
    given = {
        "instrument": "grant" if donor else None,
        "committed": Decimal(100),
        "received": Decimal(60),
        "committed_base": Decimal(100),
        "received_base": Decimal(60),
        "spent_base": Decimal(75),
    }
    return AgreementMoney(donor, unit=unit, **given | more)


def funded(*agreements: AgreementMoney) -> dict:
    return funding_answer(fund(agreements, engagement="ABC-1", currency=USD, as_of=AS_OF))


def test_a_donor_is_shown_in_its_own_currency_and_in_the_programmes():
    answer = funded(
        agreement("AAA", JPY, committed=Decimal(15000), received=Decimal(9000), instrument="cost_share"),
        agreement("BBB", spent_base=Decimal(25)),
    )
    assert answer["donors"]["AAA"] == {
        "currency": "JPY",
        "committed": "15000",
        "received": "9000",
        "undrawn": "6000",
        "committed_base": "100.00",
        "received_base": "60.00",
        "spent_base": "75.00",
        "balance_base": "-15.00",
        "spent_pct": "75.00",
    }
    assert answer["cost_share_pct"] == "75.00"


def test_a_donors_agreements_in_one_currency_add_up_and_in_two_have_no_native_sum():
    alike, mixed = funded(agreement("AAA"), agreement("AAA")), funded(agreement("AAA"), agreement("AAA", JPY))
    assert (alike["donors"]["AAA"]["committed"], alike["donors"]["AAA"]["currency"]) == ("200.00", "USD")
    assert (mixed["donors"]["AAA"]["committed"], mixed["donors"]["AAA"]["currency"]) == (None, None)
    assert mixed["donors"]["AAA"]["committed_base"] == "200.00"


def test_money_that_names_no_agreement_is_nobodys_and_nothing_committed_has_no_percentage():
    answer = funded(agreement("AAA", committed_base=Decimal(0)), agreement(None, None, received=None))
    assert list(answer["donors"]) == ["AAA", "unassigned"]
    assert answer["donors"]["AAA"]["spent_pct"] is None
    assert answer["donors"]["unassigned"]["undrawn"] is None
    assert funded()["cost_share_pct"] is None


def test_the_answers_are_plain_json():
    sums = [one(ACTUAL, Category.EQUIPMENT, "1", unconverted=(left_out(None),))]
    for answer in (
        cost_answer(summary_of(sums, ACTUAL, question())),
        comparison_answer(comparison_of(sums, question())),
    ):
        assert b"Decimal" not in dumps(answer)
