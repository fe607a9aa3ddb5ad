"""Pages for what went wrong: what it is, who can help, and that nothing was changed.

When htmx asked, only the message is sent; its configuration (base.html) puts it into the page's message area.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from ta_portal.audit.request_id import current_request_id
from ta_portal.errors import AskedTooOften, DomainError, InvalidInput
from ta_portal.registry.nearby import near
from ta_portal.ui.pages import render_page, wants_part

# A page speaks HTTP a little differently from the API: input that a form must show again is 422, a conflict is 409.
_STATUS_ON_PAGES = {
    HTTPStatus.BAD_REQUEST: HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.PRECONDITION_FAILED: HTTPStatus.CONFLICT,
}
_TEMPLATES = {HTTPStatus.NOT_FOUND: "errors/404.html", HTTPStatus.FORBIDDEN: "errors/403.html"}


def broken_rule(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a rule that refused the act, in the rule's own words."""
    status = _STATUS_ON_PAGES.get(HTTPStatus(error.status), HTTPStatus(error.status))
    faults = error.faults if isinstance(error, InvalidInput) else ()
    template = _TEMPLATES.get(status, "errors/409.html")
    response = error_page(request, template, status, message=error.message, faults=faults)
    if isinstance(error, AskedTooOften):
        response["Retry-After"] = str(error.seconds)
    return response


def error_page(request: HttpRequest, template: str, status: HTTPStatus, **context: Any) -> HttpResponse:
    if status == HTTPStatus.NOT_FOUND and getattr(request, "user", None) and request.user.is_authenticated:
        context["nearby"] = near(request.user, request.path)
    return render_page(request, template, context, partial="problem", status=status)


def server_error_page(request: HttpRequest) -> HttpResponse:
    """The page of last resort: it asks neither the database nor the session, since one of them may be what failed."""
    template = "errors/500.html#problem" if wants_part(request) else "errors/500.html"
    text = render_to_string(template, {"reference": current_request_id()})
    return HttpResponse(text, status=HTTPStatus.INTERNAL_SERVER_ERROR)
