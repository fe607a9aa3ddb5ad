"""Evaluations and assessments of exit readiness, recorded over REST."""

import pytest

from evaluations.models import Evaluation, ReadinessAssessment, ReadinessSet
from ta_portal.access.permissions import Role
from tests.api.acts import EVALUATION, READINESS
from tests.factories import EngagementFactory, EvaluationFactory
from tests.rest import fields_at_fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    EvaluationFactory()  # its scale is there
    return EngagementFactory()


def test_an_evaluation_is_recorded_with_its_ratings_and_what_it_recommends(engagement, rest):
    asked = rest(Role.EVALUATOR, engagement=engagement)

    response = asked.post("evaluations/", {**EVALUATION, "engagement": engagement.ref, "independent": True})

    assert response.status_code == 201, response.content
    assert response.json()["ratings"] == [{"criterion": "relevance", "value": 5, "reason": ""}]
    assert (response.json()["mean"], response.json()["independent"]) == ("5.00", True)
    assert asked.codes("recommendations/", "text") == ["Train the trainers"]


TWICE = [{"criterion": "impact", "value": 2}] * 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ratings": [{"criterion": "relevance", "value": 7}]}, "ratings.relevance"),
        ({"ratings": TWICE}, "ratings"),
        ({"scale": "1-99"}, "scale"),
        ({"kind": "yearly"}, "kind"),
        ({"recommendations": [{"no": 1}, {"no": 1}]}, "recommendations"),
    ],
)
def test_an_evaluation_that_cannot_be_is_refused_at_its_field(body, field, engagement, rest):
    response = rest(Role.EVALUATOR).post("evaluations/", {**EVALUATION, "engagement": engagement.ref, **body})

    assert (response.status_code, fields_at_fault(response)) == (400, [field])
    assert not Evaluation.objects.filter(engagement=engagement).exists()


def test_readiness_is_assessed_on_the_list_that_the_engagement_is_judged_by(engagement, rest):
    asked = rest(Role.EVALUATOR, engagement=engagement)
    scores = [{"dimension": "staff", "score": None}, {"dimension": "mandate", "score": 0}]

    made = asked.post("readiness-assessments/", {**READINESS, "engagement": engagement.ref, "scores": scores}).json()

    assert (made["set"], made["side"], made["label"]) == ("standard", "donor", "mid")
    # Not rated is not 0.
    assert made["scores"] == [{"dimension": "mandate", "score": 0}, {"dimension": "staff", "score": None}]
    assert asked.get(f"engagements/{engagement.ref}/exit-readiness/")["assessments"][0]["label"] == "mid"


def test_the_next_assessment_is_on_the_list_of_the_last_and_another_can_be_named(engagement, rest):
    own = ReadinessSet.objects.create(code="own")
    own.dimensions.create(code="law", name="Law", weight=1)
    asked, body = rest(Role.EVALUATOR), {**READINESS, "engagement": engagement.ref}
    law = {**body, "scores": [{"dimension": "law", "score": 3}]}

    named = asked.post("readiness-assessments/", {**law, "set": "own"})
    following = asked.post("readiness-assessments/", {**law, "on_date": "2025-03-01"})

    assert [one.json()["set"] for one in (named, following)] == ["own", "own"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scores": [{"dimension": "luck", "score": 1}]}, "scores"),
        ({"scores": [{"dimension": "staff", "score": 1}] * 2}, "scores"),
        ({"set": "nobodys"}, "set"),
        ({"side": "ours"}, "side"),
    ],
)
def test_an_assessment_that_cannot_be_is_refused_at_its_field(body, field, engagement, rest):
    whole = {**READINESS, "engagement": engagement.ref, **body}

    response = rest(Role.EVALUATOR).post("readiness-assessments/", whole)

    assert (response.status_code, fields_at_fault(response)) == (400, [field])
    assert not ReadinessAssessment.objects.exists()
