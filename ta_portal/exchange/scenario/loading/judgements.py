"""What others do in the country, what evaluators found, and whether the institution can go on alone."""

import datetime as dt

from django.utils.text import slugify
from django.utils.translation import gettext as _

from evaluations.domain.vocabulary import EvaluationKind, Response
from evaluations.models import RatingScale, ReadinessDimension
from evaluations.services.evaluations import NewRecommendation, record_evaluation, set_up_rating_scale
from evaluations.services.readiness import NewDimension, assess_readiness, set_up_readiness
from programmes.models import OutsideActivity
from programmes.services.days import days
from programmes.services.outside_activities import add_outside_activity
from ta_portal.exchange.scenario.content import EvaluationPart, OutsidePart
from ta_portal.exchange.scenario.loading.places import country_by_code, institution_by_name, organisation_by_name
from ta_portal.exchange.scenario.loading.state import Load, at

TEXT_NOT_IN_SOURCE = "text not in source"


def bring_in_others(load: Load) -> None:
    for part in load.scenario.others:
        with at(part.place):
            _outside_activity(load, part)


def bring_in_evaluations(load: Load) -> None:
    for part in load.scenario.evaluations:
        with at(part.place):
            record_evaluation(
                engagement_id=load.engagement.pk,
                kind=part.kind,
                on_date=part.on,
                scale=_scale(load, part),
                ratings=part.ratings,
                recommendations=_recommendations(part),
                by=load.author,
            )


def bring_in_readiness(load: Load) -> None:
    """One assessment for each label that has a score, dated by what the label means."""
    parts = load.scenario.dimensions
    if not parts:
        return
    with at("exit_readiness.dimensions"):
        readiness_set = set_up_readiness(
            code=load.source,
            dimensions=[NewDimension(code=part.name[:120], name=part.name, weight=part.weight) for part in parts],
            by=load.author,
        )
    rows = {row.name: row for row in ReadinessDimension.objects.filter(set=readiness_set)}
    for label in ("start", "mid", "final"):
        scores = {rows[part.name]: getattr(part, label) for part in parts}
        if any(score is not None for score in scores.values()):
            with at(f"exit_readiness.{label}"):
                assess_readiness(
                    engagement_id=load.engagement.pk,
                    readiness_set=readiness_set,
                    on_date=_assessed_on(load, label),
                    scores=scores,
                    label=label,
                    by=load.author,
                )


def _outside_activity(load: Load, part: OutsidePart) -> OutsideActivity:
    """Once, however many scenarios tell of it in the same words."""
    country = country_by_code(load, part.country, name=part.country)
    organisation = organisation_by_name(load, part.donor)
    during = days(part.start, part.end)
    known = OutsideActivity.objects.filter(
        code=part.code, title=part.title, organisation=organisation, country=country, during=during
    ).first()
    return known or add_outside_activity(
        source=load.source,
        code=part.code,
        title=part.title,
        organisation=organisation,
        country=country,
        during=during,
        sectors=part.sectors,
        institution=institution_by_name(country, part.counterpart),
        institution_name=part.counterpart,
        budget=part.budget,
        currency=load.known.currencies[part.currency] if part.currency else None,
        by=load.author,
    )


def _scale(load: Load, part: EvaluationPart) -> RatingScale:
    """The scale of these words, kept once for all that use it."""
    code = slugify(part.scale)[:60]
    found = RatingScale.objects.filter(code=code, lowest=part.lowest, points=part.points).first()
    return found or set_up_rating_scale(
        code=code, lowest=part.lowest, points=part.points, labels=[part.scale[:120]], by=load.author
    )


def _recommendations(part: EvaluationPart) -> list[NewRecommendation]:
    """The file counts them: numbered rows, the accepted ones first."""
    return [
        NewRecommendation(
            no=no,
            text=TEXT_NOT_IN_SOURCE,
            response=Response.ACCEPTED if no <= part.accepted else Response.PENDING,
        )
        for no in range(1, part.recommendations + 1)
    ]


def _assessed_on(load: Load, label: str) -> dt.date:
    """`start` and `final` are the engagement's own days, `mid` is its mid-term evaluation's."""
    engagement = load.scenario.engagement
    if label != "mid":
        return engagement.start if label == "start" else engagement.end
    for part in load.scenario.evaluations:
        if part.kind is EvaluationKind.MID_TERM:
            return part.on
    middle = engagement.start + (engagement.end - engagement.start) / 2
    load.warnings.append(
        _("There is no mid-term evaluation: the readiness called mid is dated {date}.").format(date=middle)
    )
    return middle
