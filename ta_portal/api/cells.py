"""Cells of a CSV file as the database writes them: guarded and quoted as in `exports`, neighbours together in one text.

A value of its own for each cell costs more on its way through the driver than the query that finds it.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField
from django.db.models.sql.compiler import SQLCompiler
from rest_framework import serializers

from ta_portal.api.fields import Column
from ta_portal.api.rows import AS_IT_IS, TEXTS_BY_SQL, Row, written_by_sql

# What a text begins with that a sheet would run, in half or full width, or after apostrophes that it strips.
BEGINS_A_FORMULA = "'=+-@\t\r\n＝＋－＠"
# What a text has in it that has to be quoted.
MARKS = ('"', ",", "\r", "\n")
# Texts, and what in JSON is none: none of them a sheet could run, or has to be quoted.
CELLS_BY_SQL: dict[type, str] = {
    kind: f"coalesce({text}, '')"
    for kind, text in {
        **TEXTS_BY_SQL,
        serializers.BooleanField: AS_IT_IS,
        serializers.IntegerField: AS_IT_IS,
    }.items()
}
_WRITTEN_BY_PEOPLE = (serializers.CharField, serializers.ChoiceField)
_FIRST = ", ".join(str(ord(character)) for character in BEGINS_A_FORMULA)
_FORMULA = r"'^''*[=+\-@\t\r\n＝＋－＠]'"
_MARKED = r"""'[",\r\n]'"""


class SideBySide(Func):
    """The cells of neighbouring columns as one text, commas between; `texts` are the places of what people wrote."""

    output_field = TextField()

    def __init__(self, *columns: Column, texts: Collection[int] = ()) -> None:
        super().__init__(*columns)
        self.texts = frozenset(texts)

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(one) for one in self.get_source_expressions()]
        parameters = [value for _sql, values in compiled for value in values]
        plain = [_guarded(sql) if place in self.texts else sql for place, (sql, _values) in enumerate(compiled)]
        if not self.texts:
            return _joined(plain), parameters
        quoted = [_quoted(sql) if place in self.texts else sql for place, (sql, _values) in enumerate(compiled)]
        # One look at all texts of a row: hardly any has to be quoted.
        texts = " || ".join(f"coalesce({compiled[place][0]}, '')" for place in sorted(self.texts))
        sql = f'CASE WHEN ({texts}) COLLATE "C" LIKE ANY (%s) THEN {_joined(quoted)} ELSE {_joined(plain)} END'
        return sql, [[f"%{mark}%" for mark in MARKS], *parameters, *parameters]


def side_by_side(shape: type[Row], columns: Mapping[str, Column]) -> tuple[list[Column], set[int]]:
    """The columns with as many neighbours as can be in one text; and the places of those texts."""
    fields = shape.declared()
    written = written_by_sql(shape, columns, CELLS_BY_SQL)
    # Only what a path leads to: it is named several times, so that it must cost nothing and hold no parameters.
    texts = {
        name
        for name, column in columns.items()
        if name not in written and isinstance(column, str) and isinstance(fields[name], _WRITTEN_BY_PEOPLE)
    }
    found: list[Column] = []
    places = set()
    for by_sql, neighbours in groupby(columns, key=lambda name: name in written or name in texts):
        names = list(neighbours)
        if by_sql:
            places.add(len(found))
            places_of_texts = {place for place, name in enumerate(names) if name in texts}
            found.append(SideBySide(*(written.get(name, columns[name]) for name in names), texts=places_of_texts))
        else:
            found += [columns[name] for name in names]
    return found, places


def _joined(cells: Iterable[str]) -> str:
    return " || ',' || ".join(f"({one})" for one in cells)


def _guarded(text: str) -> str:
    """With an apostrophe before what a sheet would run. Its first character tells almost always that it would not."""
    runs = f"ascii({text}) IN ({_FIRST}) AND {text} ~ {_FORMULA}"
    return f"CASE WHEN {runs} THEN '''' || {text} ELSE coalesce({text}, '') END"


def _quoted(text: str) -> str:
    guarded = _guarded(text)
    return f"""CASE WHEN {text} ~ {_MARKED} THEN '"' || replace({guarded}, '"', '""') || '"' ELSE {guarded} END"""
