"""The two users as whom the portal itself writes: an author, and an approver who is somebody else.

Nobody approves their own, and a loader is no exception (schema.md, decision 8).
"""

from django.db import transaction

from programmes.models import Membership
from ta_portal.access.permissions import Role, Scope
from ta_portal.accounts.models import User
from ta_portal.accounts.services import service_user
from ta_portal.audit import services as audit


def system_author() -> User:
    """The user as whom loaders write."""
    return _administrator("author")


def system_approver() -> User:
    """The user as whom loaders approve what the author wrote."""
    return _administrator("approver")


@transaction.atomic
def _administrator(name: str) -> User:
    """Made on first use, with no person's leave: these two are how the first rows come to be. Safe to repeat."""
    user = service_user(name)
    membership, made = Membership.objects.get_or_create(
        user=user, role=Role.ADMINISTRATOR.value, scope_kind=Scope.PORTFOLIO.value
    )
    if made:
        audit.record("membership.granted", target=membership, by=None, user=user.pk, role=membership.role)
    return user
