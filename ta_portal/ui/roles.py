"""What roles are called, and who gives what a reader does not have."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import GRANTED_BY, Permission, Role
from ta_portal.accounts.models import User
from ta_portal.errors import NotPermitted

ROLES: dict[Role, Promise] = {
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
    Role.PROGRAMME_OFFICER: gettext_lazy("Programme officer"),
    Role.FINANCE_OFFICER: gettext_lazy("Finance officer"),
    Role.EVALUATOR: gettext_lazy("Evaluator"),
    Role.LIAISON: gettext_lazy("Liaison"),
    Role.EXPERT: gettext_lazy("Expert"),
    Role.VIEWER: gettext_lazy("Viewer"),
    Role.AUDITOR: gettext_lazy("Auditor"),
}


def require_anywhere(user: User, permission: Permission) -> None:
    """Raises NotPermitted, with who gives it, where the user holds the permission on nothing at all."""
    if not grants_of(user).anywhere(permission):
        raise NotPermitted(who_grants(permission))


def who_grants(permission: Permission) -> str:
    """The sentence under what is withheld: which roles have it, and who gives such a role."""
    return _("It is open to these roles: %(roles)s. An administrator can give you one.") % {"roles": _roles(permission)}


def who_may(permission: Permission) -> str:
    """The sentence beside what not everybody sees, for those who do."""
    return _("Only these roles see it: %(roles)s.") % {"roles": _roles(permission)}


def _roles(permission: Permission) -> str:
    # The separator is a translation of its own: Arabic has its own comma.
    return _(", ").join(str(ROLES[role]) for role in GRANTED_BY[permission])
