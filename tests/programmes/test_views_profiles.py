"""The portfolio's figures, the profiles, search and where one begins, on the scenarios: scoped, and as expected."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from programmes.models import Institution, Organisation
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.factories import (
    EngagementFactory,
    FundingAgreementFactory,
    IndicatorFactory,
    InstitutionFactory,
    days,
)
from tests.web import Page, shown

TODAY = dt.datetime.now(tz=dt.UTC).date()
PORTFOLIO = "/portfolio/"
LISTS = ["/countries/", "/institutions/", "/donors/", "/programmes/"]
PROFILES = ["/countries/XF/", "/institutions/{institution}/", "/donors/MCF/", "/programmes/P-FIN-TAX-2024/"]


def in_days(count):
    return TODAY + dt.timedelta(days=count)


def running(**given):
    given = {"status": "active", "planned": days("2020-01-01", "2090-12-31"), **given}
    return EngagementFactory(**given)


def says(client, address=PORTFOLIO):
    return Page(client.get(address))


class TestFigures:
    def test_categories_and_donors_are_as_expected_and_open_into_engagements(self, scenarios, signed_in):
        expected = json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))
        client = signed_in(Role.PROGRAMME_OFFICER)
        page = says(client, f"{PORTFOLIO}?country=XF")

        row = page.table("Costs, USD").row("Expert salaries")
        assert row["Planned"] == shown(expected["by_category"]["salaries"]["planned_usd"])
        assert row["Actual"] == shown(f"{Decimal(expected['by_category']['salaries']['actual_usd']):.2f}")
        assert page.table("All that is charged, by donor").row("Multilateral Capacity Fund")["Actual"] == shown(
            f"{Decimal(expected['by_donor']['MCF']['actual_usd']):.2f}"
        )
        for group in ("salaries", "equipment", "total"):
            for basis in ("planned", "actual", "variance", "share"):
                opened = says(client, f"{PORTFOLIO}explain/?country=XF&currency=USD&basis={basis}&group={group}")
                assert opened.shown_at("figure") == opened.shown_at("foot")

    def test_each_engagement_stands_against_time(self, scenarios, signed_in):
        row = says(signed_in()).table("Engagements").row("Strengthening tax administration in Financia")

        assert row["Spend"] == "101% ahead of time or over the budget"
        assert (row["Time"], row["Results"], row["Exit"]) == ("100%", "88% behind time", "76%")

    def test_status_counts_lead_to_the_list(self, scenarios, signed_in):
        assert "/engagements/?country=XF&status=completed" in says(signed_in(), f"{PORTFOLIO}?country=XF").links

    def test_a_liaison_is_told_who_sees_donors(self, scenarios, signed_in):
        own = Institution.objects.get(engagements__ref="FIN-TAX-2024")
        page = says(signed_in(Role.LIAISON, institution=own))

        assert "What each donor pays is not shown to your role." in page.text
        assert not [table for table in page.tables if "by donor" in table.caption]


@pytest.mark.parametrize("query", ["", "?country=XF", "?donor=MCF", "?area=REV", "?status=completed", "?q=financia"])
def test_the_portfolio_is_narrowed_down_by_its_address(scenarios, signed_in, query):
    table = says(signed_in(), PORTFOLIO + query).table("Engagements")

    assert [row for row in table.rows if "FIN-TAX-2024" in row[0]]


def test_a_hidden_engagement_changes_nothing(scenarios, signed_in):
    own = Institution.objects.get(engagements__ref="FIN-TAX-2024")
    client = signed_in(Role.LIAISON, institution=own)
    addresses = [PORTFOLIO, *LISTS, "/search/?q=tax", "/search/?q=a"]
    before = [says(client, address).text for address in addresses]

    hidden = running(title="Tax work elsewhere", planned=days("2020-01-01", in_days(5).isoformat()))
    FundingAgreementFactory(engagement=hidden, contributor=Organisation.objects.get(code="MCF"))
    IndicatorFactory(outcome=None, engagement=hidden, title="Tax of others")

    assert [says(client, address).text for address in addresses] == before


class TestProfiles:
    @pytest.mark.parametrize("address", PROFILES)
    def test_each_says_its_facts_its_engagements_and_its_totals(self, scenarios, signed_in, address):
        own = Institution.objects.get(engagements__ref="FIN-TAX-2024")
        page = says(signed_in(Role.PROGRAMME_OFFICER), address.format(institution=own.code))

        assert page.status == 200
        assert page.table("Engagements").row("Strengthening tax administration in Financia")
        assert page.table("Costs, USD").row("Total")["Actual"] == "2,086,364.39"

    @pytest.mark.parametrize("address", [*PROFILES, "/countries/ZZ/", "/donors/NO-SUCH/"])
    def test_to_another_ministrys_liaison_it_is_not_there(self, scenarios, signed_in, address):
        own = Institution.objects.get(engagements__ref="FIN-TAX-2024")
        elsewhere = signed_in(Role.LIAISON, institution=InstitutionFactory())

        assert elsewhere.get(address.format(institution=own.code)).status_code == 404

    @pytest.mark.parametrize("address", LISTS)
    def test_lists_hold_what_one_sees_and_say_when_nothing_matches(self, scenarios, signed_in, address):
        client = signed_in()

        assert len(says(client, address).tables[0].rows) > 2
        assert "Nothing matches." in says(client, f"{address}?q=zzzz").text
        nobody = signed_in(Role.LIAISON, institution=InstitutionFactory())
        text = says(nobody, address).text
        assert "Financia" not in text
        assert address == "/institutions/" or "Nothing is shared with you yet." in text


class TestSearch:
    def test_finds_each_kind(self, scenarios, signed_in):
        text = says(signed_in(), "/search/?q=tax").text

        for found in ("Strengthening tax administration in Financia", "State Tax Service", "Tax audits completed"):
            assert found in text
        assert "Multilateral Capacity Fund" in says(signed_in(), "/search/?q=capacity+fund").text

    def test_says_when_nothing_matches_and_nothing_before_it_is_asked(self, signed_in):
        assert "Nothing that you may see matches." in says(signed_in(), "/search/?q=zzz").text
        assert "matches" not in says(signed_in(), "/search/").text

    def test_takes_any_text(self, signed_in):
        assert says(signed_in(), "/search/?q=%00%25_'\"<script>").status == 200


def test_a_wrong_reference_offers_the_nearest_that_one_may_see(scenarios, signed_in):
    near = says(signed_in(), "/engagements/FIN-TAX-2025/")
    assert near.status == 404
    assert "/engagements/FIN-TAX-2024/" in near.links

    elsewhere = says(signed_in(Role.LIAISON, institution=InstitutionFactory()), "/engagements/FIN-TAX-2025/")
    assert "/engagements/FIN-TAX-2024/" not in elsewhere.links
    assert 'action="/search/"' in elsewhere.html


@pytest.mark.parametrize(
    ("role", "scope", "start", "links"),
    [
        (Role.VIEWER, {}, PORTFOLIO, {PORTFOLIO, "/engagements/", "/reports/"}),
        (Role.LIAISON, "institution", "/due/", {"/due/", "/engagements/"}),
    ],
)
def test_where_one_begins_and_what_the_bar_offers_goes_by_role(signed_in, role, scope, start, links):
    client = signed_in(role, **({"institution": InstitutionFactory()} if scope else {}))

    assert client.get("/")["Location"] == start
    assert {PORTFOLIO, "/due/", "/reviews/", "/engagements/", "/reports/"} & set(says(client, "/help/").links) == links
