"""Rows on their way into the database by COPY: numbered from the tables' own sequences, a chunk at a time."""

import io
from collections.abc import Iterator
from typing import Any, cast

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.db.models.fields import NOT_PROVIDED

from ta_portal.accounts.models import User

# So many numbers are drawn from a sequence at first and at most; what is left of the last draw is never used.
DRAWN_FIRST, DRAWN_AT_ONCE = 16, 1024

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """The rows of one model since the last flush. `add` takes the values of `names`, in that order."""

    def __init__(self, cursor: CursorWrapper, model: type[models.Model], *names: str, **constants: Any) -> None:
        self._cursor = cursor
        self.name = model._meta.db_table
        rest = {**_defaults(model, {*names, *constants}), **constants}
        self._is_numbered = isinstance(model._meta.pk, models.AutoField)
        columns = [*(["id"] if self._is_numbered else []), *(_column(model, name) for name in [*names, *rest])]
        self._copy = f"COPY {self.name} ({', '.join(columns)}) FROM STDIN"
        self._width = len(names)
        self._tail = "".join(f"\t{_text(value)}" for value in rest.values()) + "\n"
        self._rows = io.StringIO()
        self._ids = self._draw()
        self.count = 0

    def add(self, *values: Any) -> int:
        """Keep one row for the next flush, and say its number; 0 for a table that is numbered by another."""
        assert len(values) == self._width, f"{self.name} takes {self._width} values"  # noqa: S101 - a slip of ours
        found = next(self._ids) if self._is_numbered else 0
        if self._is_numbered:
            self._rows.write(f"{found}\t")
        self._rows.write("\t".join(map(_text, values)) + self._tail)
        self.count += 1
        return found

    def flush(self) -> None:
        if self._rows.tell():
            self._rows.seek(0)
            # psycopg2's own; Django's wrapper hands it through, and its errors as they are.
            with self._cursor.db.wrap_database_errors:
                cast(Any, self._cursor).copy_expert(self._copy, self._rows)
            self.forget()

    def forget(self) -> None:
        """Let go of what was added since the last flush."""
        self._rows = io.StringIO()

    def _draw(self) -> Iterator[int]:
        """Each time twice as many: few are wasted on few rows, and many rows cost few queries."""
        many = DRAWN_FIRST
        while True:
            self._cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [self.name, many]
            )
            yield from [number for (number,) in self._cursor.fetchall()]
            many = min(2 * many, DRAWN_AT_ONCE)


class Tables:
    """Tables that are filled together and flushed in the order in which they lean on each other."""

    def __init__(self, cursor: CursorWrapper, author: User) -> None:
        self._cursor = cursor
        self._author = author
        self._tables: list[Table] = []

    def of(self, model: type[models.Model], *names: str, **constants: Any) -> Table:
        known = {field.name for field in model._meta.concrete_fields}
        by = {"created_by_id": self._author.pk} if "created_by" in known else {}
        table = Table(self._cursor, model, *names, **{**by, **constants})
        self._tables.append(table)
        return table

    def counts(self) -> dict[str, int]:
        """How many rows of each kind were written, by table."""
        return {table.name: table.count for table in self._tables}

    def flush(self) -> None:
        for table in self._tables:
            table.flush()

    def forget(self) -> None:
        for table in self._tables:
            table.forget()


def days(first: object, after: object | None) -> str:
    """A range of days as PostgreSQL writes it: from `first` until the day before `after`, or without an end."""
    return f"[{first},{'' if after is None else after})"


def _column(model: type[models.Model], name: str) -> str:
    field = next(field for field in model._meta.concrete_fields if name in (field.attname, field.column))
    return f'"{field.column}"'


def _defaults(model: type[models.Model], given: set[str]) -> dict[str, Any]:
    """What Django, and not the database, would fill in."""
    return {
        field.attname: field.get_default()
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.null or field.generated)
        and field.db_default is NOT_PROVIDED
        and field.attname not in given
        and field.column not in given
    }


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES) if not value.isalnum() else value
    if isinstance(value, list):
        return "{" + ",".join(f'"{item}"' for item in value) + "}"
    return "{}" if value == {} else str(value)
