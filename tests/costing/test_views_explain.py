"""Every figure of the cost table opens into what adds up to it, to the cent of the scenario's expected figures."""

import json
import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import Engagement, Institution
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.factories import EngagementFactory, InstitutionFactory, LedgerEntryFactory
from tests.web import Page, shown

COSTS = "/engagements/FIN-TAX-2024/costs/"
EXPLAIN = f"{COSTS}explain/"
GROUPINGS = ["category", "workstream", "donor", "currency", "line", "year", "quarter"]


@pytest.fixture(scope="module")
def expected():
    return json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))


@pytest.fixture
def officer(scenarios, signed_in):
    return signed_in(Role.PROGRAMME_OFFICER)


def explained(client, address):
    page = Page(client.get(address))
    assert page.status == 200, address
    return page


def links_of(page):
    """Each figure of the cost table that is a link, with where it leads."""
    found = re.findall(r'<a href="([^"]*explain/[^"]*)">\s*<bdi dir="ltr">([^<]*)</bdi>', page.html)
    return [(unescape(address), figure) for address, figure in found]


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_figure_of_the_table_is_the_foot_of_its_own_explanation(officer, by):
    links = links_of(Page(officer.get(COSTS, {"by": by})))

    assert len(links) >= 15
    # All of the categories; of each other grouping, which is made alike, a few from all of its columns.
    for address, figure in links if by == "category" else links[:: len(links) // 7]:
        page = explained(officer, address)
        assert page.shown_at("figure") == page.shown_at("foot") == figure, address


def test_in_another_currency_each_item_is_converted_before_it_is_added(officer):
    for address, figure in links_of(Page(officer.get(COSTS, {"currency": "EUR"})))[::4]:
        page = explained(officer, address)
        assert page.shown_at("figure") == page.shown_at("foot") == figure


@pytest.mark.parametrize("group", ["salaries", "travel_accommodation", "training_materials", "equipment", "logistics"])
def test_the_rows_of_a_category_add_up_to_the_expected_figure(officer, expected, group):
    wanted = expected["by_category"][group]
    for basis, amount in (("planned", wanted["planned_usd"]), ("actual", wanted["actual_usd"])):
        page = explained(officer, f"{EXPLAIN}?basis={basis}&group={group}")
        table = page.table("Lines and entries")
        worth = [Decimal(row[-1].replace(",", "").replace("\N{MINUS SIGN}", "-")) for row in table.rows[1:]]

        assert sum(worth[:-1]) == worth[-1] == Decimal(amount).quantize(Decimal("0.01"))
        assert page.shown_at("figure") == shown(f"{Decimal(amount):.2f}")


def test_an_entry_says_its_amount_its_rate_the_rates_day_and_source_and_who_posted_it(officer):
    table = explained(officer, f"{EXPLAIN}?basis=actual&group=equipment").table("Lines and entries")

    row = table.row("Tax software licence, first two years scenario:FIN-TAX-2024 C45/1")
    assert row["Amount"] == "EUR 124,000.00"
    assert row["Rate"] == "1 EUR = 1.1012 USD 1 Aug 2024 · scenario:FIN-TAX-2024"
    assert row["Who"].startswith("Author")
    assert row["USD"] == "136,548.80"


def test_what_two_amounts_come_to_leads_on_to_the_two(officer):
    page = explained(officer, f"{EXPLAIN}?basis=variance&group=salaries")

    assert page.shown_at("figure") == page.shown_at("foot") == "+3,196.49"
    assert [row[1] for row in page.table("The two amounts").rows[1:]] == ["804,000.24", "800,803.75"]
    assert sum("basis=actual" in link for link in page.links) == 1


def test_what_has_no_rate_is_told_and_not_added(officer):
    page = explained(officer, f"{EXPLAIN}?basis=actual&group=equipment&currency=JPY")

    assert page.shown_at("figure") == page.shown_at("foot") == "0"
    assert "15 items are left out of this figure: there is no rate on or before its date." in page.text


class TestWhoMaySeeWhat:
    def test_a_viewer_sees_the_sum_of_salaries_and_no_single_one_and_who_grants_it(self, scenarios, signed_in, officer):
        viewer = signed_in(Role.VIEWER)
        address = f"{EXPLAIN}?basis=actual&group=total"
        mine, theirs = explained(viewer, address), explained(officer, address)

        assert mine.shown_at("figure") == mine.shown_at("foot") == theirs.shown_at("figure")
        assert "Expert salaries" not in " ".join(row[0] for row in mine.table("Lines").rows)
        assert "Expert salaries" in " ".join(row[0] for row in theirs.table("Lines").rows)
        assert mine.table("Lines").row("Pay of named persons, withheld")["USD"] == "804,000.24"
        assert "Administrator, Programme officer, Finance officer" in mine.text

    def test_a_viewer_cannot_ask_by_line(self, scenarios, signed_in):
        assert signed_in(Role.VIEWER).get(f"{EXPLAIN}?by=line&group=C01").status_code == 403

    def test_a_liaison_sees_the_totals_and_is_told_who_opens_them(self, scenarios, signed_in):
        liaison = signed_in(Role.LIAISON, institution=Institution.objects.get(engagements__ref="FIN-TAX-2024"))

        assert links_of(Page(liaison.get(COSTS))) == []
        refused = Page(liaison.get(EXPLAIN))
        assert refused.status == 403
        assert "What a cost is made of is not shown to your role." in refused.text

    @pytest.mark.parametrize("address", [EXPLAIN, "/funding/FIN-TAX-2024/MCF/"])
    def test_to_another_ministrys_liaison_nothing_is_there(self, scenarios, signed_in, address):
        assert signed_in(Role.LIAISON, institution=InstitutionFactory()).get(address).status_code == 404

    def test_a_figure_that_is_not_on_the_page_is_not_there(self, officer):
        assert officer.get(f"{EXPLAIN}?group=nonsense").status_code == 404
        assert officer.get(f"{EXPLAIN}?basis=nonsense&as_of=nonsense&known_at=nonsense").status_code == 200


class TestAnAgreement:
    def test_its_three_figures_are_the_sums_of_their_entries(self, officer, expected):
        funding = Page(officer.get(COSTS)).table("Funding by donor")
        names = {"MCF": "Multilateral Capacity Fund", "GOF": "Government of Financia"}
        for code in expected["donors"]:
            page = explained(officer, f"/funding/FIN-TAX-2024/{code}/")
            row = funding.row(names[code])

            assert page.table("Promised").rows[-1][-1] == row["Committed, USD"]
            assert page.table("Received").rows[-1][-1] == row["Received, USD"]
            assert page.table("Spent").rows[-1][-1] == row["Spent, USD"]

    def test_without_rates_a_persons_pay_is_one_sum(self, scenarios, signed_in, officer):
        mine = explained(signed_in(Role.VIEWER), "/funding/FIN-TAX-2024/MCF/")
        theirs = explained(officer, "/funding/FIN-TAX-2024/MCF/")

        assert mine.table("Spent").rows[-1][-1] == theirs.table("Spent").rows[-1][-1]
        assert len(mine.table("Spent").rows) < len(theirs.table("Spent").rows)
        assert "Pay of named persons, withheld" in mine.text


def test_many_entries_come_in_pages_and_the_foot_stays_the_whole(signed_in):
    engagement = EngagementFactory()
    client = signed_in(Role.FINANCE_OFFICER)
    address = f"/engagements/{engagement.ref}/costs/explain/"
    make_entries(engagement, 5)
    few = queries_of(client, address)
    make_entries(engagement, 245)

    assert queries_of(client, address) == few
    assert few <= 25
    pages = [explained(client, f"{address}?page={number}") for number in (1, 3)]
    assert {page.shown_at("foot") for page in pages} == {"2,500.00"}
    assert pages[0].table("Lines").row("On other pages")["USD"] == "1,500.00"


def make_entries(engagement: Engagement, count: int) -> None:
    currency = engagement.programme.currency
    LedgerEntryFactory.create_batch(
        count, engagement=engagement, kind="expenditure", amount=10, currency=currency, category="equipment"
    )


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
