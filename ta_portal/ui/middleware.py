"""The edges of a request: its id on the way in and out, and a broken rule turned into a page that says so."""

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from ta_portal.accounts.security_log import log_security
from ta_portal.audit.request_id import set_request_id
from ta_portal.errors import DomainError, TooLarge
from ta_portal.ui import error_pages
from ta_portal.ui.keeping import TICKET, keep_what_was_typed, kept_until_sign_in
from ta_portal.ui.pages import wants_part

GetResponse = Callable[[HttpRequest], HttpResponse]

API_PREFIX = "/api/"
_MEGABYTE = 1024 * 1024
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
# It goes into logs and audit events as it comes: letters, digits and dashes only, or we make our own.
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """One id for the request, its log lines and its audit events: the caller's X-Request-ID if usable, or our own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        set_request_id(request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class EdgeHeadersMiddleware:
    """The headers that every answer carries, whoever gave it: a page, the API, a file, a redirect, an error.

    It stands outside of all that can fail: a refusal of Django's own security middleware would go without them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.EDGE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class HeadMiddleware:
    """HEAD is answered as GET is, with the same status and headers, and without the body: for every address alike.

    It stands outside of what measures and compresses a body, so that its length is told as GET would tell it; and
    inside of what counts and logs requests, which see that HEAD was asked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return _with_head_allowed(self.get_response(request))
        request.method = "GET"
        try:
            response = self.get_response(request)
        finally:
            request.method = "HEAD"
        return _without_body(response)


class LongestRequestMiddleware:
    """What is longer than any request may be is refused for the length that it announces: nothing of it is read.

    It stands inside of all that a page needs, and before the token against forged forms is looked for, in the body.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or ""
        if announced.isdigit() and int(announced) > settings.LONGEST_REQUEST:
            most = settings.LONGEST_REQUEST // _MEGABYTE
            said = _(
                "What you sent is larger than {most} MB, which is the most that is taken at once. Nothing was read."
            )
            return error_pages.broken_rule(request, TooLarge(said.format(most=most)))
        return self.get_response(request)


class RefusalLogMiddleware:
    """Who was not let in, or not let do something: one line each, for those who watch over the portal.

    Nothing of it can break the line: what the caller chose (the address) is quoted as JSON.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in _REFUSALS:
            log_security("request.refused", request, status=response.status_code)
        return response


class PageCompressionMiddleware(GZipMiddleware):
    """Pages travel compressed. Answers of the API do not: compression weakens their ETags (traps 8)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class SignInMiddleware(LoginRequiredMiddleware):
    """Everything but the public pages is for those who are signed in.

    A form that comes too late is kept for its author: the sign-in page says so, and leads back to the form.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if keep_what_was_typed(request):
            messages.info(request, kept_until_sign_in())
        return super().handle_no_permission(request, view_func)


class DomainErrorMiddleware:
    """A DomainError becomes an error page (the API kit has its own answer for /api/).

    A sign-in page that was meant for the browser would land inside the fragment that htmx swaps (traps 22): then htmx
    is told to go there, and to come back to the page it was on, or to the form that was sent.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_part(request) and _leads_to_sign_in(response):
            return HttpResponseClientRedirect(_sign_in_and_return_to(request))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError) or request.path.startswith(API_PREFIX):
            return None
        return error_pages.broken_rule(request, exception)


def _without_body(response: HttpResponse) -> HttpResponse:
    if isinstance(response, StreamingHttpResponse):
        # Nothing of it was made yet, and nothing will be: it is closed with the response.
        response.streaming_content = ()
    else:
        response.content = b""
    return response


def _with_head_allowed(response: HttpResponse) -> HttpResponse:
    allowed = response.headers.get("Allow", "").split(", ")
    if "GET" in allowed and "HEAD" not in allowed:
        response.headers["Allow"] = ", ".join([*allowed, "HEAD"])
    return response


def _leads_to_sign_in(response: HttpResponse) -> bool:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return True
    return isinstance(response, HttpResponseRedirect) and response.url.partition("?")[0] == _sign_in_url()


def _sign_in_and_return_to(request: HttpRequest) -> str:
    query = QueryDict(mutable=True)
    page: str = getattr(request, "htmx").current_url_abs_path or "/"  # noqa: B009 - set by HtmxMiddleware
    query["next"] = request.get_full_path() if request.method == "POST" and TICKET in request.POST else page
    return f"{_sign_in_url()}?{query.urlencode(safe='/')}"


def _sign_in_url() -> str:
    return resolve_url(settings.LOGIN_URL)
