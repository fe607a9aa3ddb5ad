"""The list of engagements, and the pages of one that belong to programmes."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programmes.models import Engagement, EngagementRecipient, Institution
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.factories import (
    CountryFactory,
    EngagementFactory,
    IndicatorFactory,
    InstitutionFactory,
    MilestoneFactory,
    ProgrammeFactory,
    RiskFactory,
    UserFactory,
    WorkstreamFactory,
    days,
)
from tests.web import Page

FINANCIA = "/engagements/FIN-TAX-2024/"
PAGES = ["", "workplan/", "results/", "costs/", "experts/", "risks/", "exit/", "activity/"]
LIST = "/engagements/"
TODAY = dt.datetime.now(tz=dt.UTC).date()


@pytest.fixture(scope="module")
def expected():
    return json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))


@pytest.fixture
def ministry(scenarios, db):
    return Institution.objects.get(engagements__ref="FIN-TAX-2024")


@pytest.mark.parametrize("page", PAGES)
class TestWhoMayOpenAPageOfAnEngagement:
    def test_an_officer_and_a_viewer_open_it(self, scenarios, signed_in, page):
        for role in (Role.PROGRAMME_OFFICER, Role.VIEWER):
            assert signed_in(role).get(FINANCIA + page).status_code == 200

    def test_the_ministrys_liaison_opens_it(self, ministry, signed_in, page):
        assert signed_in(Role.LIAISON, institution=ministry).get(FINANCIA + page).status_code == 200

    def test_to_another_ministrys_liaison_it_does_not_exist(self, scenarios, signed_in, page):
        elsewhere = signed_in(Role.LIAISON, institution=InstitutionFactory())

        hidden, absent = elsewhere.get(FINANCIA + page), elsewhere.get("/engagements/NO-SUCH-ONE/" + page)

        assert hidden.status_code == absent.status_code == 404
        assert "FIN-TAX-2024" not in Page(absent).text

    def test_a_stranger_is_sent_to_sign_in(self, scenarios, client, page):
        response = client.get(FINANCIA + page)

        assert response.status_code == 302
        assert response["Location"] == f"/accounts/login/?next={FINANCIA}{page}"


class TestTheList:
    def test_says_where_each_engagement_stands(self, scenarios, signed_in):
        table = Page(signed_in(Role.VIEWER).get(LIST)).table("Engagements")

        row = table.row("Strengthening tax administration in Financia")
        assert row["Engagement"].endswith("FIN-TAX-2024 Sample data")
        assert (row["Country"], row["Institution"]) == ("Financia", "Ministry of Finance, Inland Revenue Department")
        assert (row["Time"], row["Spend"], row["Results"], row["Status"]) == ("100%", "101%", "88%", "Completed")
        assert row["Where it stands"].startswith("The time is over: 101% of the budget is spent")
        assert "Sample data" not in table.row("Tax Administration Modernization Project")["Engagement"]

    def test_holds_only_what_the_reader_may_see_and_so_do_its_choices(self, ministry, signed_in):
        page = Page(signed_in(Role.LIAISON, institution=ministry).get(LIST))

        assert len(page.table("Engagements").rows) == 2
        assert "Moldova" not in page.text

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("?status=completed", 2),
            ("?status=active", 0),
            ("?country=MD", 1),
            ("?country=MD&q=financia", 0),
            ("?area=REV", 2),
            ("?q=tax+financia", 1),
            ("?q=MDA-TAX", 1),
            ("?q=inland+revenue", 1),
            ("?status=nonsense&sort=nonsense&page=nonsense", 2),
        ],
    )
    def test_is_narrowed_down_by_its_address(self, scenarios, signed_in, query, found):
        page = Page(signed_in(Role.VIEWER).get(LIST + query))

        assert page.status == 200
        assert page.text.count("The time is over") == found
        assert ("No engagements match." in page.text) == (found == 0)

    def test_is_sorted_by_the_links_in_its_head(self, scenarios, signed_in):
        client = signed_in(Role.VIEWER)

        upwards, downwards = (Page(client.get(f"{LIST}?sort={key}")) for key in ("country", "-country"))

        assert [row[1] for row in upwards.table("Engagements").rows[1:]] == ["Financia", "Moldova"]
        assert [row[1] for row in downwards.table("Engagements").rows[1:]] == ["Moldova", "Financia"]
        assert "?sort=-country" in upwards.links
        assert 'aria-sort="ascending"' in upwards.html

    def test_pages_hold_every_engagement_once_even_when_all_sort_alike(self, signed_in):
        make_engagements(60, title="The same")
        client = signed_in(Role.VIEWER)

        refs = [
            row[0].removeprefix("The same").strip()
            for number in (1, 2, 3)
            for row in Page(client.get(f"{LIST}?q=MANY&sort=title&page={number}")).table("Engagements").rows[1:]
        ]

        assert len(refs) == len(set(refs)) == 60

    def test_says_so_when_nothing_is_shared_with_the_reader(self, signed_in):
        page = Page(signed_in(Role.LIAISON, institution=InstitutionFactory()).get(LIST))

        assert "No engagement is shared with you yet." in page.text

    def test_costs_the_same_queries_for_5_engagements_as_for_500(self, signed_in):
        client = signed_in(Role.PROGRAMME_OFFICER)
        make_engagements(5)
        few = queries_of(client, LIST)

        make_engagements(495, first=5)

        assert queries_of(client, LIST) == few
        assert few <= 12

    def test_htmx_gets_the_rows_alone(self, scenarios, signed_in):
        response = signed_in(Role.VIEWER).get(LIST, headers={"HX-Request": "true"})

        assert "<html" not in response.content.decode()
        assert len(Page(response).table("Engagements").rows) == 3


class TestTheFirstPage:
    def test_begins_with_the_sentence(self, scenarios, signed_in):
        page = Page(signed_in(Role.VIEWER).get(FINANCIA))

        assert "The time is over: 101% of the budget is spent, and results stand at 88%." in page.text

    def test_says_what_it_withholds_and_who_grants_it(self, ministry, signed_in):
        page = Page(signed_in(Role.LIAISON, institution=ministry).get(FINANCIA))

        assert "Your role does not open this part." in page.text
        assert "Administrator, Programme officer, Finance officer, Evaluator, Viewer, Auditor" in page.text
        assert not [table for table in page.tables if table.caption.startswith("Funding")]

    def test_shows_each_true_overlap_and_no_other(self, scenarios, signed_in, expected):
        text = Page(signed_in(Role.VIEWER).get(FINANCIA)).text

        for code, overlap in expected["overlaps"].items():
            assert (code in text) == overlap["overlap"]
            if overlap["overlap"]:
                assert f"{overlap['shared_days']} shared days" in text

    def test_has_a_sentence_where_there_is_nothing_to_show(self, signed_in):
        engagement = EngagementFactory(institution__name="State Tax Service")

        text = Page(signed_in(Role.VIEWER).get(reverse("programmes:engagement", args=[engagement.ref]))).text

        for sentence in (
            "No workstreams or milestones are recorded.",
            "No indicators are recorded.",
            "No open risks.",
            "Nobody is deployed yet.",
            "Exit readiness has not been assessed yet.",
            "No evaluation is recorded.",
        ):
            assert sentence in text

    def test_costs_the_same_queries_whatever_stands_below_the_engagement(self, signed_in):
        # A role on the programme asks the database once more than one on the portfolio: the dearest reader.
        engagement = EngagementFactory()
        client = signed_in(Role.PROGRAMME_OFFICER, programme=engagement.programme)
        address = reverse("programmes:engagement", args=[engagement.ref])
        make_children(engagement, 5)
        few = queries_of(client, address)

        make_children(engagement, 100)

        assert queries_of(client, address) == few
        assert few <= 25


class TestResults:
    @pytest.mark.parametrize("code", [f"I{number:02d}" for number in range(1, 13)])
    def test_each_indicator_is_as_expected(self, scenarios, signed_in, expected, code):
        page = Page(signed_in(Role.VIEWER).get(f"{FINANCIA}results/"))
        wanted = expected["indicators"][code]

        row = indicator_row(page, code)

        if code == "I11":
            assert (row["Latest"], row["2024"], row["2025"]) == ("C+", "D+", "C+")
        else:
            figures = {"Latest": wanted["latest"], "Baseline": wanted["baseline"], "Target": wanted["final_target"]}
            for column, figure in (figures | wanted["annual"]).items():
                assert Decimal(row[column].replace(",", "")) == Decimal(figure), column
        assert row["Progress"] == f"{wanted['progress_pct']}%"

    def test_each_outcome_says_its_mean_and_its_rating(self, scenarios, signed_in, expected):
        text = Page(signed_in(Role.VIEWER).get(f"{FINANCIA}results/")).text

        for outcome in expected["outcomes"].values():
            assert f"{outcome['mean_capped_progress_pct']}% · rated {outcome['rating']} of 4" in text

    def test_parts_stand_beside_their_total(self, scenarios, signed_in, expected):
        table = Page(signed_in(Role.VIEWER).get(f"{FINANCIA}results/")).table("Parts")
        women = next(dict(zip(table.head, row, strict=True)) for row in table.rows if row[1] == "Women")

        wanted = expected["indicators"]["I05"]
        assert (women["Latest"], women["Share"]) == (wanted["female"], f"{wanted['female_share_pct']}%")

    def test_little_coverage_makes_a_mean_provisional_and_says_the_low_bound(self, scenarios, signed_in):
        text = Page(signed_in(Role.VIEWER).get("/engagements/MDA-TAX-2015/results/")).text

        assert "Provisional: less than 60% of the reports that were due are in." in text

    def test_moldovas_figures_are_as_published(self, scenarios, signed_in):
        expected = json.loads((SHARED_DATA / "moldova/expected.json").read_text("utf-8"))["indicators"]
        page = Page(signed_in(Role.VIEWER).get("/engagements/MDA-TAX-2015/results/"))

        for code, wanted in expected.items():
            row = indicator_row(page, code)
            assert Decimal(row["Latest"].replace(",", "")) == Decimal(wanted["latest"])
            assert row["Progress"] == f"{wanted['progress_pct']}%"


class TestWorkplan:
    def test_each_milestone_says_by_how_much_it_was_late(self, scenarios, signed_in, expected):
        table = Page(signed_in(Role.VIEWER).get(f"{FINANCIA}workplan/")).table("Milestones")
        status = {row[0].rsplit(" ", 1)[1]: row[-1] for row in table.rows[1:]}
        late = expected["milestones"]["days_late"]

        assert len(status) == expected["milestones"]["total"]
        for code, said in status.items():
            if code in late:
                assert said == f"{late[code]} days late"
            else:
                assert said == ("Overdue" if code in expected["milestones"]["not_done"] else "On time")

    def test_what_belongs_to_no_workstream_stands_last(self, signed_in):
        engagement = EngagementFactory()
        MilestoneFactory(engagement=engagement, title="Handed over", workstream=None)
        WorkstreamFactory(engagement=engagement, title="A stream without milestones")

        rows = Page(signed_in().get(reverse("programmes:workplan", args=[engagement.ref]))).table("Workstreams").rows

        assert rows[1][0].startswith("A stream without milestones")
        assert rows[2][0].startswith("Other milestones")


class TestRisksAndActivity:
    def test_each_risk_says_its_score_and_what_is_left(self, scenarios, signed_in, expected):
        table = Page(signed_in(Role.VIEWER).get(f"{FINANCIA}risks/")).table("Risks")
        found = {row[0].rsplit(" ", 1)[1]: dict(zip(table.head, row, strict=True)) for row in table.rows[1:]}

        assert {code: (row["Score"], row["Residual"]) for code, row in found.items()} == {
            code: (str(risk["score"]), str(risk["residual"])) for code, risk in expected["risks"].items()
        }

    def test_open_risks_lie_by_likelihood_and_impact_and_say_whose_they_are_and_when_they_are_late(self, db, signed_in):
        engagement, owner = EngagementFactory(ref="RISK-1"), UserFactory(full_name="Ana Beridze")
        today = timezone.localdate()
        late, soon = today - dt.timedelta(days=3), today + dt.timedelta(days=30)
        given = {"engagement": engagement, "owner": owner}
        RiskFactory(**given, code="R1", likelihood=5, impact=4, review_on=late)
        RiskFactory(**given, code="R2", likelihood=5, impact=4, review_on=soon)
        RiskFactory(**given, code="R3", likelihood=1, impact=1, review_on=late, status="closed")

        page = Page(signed_in(Role.VIEWER).get("/engagements/RISK-1/risks/"))

        heat = page.table("Open risks by likelihood and impact")
        assert heat.head == ["Likelihood / Impact", *(f"Impact {impact}" for impact in range(1, 6))]
        assert heat.rows[1] == ["5", "", "", "", "R1 R2", ""]
        assert [row[1:] for row in heat.rows[2:]] == [[""] * 5] * 4
        rows = page.table("Risks").rows[1:]
        assert ["Overdue by 3 days" in " ".join(row) for row in rows] == [True, False, False]
        assert all("Ana Beridze" in row for row in rows)

    def test_the_audit_trail_opens_to_an_auditor_without_amounts(self, scenarios, signed_in):
        page = Page(signed_in(Role.AUDITOR).get(f"{FINANCIA}activity/?kind=ledger_entry"))

        posted = [row for row in page.table("Audit trail").rows if row[1].startswith("Ledger entry posted")]
        assert posted
        assert all("Kind" in row[2] and "Amount not shown" in row[2] for row in posted)

    def test_others_are_told_who_opens_the_audit_trail(self, scenarios, signed_in):
        page = Page(signed_in(Role.VIEWER).get(f"{FINANCIA}activity/"))

        assert "It is open to these roles: Administrator, Auditor." in page.text
        assert not [table for table in page.tables if table.caption == "Audit trail"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_only_answer_and_change_nothing(scenarios, signed_in, page):
    assert signed_in(Role.ADMINISTRATOR).post(FINANCIA + page).status_code == 405


def indicator_row(page: Page, code: str) -> dict[str, str]:
    for table in page.tables:
        for row in table.rows[1:]:
            if f" {code} · " in row[0]:
                return dict(zip(table.head, row, strict=True))
    raise AssertionError(f"no row of {code}")


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def make_engagements(count: int, *, first: int = 0, title: str = "Engagement") -> None:
    programme, institution, country = ProgrammeFactory(), InstitutionFactory(), CountryFactory()
    made = Engagement.objects.bulk_create(
        Engagement(
            ref=f"MANY-{number:05d}",
            title=title,
            programme=programme,
            institution=institution,
            planned=days("2024-01-01", "2027-12-31"),
        )
        for number in range(first, first + count)
    )
    EngagementRecipient.objects.bulk_create(
        EngagementRecipient(engagement=one, country=country, pct=Decimal(100)) for one in made
    )


def make_children(engagement: Engagement, count: int) -> None:
    stream = WorkstreamFactory(engagement=engagement)
    MilestoneFactory.create_batch(count, engagement=engagement, workstream=stream)
    RiskFactory.create_batch(count, engagement=engagement)
    IndicatorFactory.create_batch(count, outcome=None, engagement=engagement)
