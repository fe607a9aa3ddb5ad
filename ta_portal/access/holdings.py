"""All that somebody may do with one row: for a page that leaves out parts, and says so."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Case, Value, When

from ta_portal.access.grants import Grant, Grants, grants_of
from ta_portal.access.permissions import ROLE_PERMISSIONS, Permission, Role, Scope
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.accounts.models import User


def permissions_on(user: User, row: models.Model) -> frozenset[Permission]:
    """The permissions that `user` holds on `row`, by every role that covers it.

    One query, however many parts of a page ask; none where every role is held on the whole portfolio.
    """
    grants = grants_of(user)
    # Kept on the row by what it was worked out from: other grants ask anew.
    known: dict[Grants, frozenset[Permission]] = row.__dict__.setdefault("held_by_grants", {})
    if grants not in known:
        known[grants] = _permissions(grants, row)
    return known[grants]


def _permissions(grants: Grants, row: models.Model) -> frozenset[Permission]:
    everywhere = {grant.role for grant in grants.held if grant.scope is Scope.PORTFOLIO}
    elsewhere = [grant for grant in grants.held if grant.role not in everywhere]
    roles = everywhere | _covering(row, elsewhere)
    held = frozenset(permission for role in roles for permission in ROLE_PERMISSIONS[role])
    return held if grants.limit is None else held & grants.limit


def _covering(row: models.Model, grants: Iterable[Grant]) -> set[Role]:
    """The roles whose scopes hold the row."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not isinstance(rows, ScopedQuerySet):
        raise TypeError(f"{type(row).__name__} has no access rule.")
    by_role = {role: Grants(frozenset(g for g in grants if g.role is role)) for role in {g.role for g in grants}}
    if not by_role:
        return set()
    # Every role may see what it covers, so this permission tells how far a role reaches.
    reach = {role.value: rows.condition(held, Permission.ENGAGEMENT_VIEW) for role, held in by_role.items()}
    asked = {f"as_{role}": Case(When(where, then=Value(True)), default=Value(False)) for role, where in reach.items()}
    answer = rows.order_by().annotate(**asked).values(*asked).first() or {}
    return {role for role in by_role if answer.get(f"as_{role.value}")}


def is_donor_staff(user: User) -> bool:
    """Does `user` hold any role but those of the ministry's side and of experts? Their pages begin elsewhere."""
    return any(grant.role not in (Role.LIAISON, Role.EXPERT) for grant in grants_of(user).held)
