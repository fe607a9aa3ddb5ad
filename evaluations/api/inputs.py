"""What REST takes of judging."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations.domain.vocabulary import Criterion, EvaluationKind, Response, Side
from evaluations.models import RatingScale, ReadinessSet
from evaluations.services.evaluations import NewRecommendation
from programmes.api.inputs import EngagementField, text_field
from ta_portal.api.fields import CountField, DayField
from ta_portal.api.inputs import Input, OneOf, OneWord


class RatingInput(Input):
    criterion = OneWord(Criterion)
    value = CountField(min_value=0, max_value=100, help_text="A point of the scale.")


class RecommendationInput(Input):
    no = CountField(min_value=1, max_value=999)
    text = text_field()
    unit = text_field(300)
    due = DayField(allow_null=True, required=False)


class EvaluationInput(Input):
    """What was judged stays: it is neither changed nor removed."""

    engagement = EngagementField()
    kind = OneWord(EvaluationKind)
    on_date = DayField()
    scale = OneOf(RatingScale)
    independent = serializers.BooleanField(required=False)
    ratings = serializers.ListField(child=RatingInput(), max_length=len(Criterion))
    recommendations = serializers.ListField(child=RecommendationInput(), required=False, max_length=200)

    def validate_ratings(self, ratings: Sequence[Mapping[str, Any]]) -> dict[Criterion, int]:
        return _once([(rating["criterion"], rating["value"]) for rating in ratings])

    def validate_recommendations(self, asked: Sequence[Mapping[str, Any]]) -> list[NewRecommendation]:
        return [NewRecommendation(**one) for one in asked]


class ScoreInput(Input):
    dimension = serializers.CharField(max_length=120, help_text="The code of a dimension of the list.")
    score = CountField(min_value=0, max_value=3, allow_null=True, help_text="Null is not rated, which is not 0.")


class ReadinessInput(Input):
    """One side's scores on one day. What was judged stays: a new view is a new assessment."""

    engagement = EngagementField()
    set = OneOf(
        ReadinessSet, source="readiness_set", required=False, help_text="The list; that of the last one by default."
    )
    on_date = DayField()
    side = OneWord(Side, required=False)
    label = text_field(60)  # type: ignore[assignment]
    scores = serializers.ListField(child=ScoreInput(), max_length=200)

    def validate_scores(self, scores: Sequence[Mapping[str, Any]]) -> dict[str, int | None]:
        return _once([(score["dimension"], score["score"]) for score in scores])


class ResponseInput(Input):
    response = OneWord(Response)
    reason = text_field(help_text="Needed where the recommendation is not accepted in full.")


def _once(given: Sequence[tuple[Any, Any]]) -> dict[Any, Any]:
    found = dict(given)
    if len(found) < len(given):
        raise serializers.ValidationError(_("The same one is given twice."), "given_twice")
    return found
