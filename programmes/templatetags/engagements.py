"""The frame of an engagement's pages: its tabs and its panels."""

from collections.abc import Collection
from typing import Any

from django import template
from django.template import RequestContext
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programmes.models import Engagement
from programmes.selectors.engagements import days_of
from programmes.tables.overlaps import overlap_lines
from programmes.words import named, status_tag
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.registry.editors import editors_of
from ta_portal.registry.tabs import tabs_for
from ta_portal.ui.navigation import Link

register = template.Library()
register.filter("days_of", days_of)
register.filter("engagement_status", status_tag)
register.filter("in_lines", overlap_lines)
register.filter("named", named)


@register.simple_tag(takes_context=True)
def engagement_tabs(context: RequestContext, engagement: Engagement) -> list[Link]:
    """The pages of an engagement; the one that is open, or that the page lies below, is current."""
    here = context["request"].path
    links = [(tab, reverse(tab.url_name, args=[engagement.ref])) for tab in tabs_for("engagement")]
    open_now = max((url for _tab, url in links if here.startswith(url)), key=len, default="")
    return [Link(str(tab.label), url, current=url == open_now) for tab, url in links]


@register.simple_tag(takes_context=True)
def engagement_acts(context: RequestContext, engagement: Engagement) -> list[Link]:
    """What this reader may do here: on the first page to the engagement itself, on a tab to what the tab shows."""
    request, ref = context["request"], engagement.ref
    here = request.resolver_match.view_name if request.resolver_match else ""
    held = permissions_on(request.user, engagement)
    if here == "programmes:engagement":
        return _on_the_whole(ref, held)
    links = []
    for editor in editors_of("engagement"):
        if editor.back == here and editor.permission in held:
            links.append(Link(str(editor.to_add), reverse("programmes:add", args=[ref, editor.kind]), current=False))
            if editor.change:
                links.append(
                    Link(
                        str(editor.to_change), reverse("programmes:changeable", args=[ref, editor.kind]), current=False
                    )
                )
    return links


def _on_the_whole(ref: str, held: Collection[Permission]) -> list[Link]:
    links = []
    if Permission.ENGAGEMENT_CHANGE in held:
        links += [
            Link(_("Change"), reverse("programmes:change-engagement", args=[ref]), current=False),
            Link(_("Copy"), reverse("programmes:copy-engagement", args=[ref]), current=False),
        ]
    if {Permission.ENGAGEMENT_CHANGE, Permission.ENGAGEMENT_CLOSE} & set(held):
        links.append(Link(_("Change the status"), reverse("programmes:status", args=[ref]), current=False))
    return links


@register.simple_tag(takes_context=True)
def panel(context: RequestContext, part: Any) -> SafeString:
    """One panel of the page, drawn with its own context on top of the page's."""
    drawn = get_template(part.template).template  # type: ignore[attr-defined]
    with context.push(**part.context):
        shown: SafeString = drawn.render(context)
    return shown
