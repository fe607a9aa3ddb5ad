"""What this app objects to when an engagement takes a step (schema.md, decision 9)."""

from django.utils.translation import gettext as _

from evaluations.domain.readiness import latest_readiness
from evaluations.selectors.readiness import exit_readiness
from programmes.models import Engagement


def exit_too_early(engagement: Engagement) -> list[str]:
    """Why the institution cannot be left yet, by its latest assessment; nothing when it is ready."""
    latest = latest_readiness(exit_readiness([engagement.pk])[engagement.pk])
    if latest is None:
        return [_("Nobody has assessed whether the institution can go on alone.")]
    if latest.score.ready:
        return []
    return [_("By the assessment of {date} the institution is not ready to go on alone.").format(date=latest.on_date)]
