"""Panels: parts of a page that apps register when they are ready, so that a lower app need not know a higher one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from ta_portal.access.permissions import Permission

PanelContext = Callable[[Any, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One card of a page. `context(request, subject)` gives what its template needs; its queries are its own.

    To whom `permission` is not given the page shows a card that says what it is, by `heading`, and who grants it; of a
    `quiet` panel it shows nothing.
    """

    page: str
    key: str
    order: int
    template: str
    context: PanelContext
    permission: Permission = Permission.ENGAGEMENT_VIEW
    column: str = "main"
    heading: str | Promise = ""
    quiet: bool = False


_panels: dict[tuple[str, str], Panel] = {}


def register_panel(panel: Panel) -> None:
    _panels[panel.page, panel.key] = panel


def panels_for(page: str) -> list[Panel]:
    """The panels of a page in reading order."""
    return sorted((panel for panel in _panels.values() if panel.page == page), key=lambda panel: panel.order)
