"""Who holds a permission on an engagement, asked from the engagement's side: the same as from the people's."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from programmes.models import Engagement
from ta_portal.access.holders import holders
from ta_portal.access.permissions import Permission, Role
from ta_portal.accounts.models import User
from tests.factories import (
    DeploymentFactory,
    EngagementFactory,
    ExpertFactory,
    FundingAgreementFactory,
    InstitutionFactory,
    MembershipFactory,
    OrganisationFactory,
    RiskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_engagements():
    """One with a parent institution, a donor, an expert; one that nothing of this covers."""
    parent = InstitutionFactory()
    ours = EngagementFactory(institution=InstitutionFactory(parent=parent))
    FundingAgreementFactory(engagement=ours, contributor=OrganisationFactory())
    return ours, EngagementFactory(institution__country__iso2="SN")


@pytest.fixture
def people(two_engagements, member):
    """Every role on every kind of scope, with some that hold nothing: left, not yet, not any more, a service."""
    ours, _other = two_engagements
    scopes = [
        {},
        {"organisation": ours.agreements.get().contributor},
        {"programme": ours.programme},
        {"country": ours.institution.country},
        {"institution": ours.institution},
        {"institution": ours.institution.parent},
        {"engagement": ours},
    ]
    for scope in scopes:
        for role in Role:
            member(role, **scope)
    member(Role.ADMINISTRATOR, institution=InstitutionFactory())
    expert = UserFactory()
    DeploymentFactory(engagement=ours, expert=ExpertFactory(user=expert))
    today = timezone.localdate()
    for valid in (DateRange(None, today, "[)"), DateRange(today + dt.timedelta(days=1), None, "[)")):
        MembershipFactory(role=Role.ADMINISTRATOR.value, valid=valid)
    User.objects.filter(pk=member(Role.ADMINISTRATOR).pk).update(is_active=False)
    return expert


@pytest.mark.parametrize("permission", Permission)
def test_it_is_the_access_rule_asked_the_other_way_round(permission, people, two_engagements):
    found = holders(Engagement.objects.all(), permission)

    for engagement in two_engagements:
        asked_one_by_one = {
            user.pk
            for user in User.objects.filter(is_service=False)
            if Engagement.objects.permitted(user, permission).filter(pk=engagement.pk).exists()
        }
        assert found.get(engagement.pk, frozenset()) == asked_one_by_one


def test_an_expert_holds_by_deployment(people, two_engagements):
    ours, other = two_engagements
    found = holders(Engagement.objects.all(), Permission.PROGRESS_LOG)

    assert people.pk in found[ours.pk]
    assert people.pk not in found[other.pk]


def test_a_service_is_nobody_to_tell(two_engagements):
    MembershipFactory(role=Role.ADMINISTRATOR.value, user=UserFactory(is_service=True))

    assert holders(Engagement.objects.all(), Permission.ENGAGEMENT_VIEW) == {}


def test_it_asks_once_however_many_there_are(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        holders(Engagement.objects.all(), Permission.ENGAGEMENT_VIEW)


def test_rows_that_hang_on_others_are_refused():
    with pytest.raises(TypeError):
        holders(type(RiskFactory()).objects.all(), Permission.ENGAGEMENT_VIEW)
