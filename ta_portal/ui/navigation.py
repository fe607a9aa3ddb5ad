"""The links of the top bar. Each app adds its own when it starts (`AppConfig.ready`): the frame knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from ta_portal.accounts.models import User


def everyone(user: User) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link for those whom `visible_to` lets see it; it is asked when a page is drawn, not before.

    `count` gives how many things wait there for the reader, without a query: it is asked on every page.
    """

    label: str | Promise
    url_name: str
    order: int = 100
    visible_to: Callable[[User], bool] = everyone
    count: Callable[[User], int] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: bool
    count: int = 0


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add a link; a second one for the same page takes the first one's place."""
    _items[item.url_name] = item


def links(request: HttpRequest) -> list[Link]:
    """The links that this reader sees, in order; the one whose section the page belongs to is current."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return []
    visible = [item for item in sorted(_items.values(), key=lambda item: item.order) if item.visible_to(user)]
    addresses = [(item, reverse(item.url_name)) for item in visible]
    return [
        Link(str(item.label), url, request.path.startswith(url), item.count(user) if item.count else 0)
        for item, url in addresses
    ]
