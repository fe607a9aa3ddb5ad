"""The rows of a set-based SQL function, each with its columns by name."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.db import connection

Row = dict[str, Any]


def named_rows(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[Row]:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def fraction(row: Row, name: str) -> Fraction | None:
    """The exact value of a pair of columns `<name>_num` and `<name>_den`; None where it is undefined."""
    numerator, denominator = row[f"{name}_num"], row[f"{name}_den"]
    return None if denominator is None else Fraction(numerator) / Fraction(denominator)
