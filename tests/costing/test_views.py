"""The cost page: to the cent what the scenario file and REST say, and closed where a rate could be told."""

import json
from decimal import Decimal

import pytest

from programmes.models import Institution
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.factories import CurrencyFactory, InstitutionFactory
from tests.web import Page, shown, signed

COSTS = "/engagements/FIN-TAX-2024/costs/"
CATEGORIES = {
    "salaries": "Expert salaries",
    "travel_accommodation": "Travel and accommodation",
    "training_materials": "Training materials",
    "equipment": "Equipment",
    "logistics": "Logistics",
}
GROUPINGS = ["category", "workstream", "donor", "currency", "line", "year", "quarter"]


@pytest.fixture(scope="module")
def expected():
    return json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))


@pytest.fixture
def officer(scenarios, signed_in):
    return signed_in(Role.PROGRAMME_OFFICER)


@pytest.fixture
def liaison(scenarios, signed_in):
    return signed_in(Role.LIAISON, institution=Institution.objects.get(engagements__ref="FIN-TAX-2024"))


def figures(row):
    return row["Planned"], row["Actual"], row["Variance"], row["% of plan"]


def wanted(row):
    pct = row["variance_pct"]
    of_plan = "– no data" if pct is None else f"{shown(pct)}%"
    return shown(row["planned_usd"]), cents(row["actual_usd"]), signed(row["variance_usd"]), of_plan


def cents(amount):
    return shown(f"{Decimal(amount):.2f}")


def row_of(page, key):
    """The row of a group: by its code below the name, or by the code alone."""
    table = page.table("Costs")
    found = [row for row in table.rows[1:] if row[0] == key or row[0].endswith(f" {key}")]
    assert len(found) == 1, key
    return dict(zip(table.head, found[0], strict=True))


def test_the_five_categories_and_their_total_are_as_expected(officer, expected):
    table = Page(officer.get(COSTS)).table("Costs")

    for key, name in CATEGORIES.items():
        assert figures(table.row(name)) == wanted(expected["by_category"][key])
    overall = expected["overall"]
    assert figures(table.row("Total")) == wanted(overall)


def test_each_categorys_share_of_what_was_spent_is_as_expected(officer, expected):
    table = Page(officer.get(COSTS)).table("Costs")

    for key, pct in expected["category_share_of_actual_pct"].items():
        assert table.row(CATEGORIES[key])["Share of actual"] == f"{pct}%"


@pytest.mark.parametrize("by", ["workstream", "donor"])
def test_other_groupings_are_as_expected(officer, expected, by):
    page = Page(officer.get(COSTS, {"by": by}))

    for key, row in expected[f"by_{by}"].items():
        assert figures(row_of(page, key)) == wanted(row)


def test_every_line_is_as_expected(officer, expected):
    page = Page(officer.get(COSTS, {"by": "line"}))

    for line in expected["lines"]:
        assert figures(row_of(page, line["code"])) == wanted(line)


def test_by_currency_the_native_sums_stand_beside_the_converted(officer, expected):
    page = Page(officer.get(COSTS, {"by": "currency"}))

    for code, row in expected["by_currency_usd_equivalent"].items():
        found, native = row_of(page, code), expected["by_currency_native"][code]
        assert figures(found) == wanted(row)
        own = found["Planned, own currency"], found["Actual, own currency"]
        assert tuple(Decimal(figure.replace(",", "")) for figure in own) == (
            Decimal(native["planned"]),
            Decimal(native["actual"]),
        )


@pytest.mark.parametrize("by", ["year", "quarter"])
def test_what_was_spent_in_each_period_is_as_expected(officer, expected, by):
    page = Page(officer.get(COSTS, {"by": by, "basis": "actual"}))

    found = {row[0]: row[1] for row in page.table("Costs").rows[1:-1]}
    assert found == {key: shown(amount) for key, amount in expected[f"actual_by_{by}"].items()}


@pytest.mark.parametrize("currency", ["USD", "EUR", "XCD"])
@pytest.mark.parametrize("by", GROUPINGS)
def test_a_page_says_what_rest_says_to_the_cent(officer, by, currency):
    query = {"by": by, "currency": currency, "as_of": "2025-06-30"}
    answer = json.loads(officer.get("/api/v1/engagements/FIN-TAX-2024/cost-comparison/", query).content)

    page = Page(officer.get(COSTS, query))

    rows = [tuple(row[1:4]) for row in page.table(f"Costs, {currency}").rows[1:]]
    # REST always has the key of what is assigned to nothing; the page has its row where there is any.
    groups = [row for key, row in answer["groups"].items() if key != "unassigned" or row["actual"] != "0.00"]
    bases = ("planned", "committed", "actual")
    said = [tuple(shown(row[basis]) for basis in bases) for row in [*groups, answer["total"]]]
    assert rows == said


def test_donors_funding_is_as_expected(officer, expected):
    page = Page(officer.get(COSTS))

    for code, name, currency in (("MCF", "Multilateral", "USD"), ("GOF", "Government", "XCD")):
        row, given = page.table("Funding").row(name), expected["donors"][code]
        assert row["Committed"] == f"{currency} {shown(given['committed_native'])}"
        assert row["Received"] == f"{currency} {shown(given['received_native'])}"
        assert row["Undrawn"] == f"{currency} {shown(given['commitment_undrawn_native'])}"
        assert row["Spent, USD"] == shown(given["spent_usd"])
        assert row["Balance, USD"] == shown(given["balance_received_minus_spent_usd"])
        assert row["Spent of committed"] == f"{given['spent_pct_of_commitment']}%"
    assert f"The recipient pays {expected['cost_share_pct_of_actual']}% of what was spent." in page.text


def test_what_has_no_category_stands_beside_the_formula(officer):
    expected = json.loads((SHARED_DATA / "moldova/expected.json").read_text("utf-8"))["overall"]

    table = Page(officer.get("/engagements/MDA-TAX-2015/costs/")).table("Costs")

    assert table.row("Total")["Planned"] == shown(expected["planned_usd"])
    assert table.row("No category")["Planned"] == shown(expected["uncategorised_planned_usd"])
    assert table.row("All that is charged")["Actual"] == shown(expected["charged_actual_usd"])


def test_what_cannot_be_converted_is_left_out_and_listed_with_the_reason(officer):
    CurrencyFactory(code="KWD", minor_units=3)

    page = Page(officer.get(COSTS, {"currency": "KWD"}))

    # No rate leads to dinars: 62 lines, less one without an amount, and 92 entries.
    assert "are left out of these totals: there is no rate to convert them with." in page.text
    assert page.table("Costs, KWD").row("Total")["Planned"] == "0.000"
    assert {row[-1] for row in page.table("Left out").rows[1:]} == {
        "the budget has no rate for it",
        "there is no rate on or before its date",
    }


@pytest.mark.parametrize("by", ["workstream", "donor", "currency", "line", "quarter"])
def test_a_grouping_that_leads_to_a_rate_is_refused_with_who_grants_it(scenarios, signed_in, by):
    response = signed_in(Role.VIEWER).get(COSTS, {"by": by})

    assert response.status_code == 403
    assert "Administrator, Programme officer, Finance officer" in Page(response).text


def test_a_liaison_sees_totals_by_category_and_year_and_no_funding(liaison, expected):
    page = Page(liaison.get(COSTS))

    assert figures(page.table("Costs").row("Expert salaries")) == wanted(expected["by_category"]["salaries"])
    assert "What each donor promised, brought in and paid for is not shown to your role." in page.text
    assert not [table for table in page.tables if table.caption.startswith("Funding")]
    assert liaison.get(COSTS, {"by": "year"}).status_code == 200
    assert liaison.get(COSTS, {"by": "donor"}).status_code == 403


def test_a_currency_that_would_tell_some_salaries_from_others_is_refused(liaison):
    CurrencyFactory(code="KWD", minor_units=3)

    page = Page(liaison.get(COSTS, {"currency": "KWD"}))

    # The others alone could lead to a rate: so the currency is not to be had at all.
    assert page.status == 403
    assert "Some salaries cannot be converted to this currency" in page.text


@pytest.mark.parametrize("query", [{"currency": "ZZZ"}, {"as_of": "31.12.2025x"}, {"by": "expert"}, {"basis": "guess"}])
def test_a_question_that_cannot_be_used_is_said_at_its_field(officer, query):
    page = Page(officer.get(COSTS, query))

    assert page.status == 422
    assert "There is a problem" in page.text
    assert page.table("Costs, USD").row("Total")["Planned"] == "2,070,155.27"


def test_another_ministrys_liaison_learns_nothing(scenarios, signed_in):
    elsewhere = signed_in(Role.LIAISON, institution=InstitutionFactory())

    assert elsewhere.get(COSTS, {"by": "line"}).status_code == 404
