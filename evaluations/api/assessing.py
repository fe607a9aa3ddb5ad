"""Exit readiness as REST takes it: dimensions by their codes, on the list that the engagement is judged by."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from evaluations.models import ReadinessAssessment, ReadinessSet
from evaluations.selectors.judging import readiness_set_of
from evaluations.services.readiness import assess_readiness
from programmes.models import Engagement
from ta_portal.accounts.models import User
from ta_portal.errors import Fault, InvalidInput


def assess(
    *,
    engagement: Engagement,
    scores: Mapping[str, int | None],
    readiness_set: ReadinessSet | None = None,
    by: User,
    **given: Any,
) -> ReadinessAssessment:
    """Record one side's scores. A code that is not on the list is refused by name."""
    judged_by = readiness_set or readiness_set_of(engagement)
    dimensions = {dimension.code: dimension for dimension in judged_by.dimensions.all()}
    if unknown := [code for code in scores if code not in dimensions]:
        said = _("There is no “{given}” here, or none that you may see.")
        raise InvalidInput([Fault("scores", "unknown", said.format(given=code[:60])) for code in unknown])
    return assess_readiness(
        engagement_id=engagement.pk,
        readiness_set=judged_by,
        scores={dimensions[code]: score for code, score in scores.items()},
        by=by,
        **given,
    )
