"""The scopes that are worth giving to a token of somebody: for what they hold on anything at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.api.resources import api_views
from ta_portal.api.scopes import CREATE, DELETE, READ, UPDATE

ORDER = (READ, CREATE, UPDATE, DELETE)


@dataclass(frozen=True, slots=True)
class Holdable:
    """A resource, and the verbs of it that its reader may use somewhere, in the order of ORDER."""

    resource: str
    verbs: tuple[str, ...]

    def scopes(self) -> list[str]:
        return [f"{self.resource}:{verb}" for verb in self.verbs]


def holdable_scopes(user: User) -> list[Holdable]:
    """What `user` may see and do over REST, by resource; nothing where they hold no role. One query at most."""
    found: dict[str, set[str]] = {}
    for _address, view in api_views():
        resource = getattr(view, "resource", "")
        # The OpenAPI file is everybody's: its resource opens nothing.
        if resource and resource != "schema" and (verbs := _verbs(view, user)):
            found.setdefault(resource, set()).update(verbs)
    return [Holdable(name, tuple(verb for verb in ORDER if verb in found[name])) for name in sorted(found)]


def _verbs(view: Any, user: User) -> set[str]:
    if not _holds(user, [getattr(view, "view_permission", Permission.ENGAGEMENT_VIEW)]):
        return set()
    acts = [(act.verb, act.permissions) for act in getattr(view, "acts", {}).values()]
    if view.act_permissions:
        acts.append((view.verb, view.act_permissions))
    return {READ, *(verb for verb, permissions in acts if _holds(user, permissions))}


def _holds(user: User, permissions: Iterable[Permission]) -> bool:
    return any(grants_of(user).anywhere(permission) for permission in permissions)
