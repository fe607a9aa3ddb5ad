"""Listings: lists whose address says how they are seen, so that a view can be kept under a name and passed on."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Listing:
    """A list at the address `url_name`; `parameters` are those of its address that make a view: not the page, say."""

    name: str
    heading: str | Promise
    url_name: str
    parameters: frozenset[str]

    def view_of(self, query: str) -> str:
        """The part of an address that makes a view, always written alike: `country=MD&sort=title`."""
        asked = parse_qsl(query)
        return urlencode([(name, value) for name, value in asked if value and name in self.parameters])


_listings: dict[str, Listing] = {}


def register_listing(listing: Listing) -> None:
    """Called by an app when it is ready."""
    _listings[listing.name] = listing


def listing_of(name: str) -> Listing | None:
    return _listings.get(name)
