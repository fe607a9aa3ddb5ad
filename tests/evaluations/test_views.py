"""Exit readiness, evaluations and impact reports as pages."""

import datetime as dt
import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.models import ImpactReport
from evaluations.services.roll_up import roll_up
from programmes.models import Engagement, Institution, Programme
from ta_portal.access.permissions import Role
from ta_portal.jobs.models import Job
from tests.conftest import SHARED_DATA
from tests.factories import InstitutionFactory
from tests.web import Page

EXIT = "/engagements/FIN-TAX-2024/exit/"
REPORTS = "/reports/"
END = dt.date(2025, 12, 31)


@pytest.fixture(scope="module")
def expected():
    return json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))


@pytest.fixture
def officer_of(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def report(scenarios, officer_of):
    return roll_up(as_of=END, by=officer_of)


class TestExit:
    def test_every_assessment_is_as_expected(self, scenarios, signed_in, expected):
        table = Page(signed_in(Role.VIEWER).get(EXIT)).table("Assessments")
        found = {row[1]: dict(zip(table.head, row, strict=True)) for row in table.rows[1:]}

        for label, wanted in expected["exit_readiness"].items():
            assert found[label]["Score"] == f"{wanted['score_pct']}%"
            assert found[label]["Any at 0"] == ("Yes" if wanted["any_zero"] else "No")
            assert found[label]["Ready"] == ("Ready" if wanted["ready"] else "Not ready")

    def test_each_dimension_goes_through_all_assessments(self, scenarios, signed_in):
        given = json.loads((SHARED_DATA / "financia/financia.json").read_text("utf-8"))["exit_readiness"]["dimensions"]
        table = Page(signed_in(Role.VIEWER).get(EXIT)).table("Dimensions")

        for dimension in given:
            row = next(row for row in table.rows if row[0].startswith(dimension["name"]))
            assert row[1:5] == [str(dimension[name]) for name in ("weight", "start", "mid", "final")]

    def test_evaluations_say_their_figures(self, scenarios, signed_in, expected):
        text = Page(signed_in(Role.VIEWER).get(EXIT)).text

        for wanted in expected["evaluations"].values():
            said = f"Mean {wanted['mean']} Lowest {wanted['lowest']} Recommendations accepted "
            assert f"{said}{wanted['recommendations_accepted_pct']}%" in text

    def test_the_first_page_shows_the_latest_assessment_and_the_evaluations(self, scenarios, signed_in, expected):
        page = Page(signed_in(Role.VIEWER).get("/engagements/FIN-TAX-2024/"))

        assert f"Exit readiness {expected['exit_readiness']['final']['score_pct']}%" in page.text
        row = page.table("Evaluations").row("Mid-term")
        assert (row["Mean"], row["Lowest"], row["Recommendations accepted"]) == ("3.67", "3", "80.00%")


class TestAskingForAReport:
    def test_leads_to_the_job_that_makes_it(self, scenarios, client, officer_of):
        client.force_login(officer_of)

        response = client.post(REPORTS, {"scope": "engagement:FIN-TAX-2024", "as_of": "2025-12-31", "currency": "EUR"})

        job = Job.objects.get(by=officer_of)
        assert response["Location"] == f"/jobs/{job.public_id}/"
        assert job.args == {"scope": "engagement:FIN-TAX-2024", "as_of": "2025-12-31", "currency": "EUR"}

    def test_twice_is_one_job_while_it_waits(self, scenarios, client, officer_of):
        client.force_login(officer_of)

        addresses = {client.post(REPORTS, {"scope": "portfolio"})["Location"] for _ in range(2)}

        assert len(addresses) == 1
        assert "A report is being made." in Page(client.get(REPORTS)).text

    @pytest.mark.parametrize(
        "wrong", [{"scope": "engagement:NOBODYS"}, {"scope": ""}, {"as_of": "soon"}, {"currency": "ZZZ"}]
    )
    def test_says_at_the_field_what_cannot_be_used(self, scenarios, client, officer_of, wrong):
        client.force_login(officer_of)

        response = client.post(REPORTS, {"scope": "portfolio", **wrong})

        assert response.status_code == 422
        assert "There is a problem" in Page(response).text
        assert not Job.objects.filter(by=officer_of).exists()

    def test_offers_only_scopes_that_the_reader_may_run_reports_on(self, scenarios, signed_in):
        programme = Programme.objects.get(engagements__ref="FIN-TAX-2024")

        html = signed_in(Role.PROGRAMME_OFFICER, programme=programme).get(REPORTS).content.decode()

        assert f'value="programme:{programme.code}"' in html
        assert 'value="engagement:FIN-TAX-2024"' in html
        for hidden in ('value="portfolio"', "MDA-TAX-2015", 'value="country:', 'value="donor:', 'value="area:'):
            assert hidden not in html

    def test_is_closed_to_a_viewer_and_says_who_opens_it(self, scenarios, signed_in):
        client = signed_in(Role.VIEWER)

        assert "Running a report is not given to your role." in Page(client.get(REPORTS)).text
        assert client.post(REPORTS, {"scope": "portfolio"}).status_code == 200
        assert not Job.objects.exists()

    def test_lists_cost_the_same_queries_for_many_reports(self, scenarios, client, officer_of):
        client.force_login(officer_of)
        self.make_reports(1)
        few = self.queries(client)

        self.make_reports(30)

        assert self.queries(client) == few
        assert few <= 12

    @staticmethod
    def make_reports(count):
        for _ in range(count):
            ImpactReport.objects.create(
                scope_kind="portfolio", as_of=END, cut_off="2026-01-01T00:00Z", currency_id="USD",
                state="complete", fingerprint="0" * 64,
            )  # fmt: skip

    @staticmethod
    def queries(client):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(REPORTS).status_code == 200
        return len(queries)


class TestAReport:
    def test_says_what_rest_says(self, report, client, officer_of):
        client.force_login(officer_of)
        answer = json.loads(client.get(f"/api/v1/impact-reports/{report.public_id}/").content)

        page = Page(client.get(f"{REPORTS}{report.public_id}/"))

        assert answer["fingerprint"] in page.text
        figures = {(row["level"], row["key"], row["metric"]): row["value"] for row in answer["rows"]}
        row = page.table("Engagements").row("Strengthening tax administration in Financia")
        found = figures["engagement", "FIN-TAX-2024", "progress_pct"]
        assert row["Progress"].startswith(f"{found}%")
        assert row["Spent of planned"] == f"{figures['engagement', 'FIN-TAX-2024', 'spent_pct']}%"
        assert page.table("Indicators").row("Tax audits")["Latest"].startswith("116.00")
        assert f"/api/v1/impact-reports/{report.public_id}/" in page.links

    def test_says_its_day_its_cut_off_and_what_counts(self, report, client, officer_of):
        client.force_login(officer_of)

        text = Page(client.get(f"{REPORTS}{report.public_id}/")).text

        assert "as of 31 Dec 2025" in text
        assert "from what was known on" in text
        assert "Only accepted observations count in it." in text

    def test_marks_what_is_provisional_with_its_low_bound(self, report, client, officer_of):
        client.force_login(officer_of)

        page = Page(client.get(f"{REPORTS}{report.public_id}/"))

        row = page.table("Engagements").row("Tax Administration Modernization Project")
        assert row["Certainty"].startswith("Provisional at least")

    def test_one_level_stands_on_its_own_page(self, report, client, officer_of):
        client.force_login(officer_of)

        page = Page(client.get(f"{REPORTS}{report.public_id}/?level=indicator&page=1"))

        assert len(page.table("Indicators").rows) == 1 + 16
        assert not [table for table in page.tables if table.caption == "Engagements"]

    @pytest.mark.parametrize("query", ["?level=nonsense", "?level=indicator&page=999999", "?page=-1"])
    def test_an_odd_address_is_no_error(self, report, client, officer_of, query):
        client.force_login(officer_of)

        assert client.get(f"{REPORTS}{report.public_id}/{query}").status_code == 200

    def test_is_hidden_from_who_sees_only_a_part_of_it(self, report, signed_in):
        ministry = Institution.objects.get(engagements__ref="FIN-TAX-2024")
        address = f"{REPORTS}{report.public_id}/"

        for institution in (ministry, InstitutionFactory()):
            liaison = signed_in(Role.LIAISON, institution=institution)
            assert liaison.get(address).status_code == liaison.get(f"{REPORTS}{uuid.uuid4()}/").status_code == 404
            assert str(report.public_id) not in liaison.get(REPORTS).content.decode()

    def test_on_one_engagement_opens_to_its_officer(self, scenarios, officer_of, signed_in):
        engagement = Engagement.objects.get(ref="FIN-TAX-2024")
        one = roll_up(scope="engagement:FIN-TAX-2024", as_of=END, by=officer_of)

        page = Page(signed_in(Role.VIEWER, engagement=engagement).get(f"{REPORTS}{one.public_id}/"))

        assert page.status == 200
        assert "Impact report: Engagement FIN-TAX-2024" in page.text

    def test_a_stranger_is_sent_to_sign_in(self, report, client):
        assert client.get(f"{REPORTS}{report.public_id}/").status_code == 302
        assert client.get(REPORTS)["Location"] == f"/accounts/login/?next={REPORTS}"
