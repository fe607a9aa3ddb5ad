"""Rows as REST shows them: a serializer's fields compiled into the columns of one SQL statement.

No model instance and no serializer runs for a row (ten times faster); the declaration serves the statement, the
filters and the OpenAPI file alike.

A page is read in one statement of two halves. Which rows, and what of them is for the caller: built for every request.
What is shown of a row: the same for everybody, so compiled once (building it took longer than running it).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import RawSQL
from rest_framework import serializers

from ta_portal.api.fields import Column, column_of

# What the database writes as `rendering.plain` does, several times as fast. An instant has its microseconds or none.
AS_IT_IS = "(%(expressions)s)::text"
_INSTANT = """replace(to_char((%(expressions)s) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')"""
TEXTS_BY_SQL: dict[type, str] = {
    serializers.DecimalField: AS_IT_IS,
    serializers.DateField: AS_IT_IS,
    serializers.UUIDField: AS_IT_IS,
    serializers.DateTimeField: _INSTANT,
}


# What one resource shows. Each field says where it comes from; see `ta_portal.api.fields`. (No docstring: the OpenAPI
# file would give it to every row.)
class Row(serializers.Serializer[Any]):
    @classmethod
    def declared(cls) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields by name, in order."""
        return dict(_instance(cls).fields)

    @classmethod
    def columns(cls, names: Sequence[str]) -> dict[str, Column]:
        fields = cls.declared()
        return {name: column_of(fields[name]) for name in names}


@cache
def _instance(shape: type[Row]) -> Row:
    return shape()


def where_shown(column: Column, condition: Q) -> Column:
    """The column on rows where the caller may see it, null elsewhere."""
    return Case(When(condition, then=_expression(column)), default=Value(None))


def written_by_sql(shape: type[Row], columns: Mapping[str, Column], kinds: Mapping[type, str]) -> dict[str, Column]:
    """Of `columns` those whose fields are of `kinds`, each as the text that the database makes of it."""
    fields = shape.declared()
    templates = {
        name: next((sql for kind, sql in kinds.items() if isinstance(fields[name], kind)), "") for name in columns
    }
    return {
        name: Func(_expression(one), template=templates[name], output_field=TextField())
        for name, one in columns.items()
        if templates[name]
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """The columns of one row, its key being `page.pk`, as SQL. It is kept between requests and holds nothing of any."""

    names: tuple[str, ...]
    sql: str
    parameters: tuple[Any, ...]
    # By column: what Django does to a value of it, with the expression that it is of.
    converters: Mapping[int, tuple[Sequence[Any], Any]]

    def converted(self, values: Sequence[Any]) -> dict[str, Any]:
        """The row by its fields' names, from what the database gave."""
        row = dict(zip(self.names, values, strict=False))
        for number, (converters, expression) in self.converters.items():
            for convert in converters:
                row[self.names[number]] = convert(row[self.names[number]], expression, connection)
        return row


# A caller may choose any fields: so many choices are kept, and no more.
@lru_cache(maxsize=1000)
def shown(shape: type[Row], model: type[models.Model], names: tuple[str, ...]) -> Shown:
    asked = shape.columns(names)
    asked |= written_by_sql(shape, asked, TEXTS_BY_SQL)
    columns = {f"shown_{number}": _expression(column) for number, column in enumerate(asked.values())}
    # Raw: the key is a column of the other half, which the ORM does not know of.
    one = model._base_manager.filter(pk=RawSQL("page.pk", ())).annotate(**columns).values_list(*columns)
    compiler = one.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    return Shown(names, sql, tuple(parameters), compiler.get_converters([part for part, _sql, _as in compiler.select]))


@dataclass(frozen=True, slots=True)
class Keys:
    """What is read of a row beside what is shown: the paths it is ordered by, each with its direction, and others."""

    order: Sequence[tuple[str, str]]
    others: Sequence[str] = ()


def read(window: QuerySet[Any], what: Shown | None, keys: Keys, *, guards: Mapping[str, Q]) -> list[tuple[Any, ...]]:
    """The values of the rows of `window` as the database gives them: first those of `what`, then those of `keys`.

    A field of `guards` is null where its condition does not hold. One query.
    """
    names = what.names if what is not None else ()
    asked = {name: condition for name, condition in guards.items() if name in names}
    order = [f"key_{number}" for number in range(len(keys.order))]
    parts: dict[str, Any] = {"page_pk": F("pk")}
    parts |= dict(zip(order, [F(path) for path, _direction in keys.order], strict=True))
    parts |= {f"other_{number}": F(path) for number, path in enumerate(keys.others)}
    parts |= {f"may_{names.index(name)}": _holds(condition) for name, condition in asked.items()}
    try:
        sql, parameters = window.annotate(**parts).values_list(*parts).query.sql_with_params()
    except EmptyResultSet:
        return []
    columns = [_guarded(number, guarded=name in asked) for number, name in enumerate(names)]
    columns += [f"page.{name}" for name in parts if name.startswith(("key_", "other_"))]
    by = ", ".join(f"page.{name} {way}" for name, (_path, way) in zip(order, keys.order, strict=True))
    page = ", ".join(["pk", *list(parts)[1:]])
    statement = f"SELECT {', '.join(columns)} FROM ({sql}) page({page})"  # noqa: S608 - names of our own
    if what is not None:
        statement += f" CROSS JOIN LATERAL ({what.sql}) shown({', '.join(f'shown_{n}' for n in range(len(names)))})"
        parameters = (*parameters, *what.parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY {by}", parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _guarded(number: int, *, guarded: bool) -> str:
    return f"CASE WHEN page.may_{number} THEN shown.shown_{number} END" if guarded else f"shown.shown_{number}"


def _holds(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _expression(column: Column) -> Any:
    return F(column) if isinstance(column, str) else column


def fetch(
    rows: QuerySet[Any], columns: Mapping[str, Column], *keys: Column
) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    """The rows as dicts of `columns`, each with the values of `keys`. One query, in the rows' own order."""
    names = list(columns)
    for values in rows.values_list(*columns.values(), *keys):
        yield dict(zip(names, values, strict=False)), values[len(names) :]
