"""Is the portal alive, and which of its parts is missing. Public, so it names parts and no hosts."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ta_portal.monitoring import database, installation
from ta_portal.registry.checks import Check


@require_GET
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@require_GET
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Which parts are missing: 503. Without the broker jobs wait and all else goes on: degraded, and still ready."""
    missing = ["database"] if _is_missing(database.database) else []
    if not missing and _is_missing(database.migrations):
        missing.append("tables")
    if _is_missing(installation.static_files):
        missing.append("static files")
    degraded = ["broker"] if _is_missing(installation.broker) else []
    status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
    return JsonResponse({"ready": not missing, "missing": missing, "degraded": degraded}, status=status)


def _is_missing(check: Check) -> bool:
    return not all(finding.is_well for finding in check())
