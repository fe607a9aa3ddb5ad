"""Days by person lead to a rate: over REST they are for those who may know it."""

import pytest

from experts.models import ExpertPerson, RateCard
from ta_portal.access.permissions import Role
from tests.factories import CurrencyFactory, DeploymentFactory, EngagementFactory, days
from tests.rest import Rest

pytestmark = pytest.mark.django_db

MAY_KNOW = [Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER]
MAY_NOT = [Role.EVALUATOR, Role.LIAISON, Role.VIEWER, Role.AUDITOR]


@pytest.fixture
def deployment():
    found = DeploymentFactory(planned_days="452.5", days_brought_forward="447")
    ExpertPerson.objects.create(expert=found.expert, name="Ana Petrescu", role="Team leader")
    RateCard.objects.create(
        expert=found.expert, during=days("2020-01-01", None), amount="640", currency=CurrencyFactory()
    )
    return found


@pytest.mark.parametrize("role", MAY_KNOW)
def test_days_are_shown_to_those_who_may_know_rates(deployment, rest, role):
    shown = rest(role).get(f"deployments/{deployment.public_id}/")

    assert (shown["planned_days"], shown["days_brought_forward"]) == ("452.5", "447")
    assert (shown["first_day"], shown["last_day"], shown["fte"]) == ("2024-01-01", "2024-12-31", "1")


@pytest.mark.parametrize("role", MAY_NOT)
def test_days_are_withheld_from_everybody_else(deployment, rest, role):
    asked = rest(role, engagement=deployment.engagement)

    for row in [asked.get(f"deployments/{deployment.public_id}/"), *asked.get("deployments/")["results"]]:
        assert row["planned_days"] is None
        assert row["days_brought_forward"] is None
        assert row["expert"] == deployment.expert.code


def test_days_are_withheld_where_the_permission_is_held_elsewhere_only(deployment, member):
    other = EngagementFactory()
    user = member(Role.FINANCE_OFFICER, engagement=other)
    user.memberships.create(role=Role.VIEWER.value, scope_kind="engagement", engagement=deployment.engagement)
    DeploymentFactory(engagement=other, planned_days=10)

    rows = Rest(user).get("deployments/", ordering="code")["results"]

    assert {row["engagement"]: row["planned_days"] for row in rows} == {
        deployment.engagement.ref: None,
        other.ref: "10",
    }


def test_experts_see_their_own_days_and_no_colleagues(deployment, django_user_model):
    colleague = DeploymentFactory(engagement=deployment.engagement)
    deployment.expert.user = django_user_model.objects.create_user("ana@firm.example")
    deployment.expert.save()

    rows = Rest(deployment.expert.user).get("deployments/")["results"]

    assert {row["code"]: row["planned_days"] for row in rows} == {deployment.code: "452.5", colleague.code: None}


def test_a_token_that_may_not_know_rates_shows_no_days(deployment, rest):
    # The scope is for reading all, the role has no right to rates.
    asked = rest(Role.VIEWER, scopes=["read"])

    assert asked.get("deployments/")["results"][0]["planned_days"] is None


def test_an_expert_is_shown_by_name_and_never_with_a_rate(deployment, rest):
    shown = rest(Role.ADMINISTRATOR).get(f"experts/{deployment.expert.public_id}/")

    assert (shown["name"], shown["role"]) == ("Ana Petrescu", "Team leader")
    assert "640" not in str(shown)


def test_an_expert_of_two_deployments_is_listed_once(deployment, rest):
    DeploymentFactory(
        engagement=deployment.engagement, expert=deployment.expert, during=days("2026-01-01", "2026-06-30")
    )

    assert rest().codes("experts/", engagement=deployment.engagement.ref) == [deployment.expert.code]


def test_the_summary_withholds_days_and_rates_too(deployment, rest):
    path = f"engagements/{deployment.engagement.ref}/deployment-summary/"

    known = rest(Role.FINANCE_OFFICER).get(path)["experts"][deployment.expert.code]
    hidden = rest(Role.LIAISON, engagement=deployment.engagement).get(path)

    assert (known["actual_days"], known["daily_rate"], known["actual_cost_native"]) == ("447", "640.00", "286080.00")
    assert known["person_months"] == "21.29"
    of_the_expert = hidden["experts"][deployment.expert.code]
    for name in ("planned_days", "actual_days", "person_months", "daily_rate", "actual_cost_native"):
        assert of_the_expert[name] is None
    # The only expert's days are the total.
    assert hidden["total_days"] is None


def test_the_summary_is_of_the_day_that_was_asked_for(deployment, rest):
    path = f"engagements/{deployment.engagement.ref}/deployment-summary/"

    assert rest(Role.FINANCE_OFFICER).get(path, as_of="2023-12-31")["total_days"] == {"planned": "452.5", "actual": "0"}
