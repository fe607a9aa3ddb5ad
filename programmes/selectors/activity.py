"""What happened on an engagement, the newest first."""

from programmes.models import Amendment, Engagement, EngagementTransition


def status_steps(engagement: Engagement) -> list[EngagementTransition]:
    """Each step from one status to the next, with who took it and why."""
    return list(EngagementTransition.objects.filter(engagement=engagement).select_related("by").order_by("-at", "-pk"))


def amendments(engagement: Engagement) -> list[Amendment]:
    return list(Amendment.objects.filter(engagement=engagement).select_related("by").order_by("-at", "-pk"))
