"""The evaluations of one engagement with their figures, as its pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from evaluations.domain.evaluations import EvaluationFigures, evaluation_figures
from evaluations.domain.vocabulary import Response
from evaluations.models import CriterionRating, Evaluation, Recommendation
from programmes.models import Engagement


@dataclass(frozen=True, slots=True)
class Judgement:
    evaluation: Evaluation
    figures: EvaluationFigures


def judgements(engagement: Engagement) -> Sequence[Judgement]:
    """The evaluations, the latest first. One query."""
    return [Judgement(row, _figures(row)) for row in _evaluations(engagement)]


def full_judgements(engagement: Engagement) -> Sequence[Judgement]:
    """The same with every rating and recommendation at hand. Three queries."""
    rows = _evaluations(engagement).prefetch_related("ratings", "recommendations")
    return [Judgement(row, _figures(row)) for row in rows]


def _evaluations(engagement: Engagement) -> QuerySet[Evaluation]:
    of_this = {"evaluation": OuterRef("pk")}
    values = ArraySubquery(CriterionRating.objects.filter(**of_this).values("value"))
    responses = ArraySubquery(Recommendation.objects.filter(**of_this).values("response"))
    rows = Evaluation.objects.filter(engagement=engagement).select_related("scale").order_by("-on_date", "-pk")
    return rows.annotate(values_given=values, responses_given=responses)


def _figures(row: Evaluation) -> EvaluationFigures:
    given: Sequence[int] = row.values_given  # type: ignore[attr-defined]
    responses: Sequence[str] = row.responses_given  # type: ignore[attr-defined]
    return evaluation_figures(given, [Response(response) for response in responses])
