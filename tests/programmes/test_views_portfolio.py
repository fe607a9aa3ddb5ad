"""The portfolio: one sentence, true at its edges; what asks for a move; the same queries at 5 and at 500."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import Engagement, EngagementRecipient, Organisation
from ta_portal.access.permissions import Role
from tests.factories import (
    CountryFactory,
    DeploymentFactory,
    EngagementFactory,
    FundingAgreementFactory,
    InstitutionFactory,
    ProgrammeFactory,
    ProgressReportFactory,
    ReportingPeriodFactory,
    RiskFactory,
    UserFactory,
    days,
)
from tests.web import Page

TODAY = dt.datetime.now(tz=dt.UTC).date()
PORTFOLIO = "/portfolio/"
LISTS = ["/countries/", "/institutions/", "/donors/", "/programmes/"]


def in_days(count):
    return TODAY + dt.timedelta(days=count)


def running(**given):
    given = {"status": "active", "planned": days("2020-01-01", "2090-12-31"), **given}
    return EngagementFactory(**given)


def says(client, address=PORTFOLIO):
    return Page(client.get(address))


class TestTheSentence:
    def test_nothing_at_all(self, signed_in):
        assert "No engagement is shared with you yet." in says(signed_in()).text

    def test_nothing_that_matches(self, signed_in):
        running()
        page = says(signed_in(), f"{PORTFOLIO}?status=cancelled")

        assert "No engagements match." in page.text
        assert PORTFOLIO in page.links

    def test_one_engagement_that_asks_for_nothing(self, signed_in):
        running()
        page = says(signed_in())

        assert "1 engagement: no move is needed." in page.text
        assert "Nothing asks for a move within 90 days." in page.text

    def test_some_for_now_and_some_for_later(self, signed_in):
        running(planned=days("2020-01-01", in_days(10).isoformat()))
        running(planned=days("2020-01-01", in_days(60).isoformat()))
        running()

        assert "3 engagements: a move is needed now on 1, before long on 1 more." in says(signed_in()).text

    def test_none_for_now(self, signed_in):
        running(planned=days("2020-01-01", in_days(60).isoformat()))

        assert "1 engagement: no move is needed now, before long on 1." in says(signed_in()).text


class TestWhatAsksForAMove:
    def test_each_kind_says_what_it_is_and_whose_move_it_is(self, signed_in):
        engagement = running()
        late = ReportingPeriodFactory(engagement=engagement, starts=in_days(-200), ends=in_days(-110), due=in_days(-95))
        sent = ReportingPeriodFactory(engagement=engagement, starts=in_days(-100), ends=in_days(-11), due=in_days(-3))
        ProgressReportFactory(period=sent, state="submitted", submitted_by=UserFactory(), submitted_at=late.created_at)
        RiskFactory(engagement=engagement, review_on=in_days(-1))
        FundingAgreementFactory(engagement=engagement, during=days("2020-01-01", in_days(20).isoformat()))
        DeploymentFactory(engagement=engagement, status="in_field", during=days("2024-01-01", in_days(80).isoformat()))

        text = says(signed_in()).text

        for words, whose in (
            ("Progress report overdue", "The ministry's liaison"),
            ("Progress report to review", "Programme officer"),
            ("Risk to review", "The risk's owner"),
            ("Funding agreement ends", "Programme officer"),
            ("Deployment ends", "Programme officer"),
        ):
            assert words in text
            assert whose in text
        assert "1 engagement: a move is needed now on 1." in text

    def test_an_engagement_that_is_over_asks_for_nothing(self, signed_in):
        over = EngagementFactory(status="completed", planned=days("2020-01-01", "2021-01-01"))
        ReportingPeriodFactory(engagement=over, starts=in_days(-200), ends=in_days(-110), due=in_days(-95))

        assert "1 engagement: no move is needed." in says(signed_in()).text

    def test_what_asks_first_stands_first(self, signed_in):
        calm = running(ref="A-CALM")
        soon = running(ref="B-SOON", planned=days("2020-01-01", in_days(60).isoformat()))
        now = running(ref="C-NOW", planned=days("2020-01-01", in_days(5).isoformat()))

        rows = says(signed_in()).table("Engagements").rows[1:]

        assert [row[0].rsplit(" ", 1)[-1] for row in rows] == [now.ref, soon.ref, calm.ref]


@pytest.mark.parametrize(
    ("address", "most"),
    [(PORTFOLIO, 25), *((one, 12) for one in LISTS), ("/donors/MANY/", 25), ("/search/?q=many", 12)],
)
def test_costs_the_same_queries_for_5_engagements_as_for_500(signed_in, address, most):
    client = signed_in(Role.PROGRAMME_OFFICER, programme=(programme := ProgrammeFactory()))
    make_engagements(programme, 5)
    few = queries_of(client, address)

    make_engagements(programme, 494, first=5)

    assert queries_of(client, address) == few
    assert few <= most


def make_engagements(programme, count, *, first=0):
    institution, country = InstitutionFactory(), CountryFactory()
    donor = Organisation.objects.filter(code="MANY").first() or Organisation.objects.create(
        code="MANY", name="Many", kind="40"
    )
    made = Engagement.objects.bulk_create(
        Engagement(
            ref=f"MANY-{number:05d}",
            title="Many",
            programme=programme,
            institution=institution,
            status="active",
            planned=days("2020-01-01", in_days(20).isoformat()),
        )
        for number in range(first, first + count)
    )
    EngagementRecipient.objects.bulk_create(
        EngagementRecipient(engagement=one, country=country, pct=Decimal(100)) for one in made
    )
    for one in made[:5]:
        FundingAgreementFactory(engagement=one, contributor=donor)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
