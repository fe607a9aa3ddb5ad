"""The experts of an engagement."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from experts.selectors.deployments import deployments_of
from experts.selectors.summary import deployment_summaries, rate_viewer
from experts.tables import deployment_table, summary_table
from programmes.selectors.engagements import visible_engagement
from ta_portal.access.permissions import Permission
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import who_grants


@require_GET
def experts(request: PortalRequest, ref: str) -> HttpResponse:
    """Who is deployed, when and how; and for how many days and at what rate, to those who may know."""
    engagement = visible_engagement(request.user, ref)
    summary = deployment_summaries([engagement.pk], as_of=timezone.localdate())[engagement.pk]
    seen = summary.as_seen_by(rate_viewer(request.user, engagement))
    withheld = any(expert.withheld for expert in seen.experts.values())
    people = deployments_of(engagement)
    context = {
        "engagement": engagement,
        "deployments": deployment_table(people),
        "days": summary_table(seen, [person.expert for person in people], with_rates=not withheld),
        "overloads": seen.overlaps,
        "who": who_grants(Permission.RATE_VIEW) if withheld else "",
    }
    return render_page(request, "experts/experts.html", context)
