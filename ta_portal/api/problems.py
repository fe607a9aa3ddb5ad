"""Every error of the API as `application/problem+json` (RFC 9457): one shape, a stable code, each fault's place."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.core.signals import got_request_exception
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from rest_framework import exceptions
from rest_framework.views import set_rollback

from ta_portal.api.rendering import dumps
from ta_portal.errors import DomainError, Fault, InvalidInput

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
API_PREFIX = "/api/"
_SECONDS_TO_RECOVER = "5"
# SQLSTATE of a foreign key whose row was removed by somebody else before this transaction ended.
_GONE_MEANWHILE = "23503"
# What the docs say of each code; a rule of the business adds its own.
CODES = {
    "invalid": _l("A parameter or field cannot be used; `errors` names each."),
    "parse_error": _l("The body is not the JSON it should be."),
    "not_authenticated": _l("The request carries no token."),
    "invalid_token": _l("The token is unknown, has ended, was revoked, or may not be used from this address."),
    "scope_missing": _l("The token's scopes do not include this."),
    "permission_denied": _l("A browser's request to act came without the token against forged forms (CSRF)."),
    "not_permitted": _l("You see this, but your role does not allow the act."),
    "not_found": _l("There is nothing here, or nothing that you may see: the two look alike."),
    "method_not_allowed": _l("The address does not know this method."),
    "stale": _l("Somebody changed this after you read it: `If-Match` names a version that is no longer there."),
    "if_match_missing": _l("A change of what exists names the version it is meant for, in `If-Match`."),
    "conflict": _l("Somebody changed what this rests on at the same moment: read again, and try again."),
    "not_acceptable": _l("The answer cannot be given in a form that was asked for."),
    "unsupported_media_type": _l("The body is in a form that is not read here."),
    "too_large": _l("The body is larger than a request may be."),
    "feed_restarted": _l("The watermark is from before a restore: read everything again."),
    "idempotency_key_reused": _l("The same Idempotency-Key came with another request."),
    "out_of_range": _l("A value is outside what can be stored or compared."),
    "throttled": _l("Too many requests: wait as long as Retry-After says."),
    "unavailable": _l("The database does not answer just now: try again."),
    "internal": _l("Something went wrong on our side. Nothing was changed."),
}


def problem(
    status: int, code: str, detail: str, *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """One problem. `code` is stable; `detail` is a sentence for a person; each fault names its field."""
    body: dict[str, Any] = {
        "type": f"{reverse('api:docs')}#{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
    }
    if faults:
        body["errors"] = [{"field": f.place, "code": f.code, "message": f.message} for f in faults]
    return HttpResponse(dumps(body), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def problem_response(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler. What nobody expected is logged and reported, and told to the caller as 500."""
    set_rollback()
    if getattr(error.__cause__, "pgcode", None) == _GONE_MEANWHILE:
        return _conflict()
    for kind, answer in _ANSWERS:
        if isinstance(error, kind):
            return answer(error)
    return _unexpected(error, context["request"]._request)


def not_found() -> HttpResponse:
    """The one answer for what is not there and for what the caller may not see."""
    return problem(
        HTTPStatus.NOT_FOUND, "not_found", _("There is nothing at this address, or nothing that you may see.")
    )


def server_error() -> HttpResponse:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal", _("Something went wrong on our side. Nothing was changed.")
    )


def unavailable() -> HttpResponse:
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        _("The database does not answer just now. Try again in a few seconds."),
        headers={"Retry-After": _SECONDS_TO_RECOVER},
    )


def is_api(request: HttpRequest) -> bool:
    """For the project's error handlers: pages answer with pages, the API with problems."""
    return request.path.startswith(API_PREFIX)


def _of_domain(error: DomainError) -> HttpResponse:
    if isinstance(error, InvalidInput):
        return _invalid(error.faults, status=error.status, code=error.code)
    return problem(error.status, error.code, error.message)


def _of_framework(error: exceptions.APIException) -> HttpResponse:
    if isinstance(error, exceptions.ValidationError):
        return _invalid(list(faults_in(error.detail)))
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    codes: Any = error.get_codes()
    return problem(
        error.status_code, codes if isinstance(codes, str) else "invalid", str(error.detail), headers=headers
    )


def _invalid(
    faults: Sequence[Fault], *, status: int = HTTPStatus.BAD_REQUEST, code: str = InvalidInput.code
) -> HttpResponse:
    sentences = [f"{fault.place}: {fault.message}" if fault.place else fault.message for fault in faults]
    return problem(status, code, " ".join(sentences), faults=faults)


def faults_in(detail: Any, place: str = "") -> Iterator[Fault]:
    """DRF nests errors as the input is nested; a reader wants one list with paths such as `rows.3.amount`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from faults_in(inner, ".".join(part for part in (place, own) if part))
    elif isinstance(detail, list | tuple):
        for number, inner in enumerate(detail):
            leaf = isinstance(inner, str)
            yield from faults_in(inner, place if leaf else f"{place}.{number}".lstrip("."))
    else:
        yield Fault(place, getattr(detail, "code", "invalid"), str(detail))


def _model_faults(error: ModelValidationError) -> Iterator[Fault]:
    if not hasattr(error, "error_dict"):
        for fault in error.error_list:
            yield Fault("", fault.code or "invalid", " ".join(fault.messages))
        return
    for name, found in error.error_dict.items():
        place = "" if name == NON_FIELD_ERRORS else name
        for fault in found:
            yield Fault(place, fault.code or "invalid", " ".join(fault.messages))


def _forbidden(error: PermissionDenied) -> HttpResponse:
    return problem(HTTPStatus.FORBIDDEN, "not_permitted", str(error) or _("You may not do this."))


def _conflict() -> HttpResponse:
    """What the database refuses at the end of a transaction: of two acts at once the other one came first."""
    return problem(
        HTTPStatus.CONFLICT, "conflict", _("Somebody changed what this rests on at the same moment. Read it again.")
    )


def _out_of_range(_error: DataError) -> HttpResponse:
    return problem(HTTPStatus.BAD_REQUEST, "out_of_range", _("A value is outside what can be stored or compared."))


def _suspicious(_error: SuspiciousOperation) -> HttpResponse:
    return problem(HTTPStatus.BAD_REQUEST, "invalid", _("This request cannot be understood."))


def _unexpected(error: Exception, request: HttpRequest) -> HttpResponse:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return unavailable() if isinstance(error, OperationalError | InterfaceError) else server_error()


_ANSWERS: tuple[tuple[type[Exception], Callable[[Any], HttpResponse]], ...] = (
    (DomainError, _of_domain),
    (exceptions.APIException, _of_framework),
    (ModelValidationError, lambda error: _invalid(list(_model_faults(error)))),
    (Http404, lambda _error: not_found()),
    (PermissionDenied, _forbidden),
    (SuspiciousOperation, _suspicious),
    (DataError, _out_of_range),
)
