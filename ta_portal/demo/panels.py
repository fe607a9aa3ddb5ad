"""The way to what the demo sent, on the account page of its administrators."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.registry.panels import Panel, register_panel


def sent_mail_panel(request: Any, user: Any) -> Mapping[str, Any]:
    """Whether the reader may open the page that shows what was sent."""
    return {"is_open": grants_of(user).anywhere(Permission.USER_MANAGE)}


def register() -> None:
    """Called when the app is ready, and only in the demo."""
    register_panel(Panel("account", "sent-mail", 6, "demo/_sent_mail.html", sent_mail_panel, heading=_("Sent e-mail")))
