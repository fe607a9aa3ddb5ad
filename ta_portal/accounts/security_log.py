"""What those who watch over the portal read: who came in, who was not let in, who was refused what.

One line for each, and every value quoted as JSON, so that nothing a caller chooses can begin a line of its own.
"""

import json
import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied

logger = logging.getLogger("ta_portal.security")


def log_security(event: str, request: Any, **fields: Any) -> None:
    """Write `event` (`sign_in.failed`) with who asked for what, from where, and the event's own fields."""
    user = getattr(request, "user", None)
    told = {
        **fields,
        "method": getattr(request, "method", ""),
        "path": getattr(request, "path", ""),
        "user": getattr(user, "pk", None),
        "address": client_address(request),
    }
    fields_told = " ".join(f"{name}={json.dumps(value)}" for name, value in told.items())
    logger.warning("%s %s", event, fields_told, extra={"event": event, "user": told["user"]})


def client_address(request: Any) -> str:
    """Where a request came from, past the proxies that are ours (TRUSTED_PROXIES); empty if that cannot be said."""
    if request is None or not getattr(request, "META", None):
        return ""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
