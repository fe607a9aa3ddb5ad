"""How often a caller may ask in a minute. Counted in the database, where all processes see it (traps 18, 28)."""

import time
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import ngettext

from ta_portal.access.grants import are_known, holdings_parameters, holdings_statement, keep_holdings
from ta_portal.accounts.models import User
from ta_portal.errors import AskedTooOften

_MINUTE = 60
# One statement, so that two calls at once are two calls; sorted, so that two statements do not wait for each other.
_COUNT = """
    INSERT INTO api_calls AS kept (caller, kind, minute, n)
    SELECT caller, kind, %(minute)s, 1
    FROM unnest(%(callers)s::text[], %(kinds)s::text[]) AS asked (caller, kind) ORDER BY caller, kind
    ON CONFLICT (caller, kind) DO UPDATE
    SET n = CASE WHEN kept.minute = excluded.minute THEN kept.n + 1 ELSE 1 END, minute = excluded.minute
    RETURNING kind, n
"""
# What every call needs to know beside it, in the same round trip: what the caller holds.
_COUNT_AND_GRANTS = """
    WITH counted AS ({count})
    SELECT kind, n, NULL, NULL, NULL, NULL FROM counted
    UNION ALL SELECT NULL, NULL, role, scope, number, code FROM ({holdings}) held (role, scope, number, code)
"""


class Asked(StrEnum):
    """Kinds of requests with a limit of their own: the dearer, the stricter."""

    ANYTHING = "anything"
    SEARCH = "search"
    EXPORT = "export"


def seconds_to_wait(callers: Collection[str], kinds: Iterable[Asked], *, user: User | None = None) -> int | None:
    """Count one request of `callers` (a token and its user): None if it may go on, else when to come back.

    A request that is refused counts too. One query, which also reads the grants of `user`.
    """
    now = int(time.time())
    pairs = sorted((caller, kind.value) for caller in callers for kind in kinds)
    asked: dict[str, Any] = {
        "minute": now // _MINUTE,
        "callers": [caller for caller, _kind in pairs],
        "kinds": [kind for _caller, kind in pairs],
    }
    with connection.cursor() as cursor:
        if user is None or are_known(user):
            cursor.execute(_COUNT, asked)
            counted: list[tuple[Any, ...]] = cursor.fetchall()
        else:
            statement = _COUNT_AND_GRANTS.format(count=_COUNT, holdings=holdings_statement())
            cursor.execute(statement, asked | holdings_parameters(user))
            found = cursor.fetchall()
            counted = [row[:2] for row in found if row[0] is not None]
            keep_holdings(user, [row[2:] for row in found if row[0] is None])
    over = any(n > settings.API_CALLS_PER_MINUTE[kind] for kind, n in counted)
    return _MINUTE - now % _MINUTE if over else None


def count_file(*, by: User) -> None:
    """Count a file taken from a page among the exports of REST; raises AskedTooOften where it is one too many."""
    seconds = seconds_to_wait([f"user:{by.pk}"], [Asked.EXPORT], user=by)
    if seconds is not None:
        said = ngettext(
            "You have taken more files than one may in a minute: try again in %(count)d second.",
            "You have taken more files than one may in a minute: try again in %(count)d seconds.",
            seconds,
        )
        raise AskedTooOften(said % {"count": seconds}, seconds=seconds)
