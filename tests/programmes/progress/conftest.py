"""An engagement, whoever reports on it, and whoever decides."""

import datetime as dt
from decimal import Decimal

import pytest

from programmes.models import IndicatorTarget
from programmes.services.progress import accept_report, open_period, record_observations, submit_report
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory, IndicatorFactory, OutcomeFactory

D = Decimal
Q1 = (dt.date(2024, 1, 1), dt.date(2024, 3, 31))
Q2 = (dt.date(2024, 4, 1), dt.date(2024, 6, 30))
ADDRESS = "/engagements/TSA-1/progress/2024-Q2/"


@pytest.fixture
def engagement():
    return EngagementFactory(ref="TSA-1", title="Treasury single account")


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def liaison(member, engagement):
    return member(Role.LIAISON, institution=engagement.institution)


@pytest.fixture
def browse(client):
    def make(user):
        client.force_login(user)
        return client

    return make


@pytest.fixture
def accounts(engagement):
    """Bank accounts outside the TSA: 366 in the first quarter, to be 316 at the end of June."""
    outcome = OutcomeFactory(engagement=engagement)
    row = IndicatorFactory(
        outcome=outcome,
        code="I01",
        title="Bank accounts outside the TSA",
        unit="accounts",
        direction="decrease",
        frequency="quarterly",
        baseline=D(366),
        baseline_on=Q1[1],
    )
    IndicatorTarget.objects.create(indicator=row, due=Q2[1], value=D(316))
    return row


@pytest.fixture
def report(engagement, accounts, liaison, officer):
    """The second quarter is open; the first was accepted."""
    first = open_period(engagement_id=engagement.pk, starts=Q1[0], ends=Q1[1], by=officer).report
    record_observations(report_id=first.pk, readings=[Reading(indicator=accounts, value=D(366))], by=liaison)
    submit_report(report_id=first.pk, by=liaison)
    accept_report(report_id=first.pk, by=officer)
    found = open_period(engagement_id=engagement.pk, starts=Q2[0], ends=Q2[1], by=officer).report
    found.refresh_from_db()
    return found


@pytest.fixture
def fill(browse, liaison, report):
    """Send the form of the second quarter, as it was opened, with what is typed."""

    def send(act="save", version=None, **typed):
        report.refresh_from_db()
        given = {"row_version": version or report.row_version, "act": act, **typed}
        return browse(liaison).post(ADDRESS, given)

    return send
