"""Deployments in forms."""

import pytest
from django.urls import reverse

from experts.models import Deployment, Expert
from ta_portal.access.permissions import Role
from tests.factories import DeploymentFactory, EngagementFactory

pytestmark = pytest.mark.django_db

TYPED = {
    "code": "D1",
    "modality": "resident",
    "first_day": "2027-01-01",
    "last_day": "2027-12-31",
    "fte": "1",
    "planned_days": "220",
}


@pytest.fixture
def address():
    return reverse("programmes:add", args=[EngagementFactory().ref, "deployments"])


def test_a_new_expert_comes_with_the_deployment(signed_in, address):
    response = signed_in(Role.PROGRAMME_OFFICER).post(
        address, {**TYPED, "new_name": "Amara Diallo", "new_role": "Resident adviser", "new_kind": "regional"}
    )

    assert response.status_code == 302, response.context["form"].errors
    expert = Deployment.objects.get().expert
    assert (expert.person.name, expert.kind) == ("Amara Diallo", "regional")


def test_when_the_deployment_is_refused_no_expert_stays_behind(signed_in, address):
    response = signed_in(Role.PROGRAMME_OFFICER).post(address, {**TYPED, "fte": "1.5", "new_name": "Amara Diallo"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["fte"]
    assert not Expert.objects.exists()


def test_an_expert_of_somebody_elses_engagement_cannot_be_chosen(signed_in):
    hidden = DeploymentFactory().expert
    engagement = EngagementFactory()
    client = signed_in(Role.PROGRAMME_OFFICER, engagement=engagement)

    response = client.post(
        reverse("programmes:add", args=[engagement.ref, "deployments"]), {**TYPED, "expert": hidden.pk}
    )

    assert response.status_code == 422
    assert hidden.code not in response.content.decode()
