"""By which lists an engagement is judged."""

from evaluations.models import ReadinessAssessment, ReadinessSet
from programmes.models import Engagement

STANDARD = "standard"


def readiness_set_of(engagement: Engagement) -> ReadinessSet:
    """The list of its last assessment, so that scores compare; the standard one before the first."""
    last = (
        ReadinessAssessment.objects.filter(engagement=engagement)
        .select_related("set")
        .order_by("-on_date", "-pk")
        .first()
    )
    return last.set if last else ReadinessSet.objects.get(code=STANDARD)
