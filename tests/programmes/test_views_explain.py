"""An indicator, an outcome and an engagement's progress open into what made them."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import Engagement, Indicator, Institution
from programmes.selectors.indicators import indicator_story
from ta_portal.access.permissions import Role
from tests.conftest import SHARED_DATA
from tests.factories import EngagementFactory, IndicatorFactory, InstitutionFactory, ObservationFactory
from tests.web import Page

RESULTS = "/engagements/FIN-TAX-2024/results/"
INDICATORS = [f"I{number:02d}" for number in range(1, 13)]


@pytest.fixture(scope="module")
def expected():
    return json.loads((SHARED_DATA / "financia/expected.json").read_text("utf-8"))


@pytest.fixture
def viewer(scenarios, signed_in):
    return signed_in(Role.VIEWER)


class TestAnIndicator:
    @pytest.mark.parametrize("code", INDICATORS)
    def test_its_rows_come_to_the_expected_value(self, viewer, expected, code):
        page = Page(viewer.get(f"{RESULTS}{code}/"))
        wanted = expected["indicators"][code]

        assert page.shown_at("figure") == page.shown_at("foot")
        if code == "I11":
            assert page.shown_at("figure") == "C+"
        else:
            assert Decimal(page.shown_at("figure").replace(",", "")) == Decimal(wanted["latest"])
        assert f"Progress {wanted['progress_pct']}%" in page.text

    @pytest.mark.parametrize("ref", ["FIN-TAX-2024", "MDA-TAX-2015"])
    def test_what_is_worked_out_from_its_periods_is_what_sql_answers(self, scenarios, ref):
        engagement = Engagement.objects.get(ref=ref)
        now = dt.datetime.now(tz=dt.UTC)
        codes = Indicator.objects.filter(engagement=engagement).values_list("code", flat=True)

        for code in codes:
            story = indicator_story(engagement, code, as_of=now.date(), cut_off=now)
            assert story.again == story.answer.result, code

    def test_it_shows_its_sheet_targets_and_every_revision_with_who_and_when(self, viewer):
        page = Page(viewer.get(f"{RESULTS}I01/"))
        given = json.loads((SHARED_DATA / "financia/financia.json").read_text("utf-8"))

        assert "Quarterly" in page.text
        assert "The sum of the numerators over the sum of the denominators" in page.text
        assert [row[1] for row in page.table("Targets").rows[1:]] == ["66", "78"]
        periods = page.table("Periods").rows[1:-1]
        assert len(periods) == 8
        assert all("Accepted Approver" in row[-2] and "2 revisions before" in row[-2] for row in periods)
        assert [row[-1] for row in periods] == ["Not in the value"] * 4 + ["Counts"] * 4
        assert given["meta"]

    def test_a_sum_says_which_periods_it_is_the_sum_of(self, viewer, expected):
        table = Page(viewer.get(f"{RESULTS}I05/")).table("Periods")

        assert Decimal(table.rows[-1][1]) == Decimal(expected["indicators"]["I05"]["latest"])

    def test_what_was_not_reported_says_so_and_is_never_0(self, signed_in):
        indicator = IndicatorFactory(outcome=None, engagement=EngagementFactory(), method="latest")
        ObservationFactory(
            indicator=indicator, reported=False, value=None, not_reported_reason="The register was down."
        )
        page = Page(signed_in().get(f"/engagements/{indicator.engagement.ref}/results/{indicator.code}/"))

        assert "The register was down." in page.text
        assert page.table("Periods").rows[1][-1] == "Not reported"
        assert page.shown_at("figure") == page.shown_at("foot") == "–not reported"

    def test_without_a_single_period_it_says_so(self, signed_in):
        indicator = IndicatorFactory(outcome=None, engagement=EngagementFactory())
        page = Page(signed_in().get(f"/engagements/{indicator.engagement.ref}/results/{indicator.code}/"))

        assert "Nothing was observed yet." in page.text

    def test_it_costs_the_same_queries_for_5_periods_as_for_100(self, signed_in):
        indicator = IndicatorFactory(outcome=None, engagement=EngagementFactory())
        client = signed_in(Role.VIEWER)
        address = f"/engagements/{indicator.engagement.ref}/results/{indicator.code}/"
        observe(indicator, 5)
        few = queries_of(client, address)

        observe(indicator, 95, first=5)

        assert queries_of(client, address) == few
        assert few <= 25


class TestMeans:
    def test_an_outcome_comes_to_its_expected_mean_and_rating(self, viewer, expected):
        for code, wanted in expected["outcomes"].items():
            page = Page(viewer.get(f"{RESULTS}explain/?outcome={code}"))

            assert page.shown_at("figure") == page.shown_at("foot") == f"{wanted['mean_capped_progress_pct']}%"
            assert f"Rated {wanted['rating']} of 4" in page.text

    def test_an_engagement_comes_to_the_mean_of_its_outcomes(self, viewer):
        page = Page(viewer.get(f"{RESULTS}explain/"))

        assert page.shown_at("figure") == page.shown_at("foot") == "88.41%"
        assert len(page.table("Outcomes").rows) == 5

    def test_the_results_page_leads_to_both_and_to_each_indicator(self, viewer):
        links = Page(viewer.get(RESULTS)).links

        assert {f"{RESULTS}explain/", f"{RESULTS}explain/?outcome=O1", f"{RESULTS}I01/"} <= set(links)

    def test_without_any_progress_there_is_no_mean(self, signed_in):
        engagement = EngagementFactory()
        page = Page(signed_in().get(f"/engagements/{engagement.ref}/results/explain/"))

        assert page.shown_at("figure") == page.shown_at("foot") == "–no data"
        assert "There is nothing to take a mean of." in page.text


@pytest.mark.parametrize("tail", ["I01/", "explain/", "explain/?outcome=O1"])
def test_the_own_liaison_opens_it_and_to_anothers_it_is_not_there(scenarios, signed_in, tail):
    own = Institution.objects.get(engagements__ref="FIN-TAX-2024")

    assert signed_in(Role.LIAISON, institution=own).get(RESULTS + tail).status_code == 200
    assert signed_in(Role.LIAISON, institution=InstitutionFactory()).get(RESULTS + tail).status_code == 404


@pytest.mark.parametrize("tail", ["NO-SUCH/", "explain/?outcome=NO-SUCH"])
def test_what_is_not_there_is_404(viewer, tail):
    assert viewer.get(RESULTS + tail).status_code == 404


def observe(indicator, count, *, first=0):
    for number in range(first, first + count):
        start = dt.date(2000, 1, 1) + dt.timedelta(days=31 * number)
        ObservationFactory(indicator=indicator, period_start=start, period_end=start + dt.timedelta(days=30))


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
