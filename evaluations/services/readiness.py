"""Can they go on alone: a donor's list of what must be in place, and how each side scores it, 0 absent to 3 strong."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.domain.vocabulary import Side
from evaluations.models import ReadinessAssessment, ReadinessDimension, ReadinessScore, ReadinessSet
from programmes.domain.vocabulary import RiskKind
from programmes.services.checks import check, check_all, code_taken, refuse, saying
from programmes.services.engagements import engagement_to_change
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import NotPermitted


@dataclass(frozen=True, slots=True)
class NewDimension:
    """One thing that must be in place, how much it weighs, and the limitation of TA that it answers."""

    code: str
    name: str
    weight: Decimal
    limitation: RiskKind | None = None
    critical: bool = False


@transaction.atomic
def set_up_readiness(
    *, code: str, dimensions: Sequence[NewDimension], threshold_pct: Decimal = Decimal(70), by: User
) -> ReadinessSet:
    """Keep a donor's list of dimensions: ready at the threshold, with nothing absent."""
    if not grants_of(by).anywhere(Permission.READINESS_RATE):
        raise NotPermitted(_("Your role does not allow you to set up exit readiness."))
    found = ReadinessSet(code=code, threshold_pct=threshold_pct)
    check(found)
    with saying(code_taken("readiness_set_code_key", code)):
        found.save(force_insert=True)
    rows = [
        ReadinessDimension(
            set=found,
            code=new.code,
            name=new.name,
            weight=new.weight,
            limitation=new.limitation.value if new.limitation else None,
            critical=new.critical,
        )
        for new in dimensions
    ]
    check_all(rows, "dimensions")
    dimension_sentences = {
        "readiness_dimension_once": ("dimensions", _("A dimension stands on the list once.")),
        "readiness_weight_above_zero": ("dimensions", _("A weight is above 0.")),
    }
    with saying(dimension_sentences):
        ReadinessDimension.objects.bulk_create(rows)
    audit.record("readiness_set.set_up", target=found, by=by, code=code)
    return found


@transaction.atomic
def assess_readiness(
    *,
    engagement_id: int,
    readiness_set: ReadinessSet,
    on_date: dt.date,
    scores: Mapping[ReadinessDimension, int | None],
    side: Side = Side.DONOR,
    label: str = "",
    by: User,
) -> ReadinessAssessment:
    """Record how ready one side thinks the institution is. A dimension without a score is not rated, which is not 0."""
    engagement = engagement_to_change(engagement_id, Permission.READINESS_RATE, by=by)
    for dimension, score in scores.items():
        if score is not None and not 0 <= score <= 3:
            refuse(f"scores.{dimension.code}", _("A score is from 0 (absent) to 3 (strong)."))
        if dimension.set_id != readiness_set.pk:
            refuse(f"scores.{dimension.code}", _("This dimension stands on another list."))
    assessment = ReadinessAssessment(
        engagement=engagement, set=readiness_set, label=label, on_date=on_date, side=side.value, created_by=by
    )
    check(assessment)
    twice = ("on_date", _("This side has an assessment of that day already."))
    with saying({"readiness_once_a_day_and_side": twice}):
        assessment.save(force_insert=True)
    ReadinessScore.objects.bulk_create(
        ReadinessScore(assessment=assessment, dimension=dimension, score=score) for dimension, score in scores.items()
    )
    audit.record("readiness.assessed", target=assessment, by=by, on_date=on_date, side=side)
    return assessment
