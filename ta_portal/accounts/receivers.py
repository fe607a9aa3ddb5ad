"""What happens when somebody signs in, or fails to."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.utils import timezone

from ta_portal.accounts.middleware import SIGNED_IN_AT
from ta_portal.accounts.security_log import log_security


@receiver(user_logged_in, dispatch_uid="accounts.session_began")
def session_began(request: Any, **_signal: Any) -> None:
    """From here on the session's lifetime counts, whatever is done in it."""
    request.session[SIGNED_IN_AT] = int(timezone.now().timestamp())


@receiver(user_login_failed, dispatch_uid="accounts.sign_in_failed")
def sign_in_failed(credentials: dict[str, Any], request: Any = None, **_signal: Any) -> None:
    log_security("sign_in.failed", request, email=str(credentials.get("email", "")))
