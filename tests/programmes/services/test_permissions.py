"""Every act tried by four people: what they may do happens and is on record; what they may not leaves no trace."""

import datetime as dt
from decimal import Decimal

import pytest

from programmes.domain.vocabulary import (
    Direction,
    EngagementStatus,
    InstitutionKind,
    Instrument,
    Method,
    OrganisationKind,
    RiskKind,
)
from programmes.models import Country, Currency, Sector
from programmes.services import (
    agreements,
    engagements,
    memberships,
    outside_activities,
    places,
    programmes,
    progress,
    results,
    risks,
    statuses,
)
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import NotFound, NotPermitted
from tests.factories import (
    FundingAgreementFactory,
    MembershipFactory,
    OrganisationFactory,
    RiskFactory,
    UserFactory,
    days,
)

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 3, 1)
OFFICERS = {"officer", "administrator"}
ADMINISTRATORS = {"administrator"}


def usd():
    return Currency.objects.get(pk="USD")


def set_up(engagement, by):
    return engagements.set_up_engagement(
        ref="NEW-1",
        title="New",
        programme=engagement.programme,
        recipients={Country.objects.get(pk="MD"): Decimal(100)},
        sectors={Sector.objects.get(pk="15114"): Decimal(100)},
        planned_from=DAY,
        planned_to=None,
        by=by,
    )


def add_agreement(engagement, by):
    return agreements.add_agreement(
        engagement_id=engagement.pk,
        code="A",
        contributor=OrganisationFactory(),
        instrument=Instrument.GRANT,
        amount=Decimal(1),
        currency=usd(),
        by=by,
    )


def add_tranche(engagement, by):
    agreement = FundingAgreementFactory(engagement=engagement)
    return agreements.add_tranche(agreement_id=agreement.pk, due=DAY, amount=Decimal(10), by=by)


def add_outside_activity(engagement, by):
    return outside_activities.add_outside_activity(
        code="X",
        title="X",
        organisation=OrganisationFactory(),
        country=Country.objects.get(pk="MD"),
        during=days("2024-01-01", None),
        by=by,
    )


def add_indicator(engagement, by):
    return results.add_indicator(
        engagement_id=engagement.pk, code="I", title="I", method=Method.SUM, direction=Direction.INCREASE, by=by
    )


def add_risk(engagement, by):
    return risks.add_risk(
        engagement_id=engagement.pk, code="R", kind=RiskKind.OWNERSHIP, title="R", likelihood=1, impact=1, by=by
    )


def set_up_programme(engagement, by):
    return programmes.set_up_programme(code="P", title="P", lead=None, currency=usd(), rate_source="none", by=by)


ACTS = {
    "set up a programme": (set_up_programme, OFFICERS),
    "set up an engagement": (set_up, OFFICERS),
    "suspend": (
        lambda e, by: statuses.change_status(engagement_id=e.pk, to=EngagementStatus.SUSPENDED, reason="War", by=by),
        OFFICERS,
    ),
    "cancel": (
        lambda e, by: statuses.change_status(engagement_id=e.pk, to=EngagementStatus.CANCELLED, reason="No", by=by),
        OFFICERS,
    ),
    "bring in": (
        lambda e, by: statuses.bring_in_at(engagement_id=e.pk, status=EngagementStatus.COMPLETED, reason="Old", by=by),
        OFFICERS,
    ),
    "add an agreement": (add_agreement, OFFICERS),
    "add a tranche": (add_tranche, OFFICERS),
    "add a workstream": (
        lambda e, by: results.add_workstream(engagement_id=e.pk, code="W", title="W", by=by),
        OFFICERS,
    ),
    "add a milestone": (
        lambda e, by: results.add_milestone(engagement_id=e.pk, code="M", title="M", due=DAY, by=by),
        OFFICERS,
    ),
    "add an outcome": (lambda e, by: results.add_outcome(engagement_id=e.pk, code="O", title="O", by=by), OFFICERS),
    "add an indicator": (add_indicator, OFFICERS),
    "add a risk": (add_risk, OFFICERS),
    "close a risk": (lambda e, by: risks.close_risk(risk_id=RiskFactory(engagement=e).pk, by=by), OFFICERS),
    "open a period": (
        lambda e, by: progress.open_period(engagement_id=e.pk, starts=DAY, ends=DAY, by=by),
        OFFICERS,
    ),
    "tell of others' work": (add_outside_activity, OFFICERS),
    "add an institution": (
        lambda e, by: places.add_institution(
            code="I", name="Treasury", kind=InstitutionKind.TREASURY, country=Country.objects.get(pk="MD"), by=by
        ),
        ADMINISTRATORS,
    ),
    "add an organisation": (
        lambda e, by: places.add_organisation(code="O", name="O", kind=OrganisationKind.MULTILATERAL, by=by),
        ADMINISTRATORS,
    ),
    "add a country": (lambda e, by: places.add_user_assigned_country(iso2="XG", name="Gondal", by=by), ADMINISTRATORS),
    "grant a role": (
        lambda e, by: memberships.grant_membership(user=UserFactory(), role=Role.VIEWER, on=e, by=by),
        ADMINISTRATORS,
    ),
    "revoke a role": (
        lambda e, by: memberships.revoke_membership(membership_id=MembershipFactory().pk, by=by),
        ADMINISTRATORS,
    ),
}


@pytest.mark.parametrize("person", ["stranger", "viewer", "officer", "administrator"])
@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_done_by_those_who_may_and_is_on_record(act, person, people, engagement):
    do, allowed = ACTS[act]

    if person in allowed:
        do(engagement, people[person])
        assert AuditEvent.objects.filter(by=people[person]).exists()
    else:
        with pytest.raises((NotPermitted, NotFound)):
            do(engagement, people[person])
        assert not AuditEvent.objects.filter(by=people[person]).exists()


def test_to_a_stranger_an_engagement_that_exists_and_one_that_does_not_look_alike(people, engagement):
    said = []
    for engagement_id in (engagement.pk, engagement.pk + 1000):
        with pytest.raises(NotFound) as refusal:
            results.add_workstream(engagement_id=engagement_id, code="W", title="W", by=people["stranger"])
        said.append(refusal.value.message)

    assert said[0] == said[1]


def test_an_officer_of_one_engagement_cannot_set_up_its_neighbour(member, engagement):
    officer = member(Role.PROGRAMME_OFFICER, engagement=engagement)

    with pytest.raises(NotPermitted):
        set_up(engagement, officer)


def test_an_officer_of_a_country_sets_up_engagements_there_and_nowhere_else(member, engagement):
    officer = member(Role.PROGRAMME_OFFICER, country=engagement.institution.country)

    assert set_up(engagement, officer).recipients.get().country_id == "MD"
    with pytest.raises(NotPermitted):
        engagements.set_up_engagement(
            ref="NEW-2",
            title="New",
            programme=engagement.programme,
            recipients={Country.objects.get(pk="KE"): Decimal(100)},
            sectors={},
            planned_from=DAY,
            planned_to=None,
            by=officer,
        )
