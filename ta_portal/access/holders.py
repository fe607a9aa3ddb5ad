"""Who holds a permission on rows: the access rule asked the other way round, for whoever is to be told something.

It reads the same sources of grants, and the same paths of scopes, as `permitted` does, so that nobody is told of a row
that they could not open.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from ta_portal.access.grants import holdings_of_everybody
from ta_portal.access.permissions import Permission, Scope, roles_with
from ta_portal.access.querysets import ScopedQuerySet

_HOLDERS = """
    WITH reach (row_id, scope, scope_key) AS ({reach}),
    held (user_id, scope, scope_key) AS (
        SELECT person.id, holding.scope, coalesce(holding.number::text, holding.code, '')
        FROM portal_user person CROSS JOIN LATERAL ({holdings}) holding (role, scope, number, code)
        WHERE person.is_active AND NOT person.is_service AND holding.role = ANY (%(roles)s)
    )
    SELECT DISTINCT reach.row_id, held.user_id FROM held JOIN reach
    ON reach.scope = held.scope AND reach.scope_key = held.scope_key
"""


def holders(rows: ScopedQuerySet[Any], permission: Permission) -> Mapping[int, frozenset[int]]:
    """The people who hold the permission on each row, by the row's key; services are none. One query.

    For roots of access (engagements), which say themselves on which scopes their rows hang.
    """
    if rows.scope_parents:
        raise TypeError(f"{rows.model.__name__} hangs on other rows: ask about those.")
    reach, values = _reach(rows)
    statement = _HOLDERS.format(reach=reach, holdings=holdings_of_everybody("person.id"))
    values |= {"roles": [role.value for role in roles_with(permission)], "today": timezone.localdate()}
    found: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for row_id, user_id in cursor.fetchall():
            found[row_id].add(user_id)
    return {row_id: frozenset(people) for row_id, people in found.items()}


def _reach(rows: ScopedQuerySet[Any]) -> tuple[str, dict[str, Any]]:
    """Each row with every scope that covers it, as SQL with named values: the portfolio, and the ends of its paths."""
    keys, values = rows.order_by(), dict[str, Any]()
    all_rows = _named(keys.values("pk"), "all", values)
    parts = [f"SELECT id, '{Scope.PORTFOLIO.value}', ''::text FROM ({all_rows}) a (id)"]  # noqa: S608 - ours
    for scope, paths in rows.scope_paths.items():
        for path in paths:
            asked = keys.annotate(scope_key=F(path)).values("pk", "scope_key")
            inner = _named(asked, f"{scope.value}_{len(parts)}", values)
            parts.append(
                f"SELECT id, '{scope.value}', key::text FROM ({inner}) a (id, key) WHERE key IS NOT NULL"  # noqa: S608
            )
    return " UNION ALL ".join(parts), values


def _named(asked: QuerySet[Any, Any], prefix: str, values: dict[str, Any]) -> str:
    """A queryset as SQL whose values have names of their own, to stand beside others."""
    sql, given = asked.query.sql_with_params()
    names = [f"{prefix}_{number}" for number in range(len(given))]
    values.update(zip(names, given, strict=True))
    return str(sql).replace("%%", "%%%%") % tuple(f"%({name})s" for name in names)
