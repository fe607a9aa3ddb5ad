"""Who may run a report may see it, and nobody sees the totals of a scope that their grants do not cover whole."""

import pytest

from evaluations.models import ImpactReport
from evaluations.selectors.reports import visible_reports
from evaluations.services.roll_up import request_report, roll_up
from programmes.services.service_accounts import system_author
from ta_portal.access.permissions import Permission, Role
from ta_portal.errors import DomainError, InvalidInput, NotPermitted
from tests.factories import (
    CountryFactory,
    EngagementFactory,
    FundingAgreementFactory,
    OrganisationFactory,
    PracticeAreaFactory,
)

pytestmark = pytest.mark.django_db

SCOPES = ("portfolio", "engagement:ENG-MINE", "programme:P-MINE", "country:SN", "area:REV", "donor:GOF", "donor:LEAD")
# What each membership covers whole.
COVERS = {
    "portfolio": set(SCOPES),
    "engagement": {"engagement:ENG-MINE"},
    "programme": {"engagement:ENG-MINE", "programme:P-MINE"},
    "country": {"engagement:ENG-MINE", "country:SN"},
    "institution": {"engagement:ENG-MINE"},
    "donor": {"engagement:ENG-MINE", "donor:GOF"},
    "lead": {"engagement:ENG-MINE", "programme:P-MINE", "donor:LEAD"},
}


@pytest.fixture
def engagement(db):
    PracticeAreaFactory()
    made = EngagementFactory(
        ref="ENG-MINE",
        programme__code="P-MINE",
        programme__lead=OrganisationFactory(code="LEAD"),
        institution__country=CountryFactory(iso2="SN"),
    )
    FundingAgreementFactory(engagement=made, contributor=OrganisationFactory(code="GOF"))
    EngagementFactory(programme=made.programme, institution__country=CountryFactory(iso2="SN"))
    return made


@pytest.fixture
def holder(engagement, member):
    def make(kind, role):
        scopes = {
            "portfolio": {},
            "engagement": {"engagement": engagement},
            "programme": {"programme": engagement.programme},
            "country": {"country": engagement.institution.country},
            "institution": {"institution": engagement.institution},
            "donor": {"organisation": engagement.agreements.get().contributor},
            "lead": {"organisation": engagement.programme.lead},
        }
        return member(role, **scopes[kind])

    return make


def allows(function):
    try:
        function()
    except DomainError:
        return False
    return True


@pytest.mark.parametrize("kind", COVERS)
def test_who_may_run_a_report_on_a_scope_may_see_those_on_it_and_no_others(kind, holder):
    officer = holder(kind, Role.PROGRAMME_OFFICER)
    for scope in SCOPES:
        roll_up(scope=scope, by=system_author())

    may_run = {scope for scope in SCOPES if allows(lambda scope=scope: request_report(scope=scope, by=officer))}

    assert may_run == COVERS[kind]
    assert {report.scope for report in visible_reports(officer)} == COVERS[kind]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LIAISON, Role.FINANCE_OFFICER, Role.AUDITOR])
def test_a_reader_may_see_reports_but_not_run_them(role, holder):
    reader = holder("portfolio", role)
    roll_up(by=system_author())

    with pytest.raises(NotPermitted, match="A report on portfolio needs the right"):
        request_report(by=reader)

    assert visible_reports(reader).count() == 1


def test_a_stranger_sees_no_report_and_cannot_tell_a_hidden_scope_from_one_that_is_not_there(engagement, member):
    stranger = member(Role.PROGRAMME_OFFICER, engagement=EngagementFactory())
    roll_up(by=system_author())
    said = []
    for ref in ("ENG-MINE", "ENG-NOBODY"):
        with pytest.raises(InvalidInput) as refusal:
            request_report(scope=f"engagement:{ref}", by=stranger)
        said.append(str(refusal.value).replace(ref, "X"))

    assert said[0] == said[1] == "scope: There is no engagement X."
    assert not visible_reports(stranger).exists()
    assert not ImpactReport.objects.permitted(stranger, Permission.REPORT_RUN).exists()
