"""What the account page shows of messages, and the link to the inbox with how many wait."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ta_portal.mail.forms import DELIVERIES
from ta_portal.mail.models import Delivery
from ta_portal.mail.selectors import choices_of, kinds_for, unread_count
from ta_portal.registry.acts import register_acts
from ta_portal.registry.panels import Panel, register_panel
from ta_portal.ui import navigation


def choice_panel(request: Any, user: Any) -> Mapping[str, Any]:
    """How the reader is told of each kind of thing that concerns them."""
    chosen = choices_of(user)
    lines = [(kind.label, DELIVERIES[Delivery(chosen[kind.key])]) for kind in kinds_for(user)]
    return {"choices": lines, "sends_mail": settings.SENDS_MAIL}


def register() -> None:
    """Called when the app is ready."""
    register_acts({"messages.chosen": _("Chosen how to be told")})
    register_panel(Panel("account", "messages", 5, "mail/_choices.html", choice_panel, heading=_("Messages")))
    navigation.register(navigation.NavItem(_("Messages"), "mail:inbox", order=95, count=unread_count))
