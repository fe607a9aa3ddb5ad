"""What an evaluation says in three figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluations.domain.vocabulary import Response


@dataclass(frozen=True, slots=True)
class EvaluationFigures:
    """The mean and the lowest of its criteria, and the share of its recommendations that were accepted in full."""

    mean: Fraction | None
    lowest: int | None
    recommendations_accepted_pct: Fraction | None


def evaluation_figures(ratings: Sequence[int], responses: Sequence[Response]) -> EvaluationFigures:
    """None where nothing was rated, or nothing recommended. "Partly" is not accepted, and pending is not either."""
    accepted = sum(response is Response.ACCEPTED for response in responses)
    return EvaluationFigures(
        mean=Fraction(sum(ratings), len(ratings)) if ratings else None,
        lowest=min(ratings, default=None),
        recommendations_accepted_pct=Fraction(accepted * 100, len(responses)) if responses else None,
    )
