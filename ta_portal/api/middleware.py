"""What goes wrong under /api/ before or beside its views (a host that is none, a crash in between) is a problem too."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from ta_portal.api.problems import MEDIA_TYPE, is_api, not_found, problem, server_error, unavailable

_FIRST_ERROR = 400
_SAID = {
    HTTPStatus.FORBIDDEN: ("not_permitted", _l("You may not do this.")),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too_large", _l("This request is larger than a request may be.")),
}


class ProblemMiddleware:
    """An error page under /api/ becomes application/problem+json; everything else goes by as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < _FIRST_ERROR or not is_api(request):
            return response
        if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return _instead_of(response)


def _instead_of(page: HttpResponseBase) -> HttpResponseBase:
    if page.status_code == HTTPStatus.NOT_FOUND:
        return not_found()
    if page.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return unavailable()
    if page.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return server_error()
    if page.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = {"Allow": page.headers.get("Allow", "")}
        return problem(page.status_code, "method_not_allowed", _("This method is not known here."), headers=allowed)
    code, said = _SAID.get(HTTPStatus(page.status_code), ("invalid", _l("This request cannot be understood.")))
    return problem(page.status_code, code, str(said))
