"""What REST and commands answer on results, exit readiness and evaluations (design.md §5.2)."""

from collections.abc import Iterable
from typing import Any

from evaluations.domain.evaluations import EvaluationFigures
from evaluations.domain.readiness import Readiness
from evaluations.selectors.results import Results
from programmes.api.answers import indicator_answer, milestones_answer, outcome_answer, two_decimals


def results_answer(ref: str, results: Results) -> dict[str, Any]:
    """The results of one engagement; without an assessment its exit readiness is null, not 0 and not "no"."""
    score = results.readiness.score if results.readiness else None
    return {
        "engagement": ref,
        "as_of": results.as_of,
        "indicators": [indicator_answer(indicator) for indicator in results.progress.indicators],
        "outcomes": [outcome_answer(outcome) for outcome in results.progress.outcomes],
        "milestones": milestones_answer(results.milestones),
        "exit_readiness": {
            "score_pct": two_decimals(score.score_pct) if score else None,
            "ready": score.ready if score else None,
        },
    }


def exit_readiness_answer(ref: str, assessments: Iterable[Readiness]) -> dict[str, Any]:
    return {
        "engagement": ref,
        "assessments": [
            {
                "label": assessment.label,
                "on_date": assessment.on_date,
                "side": assessment.side.value,
                "score_pct": two_decimals(assessment.score.score_pct),
                "any_zero": assessment.score.any_zero,
                "ready": assessment.score.ready,
            }
            for assessment in assessments
        ],
    }


def evaluation_answer(figures: EvaluationFigures) -> dict[str, Any]:
    """The figures that an evaluation carries beside its own fields."""
    return {
        "mean": two_decimals(figures.mean),
        "lowest": figures.lowest,
        "recommendations_accepted_pct": two_decimals(figures.recommendations_accepted_pct),
    }
