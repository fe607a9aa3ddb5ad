"""How signing in differs from what django-allauth does by itself."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ta_portal.accounts.security_log import log_security


class ClosedSignUpAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are given by an administrator: its sign-up page is open by default, ours says that there is none."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """After too many attempts nothing is tried any more: that too is written down."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            log_security("sign_in.throttled", request, email=str(credentials.get("email", "")))
            raise
