"""What a token may be used for: `read` for everything its user sees, or `resource:verb` for less, or for one act."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from ta_portal.access.permissions import Permission
from ta_portal.errors import InvalidInput

READ = "read"
CREATE, UPDATE, DELETE = "create", "update", "delete"
# Verbs of `resource:verb`. A token for an act also sees what it acts on.
VERBS = frozenset({READ, CREATE, UPDATE, DELETE})
_FORM = re.compile(r"([a-z][a-z-]*):([a-z]+)")

# Everything that is looking and not doing. A token never sees more than its user does.
VIEWING = frozenset(
    {
        Permission.ENGAGEMENT_VIEW,
        Permission.COST_VIEW,
        Permission.COST_DETAIL_VIEW,
        Permission.RATE_VIEW,
        Permission.AUDIT_VIEW,
        Permission.NOTE_VIEW,
        Permission.EXPORT,
    }
)


def allows(scopes: Iterable[str], resource: str, verb: str) -> bool:
    """May a token with these scopes do `verb` to `resource`?"""
    held = frozenset(scopes)
    return f"{resource}:{verb}" in held or (verb == READ and READ in held)


def check_scopes(scopes: Iterable[str], *, resources: Iterable[str]) -> None:
    """Refuse scopes that name no resource or verb of this portal: they would look granted and open nothing."""
    known = frozenset(resources)
    for scope in scopes:
        form = _FORM.fullmatch(scope)
        if scope != READ and (form is None or form[1] not in known or form[2] not in VERBS):
            raise InvalidInput.at(
                "scope",
                _("“{scope}” is no scope: give “read”, or a resource and a verb such as “engagements:read”.").format(
                    scope=scope
                ),
                code="unknown_scope",
            )
