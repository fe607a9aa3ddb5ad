"""Evaluations: ratings on a scale of the evaluator's own, and recommendations with the ministry's response."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.domain.vocabulary import Criterion, EvaluationKind, Response
from evaluations.models import CriterionRating, Evaluation, RatingScale, Recommendation
from programmes.services.checks import check, check_all, code_taken, refuse, saying
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import row_to_change
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import NotPermitted


@dataclass(frozen=True, slots=True)
class NewRecommendation:
    """What an evaluation asks for; `text` is empty where only its number is known."""

    no: int
    text: str = ""
    response: Response = Response.PENDING
    unit: str = ""
    due: dt.date | None = None


@transaction.atomic
def set_up_rating_scale(*, code: str, lowest: int, points: int, labels: Sequence[str] = (), by: User) -> RatingScale:
    """Keep a scale as its provider defines it: never averaged with another."""
    if not grants_of(by).anywhere(Permission.EVALUATION_CHANGE):
        raise NotPermitted(_("Your role does not allow you to set up a rating scale."))
    scale = RatingScale(code=code, lowest=lowest, points=points, labels=list(labels))
    check(scale)
    if points < 2:
        refuse("points", _("A scale has at least two points."))
    with saying(code_taken("rating_scale_code_key", code)):
        scale.save(force_insert=True)
    audit.record("rating_scale.set_up", target=scale, by=by, code=code)
    return scale


@transaction.atomic
def record_evaluation(
    *,
    engagement_id: int,
    kind: EvaluationKind,
    on_date: dt.date,
    scale: RatingScale,
    ratings: Mapping[Criterion, int],
    recommendations: Sequence[NewRecommendation] = (),
    independent: bool = False,
    by: User,
) -> Evaluation:
    """Record what an evaluation found: a rating for each criterion that it judged, and what it recommends."""
    engagement = engagement_to_change(engagement_id, Permission.EVALUATION_CHANGE, by=by)
    evaluation = Evaluation(
        engagement=engagement, kind=kind.value, on_date=on_date, scale=scale, independent=independent, created_by=by
    )
    check(evaluation)
    _on_the_scale(scale, ratings)
    twice = ("on_date", _("An evaluation of this kind and day is recorded already."))
    with saying({"evaluation_once_a_day": twice}):
        evaluation.save(force_insert=True)
    CriterionRating.objects.bulk_create(
        CriterionRating(evaluation=evaluation, criterion=criterion.value, value=value)
        for criterion, value in ratings.items()
    )
    _recommend(evaluation, recommendations, by=by)
    audit.record("evaluation.recorded", target=evaluation, by=by, kind=kind, on_date=on_date)
    return evaluation


@transaction.atomic
def respond(
    *, recommendation_id: int, response: Response, reason: str = "", expected_version: int | None = None, by: User
) -> Recommendation:
    """Record the ministry's response, as its liaison gives it or an evaluator takes it down.

    One that is not accepted in full says why.
    """
    recommendation = row_to_change(
        Recommendation, recommendation_id, Permission.RECOMMENDATION_ANSWER, by=by, expected_version=expected_version
    )
    if response in {Response.PARTLY, Response.REJECTED} and not reason:
        refuse("reason", _("Say why the recommendation is not accepted in full."))
    recommendation.response, recommendation.response_reason = response.value, reason
    recommendation.updated_by = by
    recommendation.save(update_fields=["response", "response_reason", "updated_by"])
    audit.record("recommendation.answered", target=recommendation, by=by, response=response)
    return recommendation


def _on_the_scale(scale: RatingScale, ratings: Mapping[Criterion, int]) -> None:
    highest = scale.lowest + scale.points - 1
    for criterion, value in ratings.items():
        if not scale.lowest <= value <= highest:
            refuse(
                f"ratings.{criterion.value}",
                _("{value} is not on the scale from {lowest} to {highest}.").format(
                    value=value, lowest=scale.lowest, highest=highest
                ),
            )


def _recommend(evaluation: Evaluation, recommendations: Sequence[NewRecommendation], *, by: User) -> None:
    rows = [
        Recommendation(
            evaluation=evaluation,
            no=new.no,
            text=new.text,
            response=new.response.value,
            unit=new.unit,
            due=new.due,
            created_by=by,
        )
        for new in recommendations
    ]
    check_all(rows, "recommendations")
    twice = ("recommendations", _("Recommendations have numbers of their own."))
    with saying({"recommendation_no_once": twice}):
        Recommendation.objects.bulk_create(rows)
