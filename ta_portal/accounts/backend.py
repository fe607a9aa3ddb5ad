"""Reading who is signed in, once a request; kits above say what is read of them in the same breath."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models.expressions import Combinable

from ta_portal.accounts.models import User

_carried: dict[str, Combinable] = {}


def carry(name: str, expression: Combinable) -> None:
    """Called by a kit when it is ready: each page's frame shows it, so it must not cost each page a query."""
    _carried[name] = expression


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.annotate(**_carried).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
