"""`updated_since=`: what changed and what is gone, in the order of the transactions that did it, at least once.

A page reads rows and tombstones below the fence, so what commits late is late and never lost. The watermark is a place
in that order, with the generation of the cluster whose transactions are counted.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from ta_portal.api.fields import Column
from ta_portal.api.rendering import dumps
from ta_portal.api.rows import fetch
from ta_portal.api.sealing import seal, unseal
from ta_portal.changes.feed import FeedState
from ta_portal.changes.models import Tombstone
from ta_portal.errors import DomainError, InvalidInput

_MARK = "w."
_PURPOSE = "watermark"
_LARGEST = 2**63 - 1
# Of one transaction what is gone comes first: a code that was given up and taken again is there in the end.
_GONE, _ROW = 0, 1


class FeedRestarted(DomainError):
    """The watermark counts the transactions of another cluster: there was a restore since."""

    code = "feed_restarted"
    status = 410


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """After this row, or this tombstone, of this transaction."""

    xid: int = 0
    kind: int = _GONE
    id: int = 0

    def rows(self) -> Q:
        """Rows that come after it."""
        level = Q(change_xid=self.xid, pk__gt=self.id) if self.kind == _ROW else Q(change_xid=self.xid)
        return Q(change_xid__gte=self.xid) & (Q(change_xid__gt=self.xid) | level)

    def tombstones(self) -> Q:
        level = Q(change_xid=self.xid, pk__gt=self.id) if self.kind == _GONE else Q(pk__in=[])
        return Q(change_xid__gte=self.xid) & (Q(change_xid__gt=self.xid) | level)


@dataclass(frozen=True, slots=True)
class Since:
    """What was asked for: what comes after a place; before the first watermark also what is older than an instant."""

    place: Place
    instant: dt.datetime | None = None

    @classmethod
    def read(cls, text: str, state: FeedState) -> "Since":
        """Raises InvalidInput for what is neither, FeedRestarted for a watermark from before a restore."""
        if not text.startswith(_MARK):
            return cls(Place(), _instant(text))
        try:
            generation, *place = json.loads(unseal(text.removeprefix(_MARK), purpose=_PURPOSE))
            xid, kind, key = (_whole(number) for number in place)
            made_in = UUID(generation)
        except (ValueError, TypeError, AttributeError, RecursionError) as wrong:
            raise _no_watermark() from wrong
        # Also a place that this cluster has not come to yet is of another one.
        if made_in != state.generation or xid > state.ceiling:
            raise FeedRestarted(
                _("The feed has begun anew since this watermark was given out. Read everything again, from the start.")
            )
        return cls(Place(xid, kind, key))


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`rows` in order, each with its primary key, None for what is gone; `place` is where to go on."""

    rows: list[tuple[int | None, dict[str, Any]]]
    place: Place
    more: bool


def feed_page(
    rows: QuerySet[Any],
    gone: QuerySet[Tombstone],
    columns: Mapping[str, Column],
    *,
    since: Since,
    written_at: str,
    fence: int,
    size: int,
) -> FeedPage:
    """What comes after `since` and below the fence; `written_at` says when a row was. Two queries."""
    after, buried = since.place.rows() & Q(change_xid__lt=fence), since.place.tombstones() & Q(change_xid__lt=fence)
    if since.instant is not None:
        after, buried = after & Q(**{f"{written_at}__gte": since.instant}), buried & Q(at__gte=since.instant)
    changed = fetch(rows.filter(after).order_by("change_xid", "pk")[: size + 1], columns, "change_xid", "pk")
    removed = gone.filter(buried).order_by("change_xid", "pk")[: size + 1]
    found: list[tuple[Place, int | None, dict[str, Any]]] = [
        *((Place(xid, _ROW, key), key, row) for row, (xid, key) in changed),
        *((Place(stone.change_xid, _GONE, stone.pk), None, _gone(stone)) for stone in removed),
    ]
    found.sort(key=lambda one: one[0])
    shown = found[:size]
    # Nothing came of an instant: everything below the fence is known to be older.
    place = shown[-1][0] if shown else since.place if since.instant is None else Place(fence)
    return FeedPage([(key, row) for _place, key, row in shown], place, len(found) > size)


def watermark(place: Place, state: FeedState) -> str:
    """Opaque to clients: it may change its form at any time."""
    packed = dumps([state.generation.hex, place.xid, place.kind, place.id])
    return _MARK + seal(packed, purpose=_PURPOSE)


def _gone(stone: Tombstone) -> dict[str, Any]:
    code = getattr(stone, "known_as", None)
    if code is None:
        return {"id": stone.public_id, "deleted": True}
    return {"id": code, "public_id": stone.public_id, "deleted": True}


def _instant(text: str) -> dt.datetime:
    try:
        instant: dt.datetime = serializers.DateTimeField().run_validation(text)
    except serializers.ValidationError as wrong:
        raise _no_watermark() from wrong
    return instant


def _whole(number: Any) -> int:
    if not isinstance(number, int) or not 0 <= number <= _LARGEST:
        raise ValueError(number)
    return number


def _no_watermark() -> InvalidInput:
    return InvalidInput.at(
        "updated_since", _("Give an instant such as 2026-01-31T00:00:00Z, or a watermark that was given out here.")
    )
