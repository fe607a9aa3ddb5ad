"""Who holds which role, and on what."""

import datetime as dt

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from programmes.models import Country, Engagement, Institution, Membership, Organisation, Programme
from programmes.models.membership import SCOPE_FIELDS
from programmes.services.checks import saying
from ta_portal.access.grants import forget_grants
from ta_portal.access.permissions import Permission, Role, Scope
from ta_portal.access.querysets import require_anywhere
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit

SCOPE_OF: dict[type[models.Model], Scope] = {
    Organisation: Scope.ORGANISATION,
    Programme: Scope.PROGRAMME,
    Country: Scope.COUNTRY,
    Institution: Scope.INSTITUTION,
    Engagement: Scope.ENGAGEMENT,
}


@transaction.atomic
def grant_membership(
    *,
    user: User,
    role: Role,
    on: Organisation | Programme | Country | Institution | Engagement | None = None,
    valid: DateRange | None = None,
    by: User,
) -> Membership:
    """Give `user` a role on one row, or on the whole portfolio when `on` is left out."""
    require_anywhere(by, Permission.USER_MANAGE)
    membership = membership_of(user, role, on, valid)
    membership.created_by = by
    with saying({"membership_once": ("role", _("{user} holds this role there already.").format(user=user))}):
        membership.save(force_insert=True)
    forget_grants(user)
    audit.record("membership.granted", target=membership, by=by, user=user.pk, role=role, scope=membership.scope_kind)
    return membership


@transaction.atomic
def revoke_membership(*, membership_id: int, by: User) -> None:
    """Take a role away, at once."""
    require_anywhere(by, Permission.USER_MANAGE)
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    audit.record("membership.revoked", target=membership, by=by, user=membership.user_id, role=membership.role)
    membership.delete()


def end_liaison_memberships(*, user: User, institution: Institution, on: dt.date, by: User) -> None:
    """Let the liaison's roles that `user` was given on the institution, or on its engagements, end before `on`.

    For whoever may hand over the post that they hold: its service asks for that.
    """
    theirs = Q(institution=institution) | Q(engagement__institution=institution)
    for membership in Membership.objects.select_for_update(of=("self",)).filter(theirs, user=user, role=Role.LIAISON):
        valid = membership.valid or DateRange(None, None)
        if valid.upper and valid.upper <= on:
            continue
        audit.record("membership.ended", target=membership, by=by, user=user.pk, role=membership.role)
        if valid.lower and valid.lower >= on:
            membership.delete()
        else:
            membership.valid, membership.updated_by = DateRange(valid.lower, on, "[)"), by
            membership.save(update_fields=["valid", "updated_by"])
    forget_grants(user)


def membership_of(user: User, role: Role, on: models.Model | None, valid: DateRange | None = None) -> Membership:
    """The row, not saved, that says so."""
    scope = Scope.PORTFOLIO if on is None else SCOPE_OF[type(on)]
    named = {} if on is None else {SCOPE_FIELDS[scope]: on}
    return Membership(user=user, role=role.value, scope_kind=scope.value, valid=valid, **named)
