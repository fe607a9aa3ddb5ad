"""The panels of a page, each with what it shows to this reader."""

from dataclasses import dataclass
from typing import Any

from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.registry.panels import Panel, panels_for
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.roles import who_grants


@dataclass(frozen=True, slots=True)
class Part:
    """A panel with what it shows to this reader."""

    column: str
    template: str
    context: dict[str, Any]


def parts_of(page: str, request: PortalRequest, subject: Any, held: frozenset[Permission] | None = None) -> list[Part]:
    """Every panel of the page in reading order. What is not permitted is a card that says what it is and who grants it,
    or nothing where the panel is quiet.

    `held` is what the reader may do with the subject; on a page of many things a panel that is permitted on any of them
    is drawn, and looks to its own rows.
    """
    grants = grants_of(request.user)
    found = [
        (panel, grants.anywhere(panel.permission) if held is None else panel.permission in held)
        for panel in panels_for(page)
    ]
    return [
        _part(request, subject, panel, permitted=permitted)
        for panel, permitted in found
        if permitted or not panel.quiet
    ]


def _part(request: PortalRequest, subject: Any, panel: Panel, *, permitted: bool) -> Part:
    shown = {"panel_id": panel.key, "heading": panel.heading}
    if not permitted:
        withheld = {**shown, "who": who_grants(panel.permission)}
        return Part(panel.column, "programmes/panels/withheld.html", withheld)
    return Part(panel.column, panel.template, {**shown, **panel.context(request, subject)})
