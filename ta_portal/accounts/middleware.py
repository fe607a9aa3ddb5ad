"""How long a session lasts, however busy it is: settings.SESSION_LIFETIME_HOURS."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

GetResponse = Callable[[HttpRequest], HttpResponse]

SIGNED_IN_AT = "signed_in_at"
_AN_HOUR = 60 * 60


class SessionLifetimeMiddleware:
    """Ends a session that is older than it may be, or that does not say how old it is.

    Django's own expiry moves on with every write to the session, so that one in use would never end. Only who is
    signed in is looked at: the request of a stranger costs nothing here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and _is_over(request):
            logout(request)
        return self.get_response(request)


def _is_over(request: HttpRequest) -> bool:
    began = request.session.get(SIGNED_IN_AT)
    lifetime = settings.SESSION_LIFETIME_HOURS * _AN_HOUR
    return not isinstance(began, int) or timezone.now().timestamp() >= began + lifetime
