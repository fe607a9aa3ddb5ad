"""The last resort for a request that failed: 503 where the database is away or too slow, 500 for all else."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from ta_portal.api import problems
from ta_portal.ui import error_pages

SECONDS_TO_RECOVER = "5"


def server_error(request: HttpRequest) -> HttpResponse:
    """Called by Django while the error is at hand."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    if problems.is_api(request):
        return problems.unavailable() if away else problems.server_error()
    response = error_pages.server_error_page(request)
    if away:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response["Retry-After"] = SECONDS_TO_RECOVER
    return response
