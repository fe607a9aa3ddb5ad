"""The demo's people: each has one role, on what the design says, and a password of their own."""

import stat
from decimal import Decimal

import pytest

from experts.models import Expert
from programmes.models import Engagement, Membership, PostHolder
from ta_portal.access.grants import forget_grants
from ta_portal.access.permissions import Permission, Role
from ta_portal.accounts.models import User
from ta_portal.demo.personas import FINANCIA, MOLDOVA, PERSONAS, TEAM_LEADER, make_people, password
from tests.factories import DeploymentFactory, EngagementFactory, ExpertFactory, InstitutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_engagements(settings, tmp_path):
    """Financia's, with its team leader on two deployments, and Moldova's, each for an institution of its own."""
    settings.VAR_DIR = tmp_path
    financia = EngagementFactory(ref=FINANCIA, institution=InstitutionFactory())
    leader = ExpertFactory(source="scenario", source_code=TEAM_LEADER)
    DeploymentFactory.create_batch(2, engagement=financia, expert=leader, fte=Decimal("0.5"))
    moldova = EngagementFactory(ref=MOLDOVA, institution=InstitutionFactory())
    DeploymentFactory(engagement=moldova, expert=ExpertFactory(source="other", source_code=TEAM_LEADER))


def person(key):
    user = User.objects.get(email=f"{key}@demo.example")
    forget_grants(user)
    return user


def seen_by(key):
    return set(Engagement.objects.permitted(person(key)).values_list("ref", flat=True))


@pytest.mark.parametrize("key", ["admin", "officer", "finance", "evaluator", "viewer", "auditor"])
def test_donors_staff_see_the_portfolio(key):
    make_people()

    assert seen_by(key) == {FINANCIA, MOLDOVA}


@pytest.mark.parametrize(("key", "seen"), [("liaison", FINANCIA), ("liaison.elsewhere", MOLDOVA), ("expert", FINANCIA)])
def test_a_ministry_and_an_expert_see_their_own_engagement_only(key, seen):
    make_people()

    assert seen_by(key) == {seen}


def test_the_expert_is_financias_team_leader():
    make_people()

    leader = Expert.objects.get(user=person("expert"))
    assert leader.source_code == TEAM_LEADER
    assert leader.deployments.filter(engagement__ref=FINANCIA).exists()


def test_only_the_auditor_and_the_administrator_read_the_audit_trail():
    make_people()

    readers = {
        persona.key
        for persona in PERSONAS
        if Engagement.objects.permitted(person(persona.key), Permission.AUDIT_VIEW).exists()
    }
    assert readers == {"admin", "auditor"}


def test_each_has_the_password_that_is_kept_for_the_owner(tmp_path):
    make_people()

    assert all(person(persona.key).check_password(password(persona)) for persona in PERSONAS)
    assert len({password(persona) for persona in PERSONAS}) == len(PERSONAS)
    assert {stat.S_IMODE(kept.stat().st_mode) for kept in (tmp_path / "secrets").iterdir()} == {0o600}


def test_making_them_twice_changes_nothing():
    make_people()
    before = list(Membership.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())

    make_people()

    assert (list(Membership.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())) == before


def test_nobody_holds_a_role_twice_or_one_that_is_not_theirs():
    make_people()

    held = set(Membership.objects.filter(user__is_service=False).values_list("user__email", "role"))
    held |= {(email, Role.LIAISON.value) for email in PostHolder.objects.values_list("user__email", flat=True)}
    assert held == {(persona.email, persona.holds.value) for persona in PERSONAS if persona.holds is not Role.EXPERT}
