"""Tabs: the pages of one thing, which apps add when they are ready. A tab is a link to an address of its own."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a thing: `url_name` takes the thing's code."""

    page: str
    key: str
    order: int
    label: str | Promise
    url_name: str


_tabs: dict[tuple[str, str], Tab] = {}


def register_tab(tab: Tab) -> None:
    _tabs[tab.page, tab.key] = tab


def tabs_for(page: str) -> list[Tab]:
    """The tabs of a thing in reading order."""
    return sorted((tab for tab in _tabs.values() if tab.page == page), key=lambda tab: tab.order)
