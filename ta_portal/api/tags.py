"""The tag of a list without its body: a hash of what the answer depends on, so that 304 costs a fraction (traps 9).

It holds the release, the address, the form and language asked for, the caller with all that they hold, and of each row
in order its key, its version and whatever it shows that is not its own: the value itself of a joined or guarded
column, which no version of the row would betray.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.expressions import Subquery
from django.utils import translation
from rest_framework.request import Request

from ta_portal.access.grants import grants_of
from ta_portal.api.fields import Column
from ta_portal.api.rows import Row, Shown
from ta_portal.api.sealing import seal
from ta_portal.changes.models import Versioned


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is another whenever a row shows anything else: of its own columns `own`, and the fields `joined`."""

    own: tuple[str, ...]
    joined: tuple[str, ...]

    def digest(self, rows: Iterable[Sequence[Any]], what: Shown | None) -> str:
        """The digest of rows as the database gave them: in order, the same whatever was read beside the stamps."""
        names = what.names if what is not None else ()
        places = [number for number, name in enumerate(names) if name in self.joined]
        found = hashlib.blake2b(digest_size=16)
        for row in rows:
            found.update(repr([*(row[place] for place in places), *row[len(names) :]]).encode())
        return found.hexdigest()


@lru_cache(maxsize=1000)
def stamp_of(
    shape: type[Row], model: type[models.Model], names: tuple[str, ...], guarded: tuple[str, ...]
) -> Stamp | None:
    """How rows of `shape` that show the fields `names` are stamped; `guarded` ones are null for some."""
    return row_stamp(model, shape.columns(names), guarded=guarded)


def row_stamp(
    model: type[models.Model], columns: Mapping[str, Column], *, guarded: Collection[str] = ()
) -> Stamp | None:
    """How rows that show `columns` are stamped; None where no version would tell of a change.

    A guarded column is shown to some: it is stamped as it is shown, whosever it is.
    """
    own = _version(model)
    if own is None:
        return None
    return Stamp(own, tuple(name for name, one in columns.items() if name in guarded or not _is_own(model, one)))


def list_tag(request: Request, stamps: str) -> str:
    """The strong tag of a page whose rows have these stamps."""
    grants = grants_of(request.user)
    parts: Sequence[object] = [
        release(),
        # Under another key the page has other links.
        seal(b"", purpose="tag"),
        request.build_absolute_uri(),
        getattr(request.accepted_renderer, "media_type", ""),
        translation.get_language(),
        request.user.pk,
        sorted(map(repr, grants.held)),
        sorted(grants.limit) if grants.limit is not None else "",
        stamps,
    ]
    return f'"{hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()}"'


@cache
def release() -> str:
    """A digest of the code that makes the answers: another release may show the same rows in another way."""
    found = hashlib.blake2b(digest_size=16)
    for folder in ("ta_portal", "programmes", "experts", "costing", "evaluations"):
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()


def _version(model: type[models.Model]) -> tuple[str, ...] | None:
    """The columns that are another after a change of the row; none are needed of rows that never change."""
    if issubclass(model, Versioned):
        return ("row_version",)
    never_changes = any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", []))
    return () if never_changes else None


def _is_own(model: type[models.Model], column: Any) -> bool:
    """Does the row itself hold all that the column shows?"""
    if isinstance(column, F):
        column = str(column.deconstruct()[1][0])
    if isinstance(column, str):
        name, _sep, further = column.partition("__")
        return not further or not model._meta.get_field(name).is_relation
    if isinstance(column, Subquery) or not hasattr(column, "get_source_expressions"):
        return False
    return all(one is None or _is_own(model, one) for one in column.get_source_expressions())
