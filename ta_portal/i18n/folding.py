"""Searching in words: whatever the case of letters and the marks on them, by one rule in every database.

The rule is SQL's own (`sql/folding.sql`), for what is searched and for what is searched by: the server's locale, which
PostgreSQL's ILIKE goes by, has no say in it.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.lookups import Lookup


class Holds(Lookup[Any]):
    """`title__holds="sao tome"`: the text is somewhere in the column. Nothing in it stands for anything else."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, of_column = self.process_lhs(compiler, connection)
        text, of_text = self.process_rhs(compiler, connection)
        return f"strpos(ta_folded({column}::text), ta_folded({text})) > 0", (*of_column, *of_text)


def register() -> None:
    """Called when the app is ready."""
    models.Field.register_lookup(Holds)


def holding(words: str, *fields: str) -> Q:
    """The rows that hold every one of `words` somewhere in `fields`."""
    found = Q()
    for word in words.split():
        found &= Q(*((f"{field}__holds", word) for field in fields), _connector=Q.OR)
    return found
