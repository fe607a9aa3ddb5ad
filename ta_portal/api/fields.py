"""The fields of a row, each with the column that SQL makes it from: type, schema and query said once.

A field without a `column` of its own is read along its `source` (`engagement.ref`). Numbers leave SQL with the digits
they should have, so that a row needs no work in Python.
"""

import datetime as dt
import re
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Func
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Greatest, JSONObject
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

Column = str | Combinable

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


def path_of(field: serializers.Field[Any, Any, Any, Any]) -> str:
    """The ORM path of a field: its `source` with the ORM's own separator."""
    return str(field.source).replace(".", "__")


def column_of(field: serializers.Field[Any, Any, Any, Any]) -> Column:
    """What SQL selects for a field."""
    own = getattr(field, "column", None)
    made: Column = own() if own else path_of(field)
    return made


class DayField(serializers.DateField):
    """A day as YYYY-MM-DD, and in no other of ISO 8601's spellings."""

    default_error_messages = {
        "not_a_day": _("“{given}” is not a date such as 2025-12-31."),
        "out_of_range": _("“{given}” is outside the years 1900 to 2199."),
    }

    def to_internal_value(self, value: Any) -> dt.date:
        try:
            day = dt.date.fromisoformat(value) if _DAY.fullmatch(str(value)) else None
        except ValueError:
            day = None
        if day is None:
            self.fail("not_a_day", given=value)
        if not EARLIEST <= day <= LATEST:
            self.fail("out_of_range", given=value)
        return day


class FirstDayField(DayField):
    """The first day of a range of days."""

    def column(self) -> Column:
        return f"{path_of(self)}__startswith"


class LastDayField(DayField):
    """The last day of a range of days, null while its end is open. The database keeps the day after."""

    def column(self) -> Column:
        return Func(F(path_of(self)), template="(upper(%(expressions)s) - 1)", output_field=models.DateField())


def _exact(expression: Combinable, function: str, *more: Combinable) -> Func:
    return Func(
        expression, *more, function=function, output_field=models.DecimalField(max_digits=60, decimal_places=20)
    )


class FigureField(serializers.DecimalField):
    """A quantity, a rate, a figure of an indicator: its own digits, without trailing zeros."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 40, "decimal_places": 15, **kwargs})

    def column(self) -> Column:
        return _exact(F(path_of(self)), "trim_scale")


class MoneyField(serializers.DecimalField):
    """An amount with the minor units of its currency, or with more digits where it has them (a unit cost may)."""

    def __init__(self, *, currency: str = "currency", **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 24, "decimal_places": 4, **kwargs})
        self.minor_units = f"{currency}__minor_units"

    def column(self) -> Column:
        amount = F(path_of(self))
        own_digits = Func(amount, function="min_scale", output_field=models.IntegerField())
        return _exact(amount, "round", Greatest(F(self.minor_units), own_digits, output_field=models.IntegerField()))


class RowsField(serializers.ListField):
    """Rows below a row, in the same statement: `of` says their shape, `query` which ones (by `OuterRef`), in order."""

    def __init__(self, *, of: serializers.Serializer[Any], query: models.QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(child=of, **kwargs)
        self.query = query

    def column(self) -> Column:
        shape: Any = self.child
        parts = {name: _as_json(field) for name, field in shape.fields.items()}
        return ArraySubquery(self.query.values_list(JSONObject(**parts)))


def _as_json(field: serializers.Field[Any, Any, Any, Any]) -> Column:
    # A number in JSON would come back as a float.
    if isinstance(field, serializers.DecimalField):
        column = column_of(field)
        return Cast(F(column) if isinstance(column, str) else column, models.TextField())
    return column_of(field)


class WordField(serializers.ChoiceField):
    """One word of a closed list of the domain."""

    def __init__(self, words: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(choices=[word.value for word in words], **kwargs)


class CodeField(serializers.CharField):
    """The code of another row, where the code is that row's key: it is known or not, and not searched in."""


class CountField(serializers.IntegerField):
    """A whole number that fits a column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -(2**31), "max_value": 2**31 - 1, **kwargs})
