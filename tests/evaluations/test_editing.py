"""Judging in forms."""

import pytest
from django.urls import reverse

from evaluations.models import Evaluation, RatingScale, ReadinessAssessment, ReadinessSet
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory()


def address(engagement, kind):
    return reverse("programmes:add", args=[engagement.ref, kind])


def test_an_assessment_scores_the_standard_list_and_leaves_unrated_what_was_not_rated(signed_in, engagement):
    dimensions = list(ReadinessSet.objects.get(code="standard").dimensions.order_by("pk"))
    typed = {"on_date": "2027-06-30", "side": "donor", "label": "mid", f"score_{dimensions[0].pk}": "3"}

    response = signed_in(Role.EVALUATOR).post(address(engagement, "readiness"), typed)

    assert response.status_code == 302, response.context["form"].errors
    scores = ReadinessAssessment.objects.get().scores
    assert list(scores.order_by("dimension__pk").values_list("score", flat=True)) == [3] + [None] * 7


def test_an_evaluation_is_recorded_with_its_ratings_and_recommendations(signed_in, engagement):
    scale = RatingScale.objects.get(code="six-points")
    typed = {
        "kind": "mid-term",
        "on_date": "2027-06-30",
        "scale": scale.pk,
        "rating_relevance": "5",
        "recommendation_1": "Fund the help desk",
    }

    response = signed_in(Role.EVALUATOR).post(address(engagement, "evaluations"), typed)

    assert response.status_code == 302, response.context["form"].errors
    found = Evaluation.objects.get()
    assert list(found.ratings.values_list("criterion", "value")) == [("relevance", 5)]
    assert list(found.recommendations.values_list("no", "text")) == [(1, "Fund the help desk")]


def test_a_rating_off_its_scale_is_said_at_the_criterion(signed_in, engagement):
    scale = RatingScale.objects.get(code="four-points")
    typed = {"kind": "final", "on_date": "2027-06-30", "scale": scale.pk, "rating_impact": "6"}

    response = signed_in(Role.EVALUATOR).post(address(engagement, "evaluations"), typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["rating_impact"]
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize("kind", ["readiness", "evaluations"])
def test_a_viewer_judges_nothing(signed_in, engagement, kind):
    assert signed_in(Role.VIEWER).get(address(engagement, kind)).status_code == 403
