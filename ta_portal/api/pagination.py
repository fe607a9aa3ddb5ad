"""Pages by key: a page begins after a row, not after a number of rows, so that others may write meanwhile.

The key is the order's fields and then the immutable primary key; nothing that stays where it is is missed or repeated.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from ta_portal.api.filters import Order
from ta_portal.api.rendering import dumps
from ta_portal.api.rows import Keys, Shown, read
from ta_portal.api.sealing import seal, unseal
from ta_portal.api.tags import Stamp
from ta_portal.errors import InvalidInput

USUAL_SIZE = 50
LARGEST_SIZE = 500
_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: after (or before) the row with these keys, in this order."""

    # The list and the order that it is a place in.
    made_for: str
    backwards: bool
    keys: tuple[Any, ...]

    def text(self) -> str:
        """Opaque to clients: it may change its form at any time."""
        return seal(dumps([int(self.backwards), *self.keys]), purpose=self.made_for)

    @classmethod
    def read(cls, text: str, *, made_for: str, keys: Sequence["Key"]) -> "Cursor":
        """Raises InvalidInput for a cursor that was not given out for this list and order."""
        try:
            backwards, *values = json.loads(unseal(text, purpose=made_for))
            parsed = tuple(key.parse(value) for key, value in zip(keys, values, strict=True))
        except (
            ValueError,
            TypeError,
            RecursionError,
            ValidationError,
            serializers.ValidationError,
        ) as wrong:
            raise InvalidInput.at(
                "cursor", _("This cursor is not one that was given out for this list and order.")
            ) from wrong
        return cls(made_for, bool(backwards), parsed)


@dataclass(frozen=True, slots=True)
class Key:
    """One part of a row's place: how it is ordered by, and how its value comes back out of a cursor."""

    order: Order
    field: serializers.Field[Any, Any, Any, Any] | Field[Any, Any]

    def parse(self, value: Any) -> Any:
        if isinstance(self.field, serializers.Field):
            return None if value is None else self.field.run_validation(value)
        parsed = self.field.to_python(value)
        if parsed is None or (isinstance(parsed, int) and not 0 <= parsed <= _LARGEST_KEY):
            raise ValueError(value)
        return parsed


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the place of each in the order, and whether there are others on either side."""

    rows: list[dict[str, Any]]
    places: list[tuple[Any, ...]]
    # Of the rows as they were read, the one beyond the page included; empty where none was asked for.
    digest: str
    has_following: bool
    has_preceding: bool

    def following(self, made_for: str) -> Cursor | None:
        return Cursor(made_for, False, self.places[-1]) if self.has_following else None

    def preceding(self, made_for: str) -> Cursor | None:
        return Cursor(made_for, True, self.places[0]) if self.has_preceding else None


def read_page_size(given: QueryDict) -> int:
    text = given.get("page_size", str(USUAL_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= LARGEST_SIZE):
        raise InvalidInput.at(
            "page_size",
            _("A page holds 1 to {largest} rows; “{text}” is not such a number.").format(
                largest=LARGEST_SIZE, text=text[:40]
            ),
        )
    return int(text)


def window_of(rows: QuerySet[Any], *, keys: Sequence[Key], size: int, cursor: Cursor | None) -> QuerySet[Any]:
    """The rows of a page in the order in which they are read, and one more: it tells whether there is another page."""
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        rows = rows.filter(_beyond(keys, cursor))
    return rows.order_by(*(key.order.expression(reverse=backwards) for key in keys))[: size + 1]


def keys_read(keys: Sequence[Key], cursor: Cursor | None, stamp: Stamp | None) -> Keys:
    """What a page reads of its rows beside what it shows: their place in the order, and what stamps them."""
    backwards = cursor is not None and cursor.backwards
    order = [(key.order.path, key.order.direction(reverse=backwards)) for key in keys]
    return Keys(order, stamp.own if stamp is not None else ())


def page_of(
    window: QuerySet[Any],
    what: Shown | None,
    *,
    keys: Sequence[Key],
    size: int,
    cursor: Cursor | None,
    stamp: Stamp | None,
    guards: Mapping[str, Q],
) -> Page:
    """One page of rows, with the digest of their stamps where one is wanted. One query."""
    backwards = cursor is not None and cursor.backwards
    found = read(window, what, keys_read(keys, cursor, stamp), guards=guards)
    digest = stamp.digest(found, what) if stamp is not None else ""
    width = len(what.names) if what is not None else 0
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        rows=[what.converted(values) if what is not None else {} for values in found],
        places=[values[width : width + len(keys)] for values in found],
        digest=digest,
        has_following=bool(found) and (backwards or more),
        has_preceding=bool(found) and (more if backwards else cursor is not None),
    )


def _beyond(keys: Sequence[Key], cursor: Cursor) -> Q:
    """Beyond in the first key, or level with it and beyond in the next, and so on."""
    found, level = Q(pk__in=[]), Q()
    for key, value in zip(keys, cursor.keys, strict=True):
        found |= level & key.order.beyond(value, reverse=cursor.backwards)
        level &= key.order.level_with(value)
    return found


def link(url: str, given: QueryDict, cursor: Cursor | None) -> str | None:
    """The address of the page at `cursor`, with every other parameter as it was."""
    if cursor is None:
        return None
    query = given.copy()
    query["cursor"] = cursor.text()
    scheme, host, path, _query, _fragment = urlsplit(url)
    return urlunsplit((scheme, host, path, query.urlencode(), ""))
