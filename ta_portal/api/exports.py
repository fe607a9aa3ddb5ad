"""A list as a file: all of it, read through a cursor of the database and sent as it comes, in constant memory.

The transaction is read-only in effect and takes no id, so an export holds back no feed. It ends with the response: a
client that hangs up leaves nothing open, one that stops reading is cut off by the database.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from ta_portal.api.cells import BEGINS_A_FORMULA, CELLS_BY_SQL, MARKS, side_by_side
from ta_portal.api.fields import Column
from ta_portal.api.rendering import dumps, plain
from ta_portal.api.rows import TEXTS_BY_SQL, Row, written_by_sql

# So few that Python's collector of garbage finds nothing to go through: larger batches take longer.
ROWS_AT_A_TIME = 500
# A sheet would run what begins like this, in half or full width; so would it after apostrophes that it strips.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_STARTS = frozenset(BEGINS_A_FORMULA)

Rows = Iterable[Mapping[str, Any]]
Batch = Sequence[tuple[dict[str, Any], Any]]


class _Form(BaseRenderer):
    """For content negotiation: the answer is written by `export`."""

    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else dumps(data)


class CSVForm(_Form):
    """RFC 4180 in UTF-8: a row of field names, then the rows."""

    media_type = "text/csv"
    format = "csv"


class LinesForm(_Form):
    """One JSON object a line."""

    media_type = "application/x-ndjson"
    format = "ndjson"


FORMS: tuple[type[_Form], ...] = (CSVForm, LinesForm)


def is_export(request: Request) -> bool:
    return isinstance(getattr(request, "accepted_renderer", None), FORMS)


def export(
    request: Request,
    name: str,
    rows: QuerySet[Any],
    columns: Mapping[str, Column],
    *,
    shape: type[Row],
    fields: Sequence[str],
    complete: Callable[[Batch], Rows] | None,
) -> StreamingHttpResponse:
    """The file of `rows`. Where `columns` lack some `fields`, `complete` makes whole rows of a batch with its keys."""
    form: Any = request.accepted_renderer
    if isinstance(form, LinesForm):
        columns = {**columns, **written_by_sql(shape, columns, TEXTS_BY_SQL)}
        write = _as_lines(_batches(rows, columns, fields, complete), fields)
    elif complete is None:
        together, cells = side_by_side(shape, columns)
        write = _as_csv(_batches(rows, dict(enumerate(together)), fields, None), fields, cells)
    else:
        written = written_by_sql(shape, columns, CELLS_BY_SQL)
        cells = {place for place, field in enumerate(fields) if field in written}
        write = _as_csv(_batches(rows, {**columns, **written}, fields, complete), fields, cells)
    file_name = f"{name}-{timezone.localdate().isoformat()}.{form.format}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return StreamingHttpResponse(write, content_type=f"{form.media_type}; charset=utf-8", headers=headers)


def _batches(
    rows: QuerySet[Any], columns: Mapping[Any, Column], fields: Sequence[str], complete: Callable[[Batch], Rows] | None
) -> Iterator[Sequence[Sequence[Any]]]:
    """A batch a time, from a cursor on the server. It is closed with the transaction, however this ends."""
    names = list(columns)
    asked = rows.values_list(*columns.values(), *(["pk"] if complete is not None else []))
    # What a query set's own iterator does, without steps in Python for every row.
    compiler = asked.query.get_compiler(connection=connection)
    with one_reading():
        for found in compiler.execute_sql(chunked_fetch=True, chunk_size=ROWS_AT_A_TIME):
            batch = list(compiler.results_iter(results=[found]))
            if complete is None:
                yield batch
            else:
                whole = complete([(dict(zip(names, values, strict=False)), values[-1]) for values in batch])
                yield [[row[name] for name in fields] for row in whole]


@contextmanager
def one_reading() -> Iterator[None]:
    """The transaction in which a file is read, for as long as settings.API_EXPORT_PATIENCE lets it wait."""
    seconds = settings.API_EXPORT_PATIENCE
    with transaction.atomic():
        # A client that does not read keeps a transaction open: so long, and no longer.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config(name, %s, true) FROM unnest(%s) AS name",
                [f"{seconds}s", ["idle_in_transaction_session_timeout", "statement_timeout"]],
            )
        yield


def _as_lines(batches: Iterable[Sequence[Sequence[Any]]], fields: Sequence[str]) -> Iterator[bytes]:
    for batch in batches:
        yield b"".join(dumps(dict(zip(fields, values, strict=True))) + b"\n" for values in batch)


def _as_csv(
    batches: Iterable[Sequence[Sequence[Any]]], fields: Sequence[str], ready: Collection[int]
) -> Iterator[bytes]:
    """The `ready` columns are cells as they come; the others are made into cells, a column of a batch at once."""
    yield _lines([[field] for field in fields])
    for batch in batches:
        columns = enumerate(zip(*batch, strict=True))
        yield _lines([one if place in ready else _cells(one) for place, one in columns])


def csv_file(name: str, lines: Iterator[bytes]) -> StreamingHttpResponse:
    """A file that is taken from a page: sent as it is made, and kept by no cache."""
    file_name = f"{name}-{timezone.localdate().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def csv_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    """Lines of the values in `rows`, made into cells."""
    return _lines([_cells(column) for column in zip(*rows, strict=True)])


def _lines(columns: Sequence[Sequence[str]]) -> bytes:
    """Lines of the cells in `columns`. It comes to what Python's writer makes of them row by row, in half the time."""
    if len(columns) == 1:
        # An empty line would be no row.
        columns = [[value or '""' for value in columns[0]]]
    return ("\r\n".join(map(",".join, zip(*columns, strict=True))) + "\r\n").encode()


def _cells(column: Sequence[Any]) -> Sequence[str]:
    """The column as cells, quoted where need be. Most columns are texts of which nothing need be: one look at all."""
    if set(map(type, column)) <= {str, type(None)}:
        cells = [value or "" for value in column]
        if not _STARTS.isdisjoint([value[:1] for value in cells]):
            cells = [cell(value) for value in cells]
    else:
        cells = [cell(value) for value in column]
    together = "".join(cells)
    return [_quoted(value) for value in cells] if any(mark in together for mark in MARKS) else cells


def _quoted(value: str) -> str:
    return '"{}"'.format(value.replace('"', '""')) if any(mark in value for mark in MARKS) else value


def cell(value: Any) -> str:
    """A value as a cell: numbers stay numbers, a text that a sheet would run gets an apostrophe before it.

    To read it back: where apostrophes stand before one of `= + - @`, tab or line end, take away the first.
    """
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return _WRITTEN.get(type(value), _as_json)(value)


def _as_json(value: Any) -> str:
    return dumps(value).decode()


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _value: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    Decimal: lambda value: format(value, "f"),
    dt.date: dt.date.isoformat,
    dt.datetime: plain,
    UUID: str,
}
