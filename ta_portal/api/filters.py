"""Filters, search and order of a list, over the fields that its view names; the fields parse the values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from ta_portal.api.fields import CodeField, column_of
from ta_portal.api.parameters import LONGEST_TEXT, first_message, text_of
from ta_portal.api.rows import Row
from ta_portal.errors import Fault, InvalidInput
from ta_portal.i18n.folding import holding

MOST_VALUES = 100

_RANGE = ("", "in", "gte", "lte")
_TEXT = ("", "in", "icontains")
_CHOICE = ("", "in")
# The database's own `icontains` would go by its locale.
_IN_SQL = {"": "exact", "icontains": "holds"}
_LOOKUPS: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[str, ...]], ...] = (
    (serializers.BooleanField, ("",)),
    (serializers.ChoiceField, _CHOICE),
    (serializers.UUIDField, _CHOICE),
    (CodeField, _CHOICE),
    (serializers.CharField, _TEXT),
    (serializers.DecimalField, _RANGE),
    (serializers.IntegerField, _RANGE),
    (serializers.DateField, _RANGE),
    (serializers.DateTimeField, _RANGE),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter (`due__gte`) and the field and lookup behind it."""

    parameter: str
    field: serializers.Field[Any, Any, Any, Any]
    name: str
    lookup: str

    def parse(self, text: str) -> Any:
        if self.lookup == "in":
            return [self._one(part) for part in text.split(",")[: MOST_VALUES + 1]]
        return self._one(text)

    def _one(self, text: str) -> Any:
        if self.lookup == "icontains":
            return serializers.CharField(max_length=LONGEST_TEXT).run_validation(text)
        return self.field.run_validation(text)


@cache
def filters_on(shape: type[Row], names: tuple[str, ...]) -> Mapping[str, Filter]:
    """The parameters that filter a list of `shape` by the fields `names`."""
    fields = shape.declared()
    return {
        parameter: Filter(parameter, fields[name], name, lookup)
        for name in names
        for lookup in _lookups_of(fields[name])
        for parameter in [f"{name}__{lookup}" if lookup else name]
    }


def _lookups_of(field: serializers.Field[Any, Any, Any, Any]) -> tuple[str, ...]:
    return next(lookups for kind, lookups in _LOOKUPS if isinstance(field, kind))


def reference(rows: QuerySet[Any], shape: type[Row], name: str) -> tuple[QuerySet[Any], str]:
    """A field as something that `filter` and `order_by` understand: its path, or a name for its expression."""
    column = column_of(shape.declared()[name])
    if isinstance(column, str):
        return rows, column
    alias = f"field_{name}"
    # `annotate`, not `alias`: a page also reads the value, for its cursor.
    return rows.annotate(**{alias: column}), alias


def apply_filters(
    rows: QuerySet[Any], shape: type[Row], filters: Mapping[str, Filter], given: QueryDict
) -> QuerySet[Any]:
    """The rows that every given filter lets through. Raises InvalidInput naming each that cannot be read."""
    faults: list[Fault] = []
    for parameter in given.keys() & filters.keys():
        wanted = filters[parameter]
        try:
            value = wanted.parse(given.get(parameter, ""))
        except serializers.ValidationError as wrong:
            faults.append(Fault(parameter, "invalid", first_message(wrong)))
            continue
        if wanted.lookup == "in" and len(value) > MOST_VALUES:
            faults.append(
                Fault(parameter, "too_many", _("At most {most} values can be given.").format(most=MOST_VALUES))
            )
            continue
        rows, path = reference(rows, shape, wanted.name)
        rows = rows.filter(**{f"{path}__{_IN_SQL.get(wanted.lookup, wanted.lookup)}": value})
    if faults:
        raise InvalidInput(sorted(faults, key=lambda fault: fault.place))
    return rows


def apply_search(rows: QuerySet[Any], shape: type[Row], names: Sequence[str], text: str) -> QuerySet[Any]:
    """The rows that hold every word of `text` somewhere in the fields `names`."""
    paths = []
    for name in names:
        rows, path = reference(rows, shape, name)
        paths.append(path)
    return rows.filter(holding(text_of(text, "search"), *paths))


@dataclass(frozen=True, slots=True)
class Order:
    """One key of a list's order. Null comes last going up and first going down, as in PostgreSQL."""

    path: str
    descending: bool

    def expression(self, *, reverse: bool) -> Combinable:
        down = self.descending != reverse
        return F(self.path).desc(nulls_first=True) if down else F(self.path).asc(nulls_last=True)

    def direction(self, *, reverse: bool) -> str:
        """The same as SQL says it."""
        return "DESC NULLS FIRST" if self.descending != reverse else "ASC NULLS LAST"

    def beyond(self, value: Any, *, reverse: bool) -> Q:
        """What comes strictly after `value` in this order."""
        if self.descending != reverse:
            return Q(**{f"{self.path}__isnull": False}) if value is None else Q(**{f"{self.path}__lt": value})
        if value is None:
            return Q(pk__in=[])
        return Q(**{f"{self.path}__gt": value}) | Q(**{f"{self.path}__isnull": True})

    def level_with(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})


def read_order(text: str, allowed: Sequence[str]) -> list[tuple[str, bool]]:
    """`-due,code` as names and directions; raises InvalidInput for a field that is not to be ordered by."""
    found: list[tuple[str, bool]] = []
    for word in text.split(",") if text else []:
        name = word.removeprefix("-")
        if name not in allowed or name in [earlier for earlier, _down in found]:
            raise InvalidInput.at(
                "ordering",
                _("“{word}” cannot be ordered by here; use: {allowed}.").format(
                    word=word, allowed=", ".join(allowed) or _("nothing")
                ),
            )
        found.append((name, word.startswith("-")))
    return found
