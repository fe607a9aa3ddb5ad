"""Each request leaves one line in the log and one figure in the metrics: its route, never its address or its body."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty

from ta_portal.monitoring import metrics

logger = logging.getLogger("ta_portal.requests")

# Asked for every few seconds by machines: counted, not written down.
QUIET = frozenset({"healthz", "readyz", "metrics"})


class RequestRecordMiddleware:
    """Stands right behind the one that gives the request its id. An export is timed until its first line is ready."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.monotonic()
        response = self.get_response(request)
        seconds = time.monotonic() - begun
        route = request.resolver_match.route if request.resolver_match else "none"
        metrics.observe(request.method or "", route, response.status_code, seconds)
        if route not in QUIET:
            logger.info(
                "request",
                extra={
                    "event": "request",
                    "user": _user_id(request),
                    "method": request.method,
                    "route": route,
                    "status": response.status_code,
                    "seconds": round(seconds, 4),
                },
            )
        return response


def _user_id(request: HttpRequest) -> Any:
    """Who asked, where that is known already: a line in the log is not worth a query."""
    user = getattr(request, "user", None)
    if isinstance(user, LazyObject) and user.__dict__.get("_wrapped") is empty:
        return None
    return getattr(user, "pk", None)
