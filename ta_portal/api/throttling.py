"""Limits on asking: each token, and each user over all tokens, so much a minute; less of what costs more."""

from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ta_portal.api.exports import is_export
from ta_portal.api.models import ApiToken
from ta_portal.api.services.limits import Asked, seconds_to_wait

if TYPE_CHECKING:
    from ta_portal.api.views import PortalView


class CallerThrottle(BaseThrottle):
    """Strangers are not counted: they are sent away before they cost anything."""

    def __init__(self) -> None:
        self.seconds: int | None = None

    def allow_request(self, request: Request, view: "PortalView") -> bool:  # type: ignore[override]
        if not request.user.is_authenticated:
            return True
        self.seconds = seconds_to_wait(_callers(request), _kinds(request), user=request.user)
        return self.seconds is None

    def wait(self) -> int | None:
        return self.seconds


def _callers(request: Request) -> list[str]:
    token: Any = request.auth
    user = f"user:{request.user.pk}"
    return [user, f"token:{token.pk}"] if isinstance(token, ApiToken) else [user]


def _kinds(request: Request) -> list[Asked]:
    kinds = [Asked.ANYTHING]
    if "search" in request.query_params or any(name.endswith("__icontains") for name in request.query_params):
        kinds.append(Asked.SEARCH)
    if is_export(request):
        kinds.append(Asked.EXPORT)
    return kinds
