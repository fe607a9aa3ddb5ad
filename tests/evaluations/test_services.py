import datetime as dt
from decimal import Decimal

import pytest

from evaluations.domain.vocabulary import Criterion, EvaluationKind, Response
from evaluations.models import Evaluation, ReadinessAssessment, ReadinessDimension
from evaluations.services.evaluations import NewRecommendation, record_evaluation, respond, set_up_rating_scale
from evaluations.services.readiness import NewDimension, assess_readiness, set_up_readiness
from ta_portal.access.permissions import Role
from ta_portal.errors import InvalidInput, NotFound, NotPermitted
from tests.factories import EngagementFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 1, 31)


@pytest.fixture
def evaluator(member):
    return member(Role.EVALUATOR)


@pytest.fixture
def scale(evaluator):
    return set_up_rating_scale(code="0-3", lowest=0, points=4, by=evaluator)


@pytest.fixture
def engagement():
    return EngagementFactory()


def evaluate(engagement, scale, by, rating=3, **more):
    return record_evaluation(
        engagement_id=engagement.pk,
        kind=EvaluationKind.MID_TERM,
        on_date=DAY,
        scale=scale,
        ratings={Criterion.IMPACT: rating},
        **more,
        by=by,
    )


def test_an_evaluation_comes_with_its_ratings_and_recommendations(engagement, scale, evaluator):
    asked = [NewRecommendation(no=1, text="Train", response=Response.ACCEPTED), NewRecommendation(no=2)]

    evaluation = evaluate(engagement, scale, evaluator, recommendations=asked)

    assert list(evaluation.ratings.values_list("criterion", "value")) == [("impact", 3)]
    assert list(evaluation.recommendations.order_by("no").values_list("no", "response")) == [
        (1, "accepted"),
        (2, "pending"),
    ]


@pytest.mark.parametrize("rating", [-1, 4])
def test_a_rating_lies_on_its_scale(engagement, scale, evaluator, rating):
    with pytest.raises(InvalidInput, match="not on the scale from 0 to 3"):
        evaluate(engagement, scale, evaluator, rating)

    assert not Evaluation.objects.exists()


def test_an_evaluation_is_recorded_once_a_day(engagement, scale, evaluator):
    evaluate(engagement, scale, evaluator)

    with pytest.raises(InvalidInput, match="already"):
        evaluate(engagement, scale, evaluator)


def test_who_may_not_evaluate_does_not(engagement, scale, member):
    for person, refusal in (
        (UserFactory(), NotFound),
        (member(Role.VIEWER), NotPermitted),
        (member(Role.PROGRAMME_OFFICER), NotPermitted),
    ):
        with pytest.raises(refusal):
            evaluate(engagement, scale, person)


def test_a_recommendation_that_is_not_accepted_in_full_says_why(engagement, scale, evaluator):
    evaluation = evaluate(engagement, scale, evaluator, recommendations=[NewRecommendation(no=1)])
    recommendation = evaluation.recommendations.get()

    with pytest.raises(InvalidInput, match="Say why"):
        respond(recommendation_id=recommendation.pk, response=Response.REJECTED, by=evaluator)
    answered = respond(recommendation_id=recommendation.pk, response=Response.REJECTED, reason="No law", by=evaluator)

    assert (answered.response, answered.response_reason) == ("rejected", "No law")


@pytest.fixture
def dimensions(evaluator):
    listed = [
        NewDimension(code="law", name="Law", weight=Decimal(2)),
        NewDimension(code="staff", name="Staff", weight=Decimal(3)),
    ]
    found = set_up_readiness(code="ours", dimensions=listed, by=evaluator)
    return {row.code: row for row in ReadinessDimension.objects.filter(set=found)}


def assess(engagement, dimensions, by, **scores):
    return assess_readiness(
        engagement_id=engagement.pk,
        readiness_set=dimensions["law"].set,
        on_date=DAY,
        scores={dimensions[code]: score for code, score in scores.items()},
        by=by,
    )


def test_absent_and_not_rated_are_not_the_same(engagement, dimensions, member):
    assessment = assess(engagement, dimensions, member(Role.PROGRAMME_OFFICER), law=0, staff=None)

    assert set(assessment.scores.values_list("dimension__code", "score")) == {("law", 0), ("staff", None)}


@pytest.mark.parametrize("score", [-1, 4])
def test_readiness_is_scored_from_0_to_3(engagement, dimensions, evaluator, score):
    with pytest.raises(InvalidInput, match="from 0"):
        assess(engagement, dimensions, evaluator, law=score)

    assert not ReadinessAssessment.objects.exists()


def test_a_side_assesses_once_a_day(engagement, dimensions, evaluator):
    assess(engagement, dimensions, evaluator, law=1)

    with pytest.raises(InvalidInput, match="that day already"):
        assess(engagement, dimensions, evaluator, law=2)


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ([NewDimension(code="law", name="Law", weight=Decimal(0))], "above 0"),
        ([NewDimension(code="law", name="Law", weight=Decimal(1))] * 2, "once"),
    ],
)
def test_a_list_of_dimensions_has_weights_above_zero_each_once(evaluator, listed, says):
    with pytest.raises(InvalidInput, match=says):
        set_up_readiness(code="ours", dimensions=listed, by=evaluator)


def test_a_viewer_neither_lists_nor_assesses(engagement, dimensions, member):
    viewer = member(Role.VIEWER)

    with pytest.raises(NotPermitted):
        set_up_readiness(code="theirs", dimensions=[], by=viewer)
    with pytest.raises(NotPermitted):
        assess(engagement, dimensions, viewer, law=1)
