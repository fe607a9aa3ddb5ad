"""What the API shows on a reader's account page: the tokens that act as them."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ta_portal.api.models import ApiToken
from ta_portal.registry.acts import register_acts
from ta_portal.registry.panels import Panel, register_panel


def token_panel(request: Any, user: Any) -> Mapping[str, Any]:
    """The reader's own tokens, the newest first; never their text, which was shown once."""
    now = timezone.now()
    rows = ApiToken.objects.filter(user=user).order_by("-created_at", "-pk")
    return {"tokens": [(row, row.revoked_at is None and row.expires_at > now) for row in rows]}


def register() -> None:
    """Called when the app is ready."""
    register_acts({"api_token.created": _("Token made"), "api_token.revoked": _("Token revoked")})
    register_panel(Panel("account", "tokens", 10, "api/_tokens.html", token_panel, heading=_("Tokens for the API")))
