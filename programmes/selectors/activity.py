"""What happened on an engagement, the newest first."""

from programmes.models import Amendment, Engagement, EngagementTransition
from ta_portal.audit.models import AuditEvent
from ta_portal.registry.acts import news_verbs


def status_steps(engagement: Engagement) -> list[EngagementTransition]:
    """Each step from one status to the next, with who took it and why."""
    return list(EngagementTransition.objects.filter(engagement=engagement).select_related("by").order_by("-at", "-pk"))


def amendments(engagement: Engagement) -> list[Amendment]:
    return list(Amendment.objects.filter(engagement=engagement).select_related("by").order_by("-at", "-pk"))


def latest_news(engagement: Engagement, *, most: int) -> list[AuditEvent]:
    """The last acts on it of which everybody who sees it may know."""
    acts = AuditEvent.objects.filter(engagement_id=engagement.pk, verb__in=news_verbs())
    return list(acts.select_related("by").order_by("-at", "-pk")[:most])
