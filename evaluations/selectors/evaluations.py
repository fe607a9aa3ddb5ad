"""What evaluations say, in figures."""

from collections import defaultdict
from collections.abc import Collection

from evaluations.domain.evaluations import EvaluationFigures, evaluation_figures
from evaluations.domain.vocabulary import Response
from evaluations.models import CriterionRating, Recommendation


def figures_of_evaluations(evaluation_ids: Collection[int]) -> dict[int, EvaluationFigures]:
    """Mean, lowest and share of accepted recommendations of each evaluation. Two queries."""
    ratings: dict[int, list[int]] = defaultdict(list)
    rated = CriterionRating.objects.filter(evaluation__in=evaluation_ids)
    for evaluation_id, value in rated.values_list("evaluation", "value"):
        ratings[evaluation_id].append(value)
    responses: dict[int, list[Response]] = defaultdict(list)
    recommended = Recommendation.objects.filter(evaluation__in=evaluation_ids)
    for evaluation_id, response in recommended.values_list("evaluation", "response"):
        responses[evaluation_id].append(Response(response))
    return {key: evaluation_figures(ratings[key], responses[key]) for key in evaluation_ids}
