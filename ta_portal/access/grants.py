"""What a user holds: their roles and on what, read once and carried on the user for the rest of the request.

Where grants come from the kit does not know: apps register sources (memberships; the deployments of an expert). An API
token narrows its user's grants, it never widens them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from ta_portal.access.permissions import ROLE_PERMISSIONS, Permission, Role, Scope


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One role on one scope. `scope_id` is the row's key, None for the portfolio."""

    role: Role
    scope: Scope
    scope_id: int | str | None = None


@dataclass(frozen=True, slots=True)
class Grants:
    """All that somebody holds. `limit` is what their token allows, None for a person at the keyboard."""

    held: frozenset[Grant] = frozenset()
    limit: frozenset[Permission] | None = None

    def scopes(self, permission: Permission) -> dict[Scope, frozenset[int | str]]:
        """On what the permission is held, by kind of scope; empty if nowhere."""
        if self.limit is not None and permission not in self.limit:
            return {}
        found: dict[Scope, set[int | str]] = {}
        for grant in self.held:
            if permission in ROLE_PERMISSIONS[grant.role]:
                ids = found.setdefault(grant.scope, set())
                if grant.scope_id is not None:
                    ids.add(grant.scope_id)
        return {scope: frozenset(ids) for scope, ids in found.items()}

    def anywhere(self, permission: Permission) -> bool:
        return bool(self.scopes(permission))

    def everywhere(self, permission: Permission) -> bool:
        return Scope.PORTFOLIO in self.scopes(permission)


_sources: list[str] = []


def register_grant_source(statement: str) -> None:
    """Called by an app when it is ready: a SELECT of what the user %(user)s holds on the day %(today)s.

    Its columns: the role, the kind of scope, and the key of the scope's row as a number or else as a code.
    """
    if statement not in _sources:
        _sources.append(statement)


def holdings_statement() -> str:
    """All sources as one SELECT, for who asks something else of the database in the same breath."""
    return " UNION ALL ".join(_sources)


def holdings_of_everybody(person: str) -> str:
    """The same for whichever person a surrounding statement names by this column: `%(today)s` is left to be given."""
    return holdings_statement() % {"user": person, "today": "%(today)s"}


def holdings_parameters(user: Any) -> dict[str, Any]:
    return {"user": user.pk, "today": timezone.localdate()}


def grants_of(user: Any) -> Grants:
    """Everything `user` holds; nothing for a stranger. One query, once per user object."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Grants()
    kept: Grants | None = getattr(user, "_grants", None)
    if kept is None:
        kept = Grants(_held_by(user), getattr(user, "_grants_limit", None))
        user._grants = kept
    return kept


def _held_by(user: Any) -> frozenset[Grant]:
    if not hasattr(user, "_holdings"):
        with connection.cursor() as cursor:
            cursor.execute(holdings_statement(), holdings_parameters(user))
            keep_holdings(user, cursor.fetchall())
    found: frozenset[Grant] = user._holdings
    return found


def keep_holdings(user: Any, rows: Iterable[Sequence[Any]]) -> None:
    """Carry on `user` what the rows of `holdings_statement` say that they hold."""
    user._holdings = frozenset(
        Grant(Role(role), Scope(scope), number if number is not None else code) for role, scope, number, code in rows
    )


def are_known(user: Any) -> bool:
    """Whether what `user` holds was read already."""
    return hasattr(user, "_holdings")


def limit_grants(user: Any, permissions: frozenset[Permission]) -> None:
    """Narrow what `user` holds in this request to `permissions`: what a token's scopes allow. No query."""
    user._grants_limit = permissions
    _forget(user, "_grants")


def forget_grants(user: Any) -> None:
    """After a membership changed in the same process: read anew. The limit of a token stays."""
    _forget(user, "_grants", "_holdings")


def _forget(user: Any, *names: str) -> None:
    for name in names:
        # Not by its `__dict__`: Django's user of a session is a proxy.
        if hasattr(user, name):
            delattr(user, name)
