import pytest
from django.contrib.auth.models import AnonymousUser

from programmes.models import Engagement, Institution, Milestone, Organisation, Programme
from ta_portal.access.grants import Grant, forget_grants, grants_of, limit_grants
from ta_portal.access.permissions import Permission, Role, Scope
from ta_portal.access.querysets import require
from ta_portal.errors import NotFound, NotPermitted
from tests.factories import (
    CountryFactory,
    DeploymentFactory,
    EngagementFactory,
    FundingAgreementFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    days,
)


@pytest.fixture
def ours(db):
    agreement = FundingAgreementFactory()
    return agreement.engagement


@pytest.fixture
def theirs(db):
    return EngagementFactory(institution=InstitutionFactory(country=CountryFactory(iso2="KE")))


def scopes_of(engagement):
    return {
        "portfolio": {},
        "programme": {"programme": engagement.programme},
        "country": {"country": engagement.institution.country},
        "institution": {"institution": engagement.institution},
        "engagement": {"engagement": engagement},
        "organisation that contributes": {"organisation": engagement.agreements.get().contributor},
        "organisation that leads": {"organisation": engagement.programme.lead},
    }


@pytest.mark.parametrize(
    "scope",
    [
        "programme",
        "country",
        "institution",
        "engagement",
        "organisation that contributes",
        "organisation that leads",
    ],
)
def test_each_kind_of_scope_opens_its_engagements_and_no_other(ours, theirs, member, scope):
    user = member(Role.VIEWER, **scopes_of(ours)[scope])

    assert list(Engagement.objects.permitted(user)) == [ours]


def test_the_portfolio_opens_all(ours, theirs, member):
    assert set(Engagement.objects.permitted(member(Role.VIEWER))) == {ours, theirs}


def test_a_stranger_sees_nothing(ours):
    assert not Engagement.objects.permitted(AnonymousUser()).exists()


def test_a_membership_that_has_ended_opens_nothing(ours, member):
    user = member(Role.VIEWER, engagement=ours)
    user.memberships.update(valid=days("2020-01-01", "2020-12-31"))

    assert not Engagement.objects.permitted(user).exists()


def test_somebody_who_left_sees_nothing_at_once(ours, member):
    user = member(Role.VIEWER)
    user.is_active = False

    assert not Engagement.objects.permitted(user).exists()


def test_what_hangs_below_an_engagement_is_visible_with_it(ours, theirs, member):
    mine, other = MilestoneFactory(engagement=ours), MilestoneFactory(engagement=theirs)

    visible = Milestone.objects.permitted(member(Role.LIAISON, institution=ours.institution))

    assert list(visible) == [mine]
    assert other not in visible


def test_a_row_is_listed_once_however_many_grants_open_it(ours, member):
    user = member(Role.VIEWER, engagement=ours)
    MembershipFactory(user=user, role=Role.EVALUATOR.value, scope_kind="programme", programme=ours.programme)
    FundingAgreementFactory(engagement=ours)
    MembershipFactory(user=user, scope_kind="country", country=ours.institution.country)
    forget_grants(user)

    assert Engagement.objects.permitted(user).count() == 1


@pytest.mark.parametrize("model", [Institution, Organisation, Programme])
def test_of_bodies_and_programmes_only_those_behind_visible_engagements_show(ours, theirs, member, model):
    visible = model.objects.permitted(member(Role.VIEWER, engagement=ours))

    shown = {
        Institution: {ours.institution},
        Organisation: {ours.agreements.get().contributor, ours.programme.lead},
        Programme: {ours.programme},
    }
    assert set(visible) == shown[model]


def test_an_expert_sees_the_engagements_they_are_deployed_to(ours, theirs, member, django_user_model):
    user = django_user_model.objects.create_user("expert@firm.example")
    deployment = DeploymentFactory(engagement=ours)
    deployment.expert.user = user
    deployment.expert.save()

    assert list(Engagement.objects.permitted(user)) == [ours]
    assert grants_of(user).held == {Grant(Role.EXPERT, Scope.ENGAGEMENT, ours.pk)}


def test_what_one_may_not_see_is_not_found(ours, theirs, member):
    with pytest.raises(NotFound):
        require(member(Role.ADMINISTRATOR, engagement=theirs), Permission.ENGAGEMENT_CHANGE, ours)


def test_what_one_sees_but_may_not_do_is_not_permitted(ours, member):
    with pytest.raises(NotPermitted):
        require(member(Role.VIEWER, engagement=ours), Permission.ENGAGEMENT_CHANGE, ours)


def test_a_role_that_holds_the_permission_on_the_row_passes(ours, member):
    require(member(Role.PROGRAMME_OFFICER, engagement=ours), Permission.ENGAGEMENT_CHANGE, ours)


def test_a_permission_on_one_engagement_is_none_on_another(ours, theirs, member):
    user = member(Role.PROGRAMME_OFFICER, engagement=theirs)
    MembershipFactory(user=user, scope_kind="engagement", engagement=ours)
    forget_grants(user)

    with pytest.raises(NotPermitted):
        require(user, Permission.ENGAGEMENT_CHANGE, ours)


def test_checking_access_to_a_list_costs_the_grants_and_nothing_per_row(ours, member, django_assert_num_queries):
    user = member(Role.VIEWER, institution=ours.institution)
    EngagementFactory.create_batch(4, institution=ours.institution)

    with django_assert_num_queries(2):  # grants, engagements
        assert len(Engagement.objects.permitted(user)) == 5


def test_what_a_token_allows_limits_what_is_read_anew(member):
    user = member(Role.ADMINISTRATOR)
    limit_grants(user, frozenset({Permission.ENGAGEMENT_VIEW}))
    forget_grants(user)

    assert grants_of(user).everywhere(Permission.ENGAGEMENT_VIEW)
    assert not grants_of(user).anywhere(Permission.COST_VIEW)
