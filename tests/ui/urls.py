"""Addresses for the kit's own tests: its pages, and views that fail in each way."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from ta_portal.errors import DomainError, Fault, InvalidInput, NotFound, NotPermitted, StaleVersion
from ta_portal.ui.pages import render_page


class BudgetLocked(DomainError):
    code = "budget_locked"


def failing(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


@login_not_required
def page_with_part(request: HttpRequest) -> HttpResponse:
    return render_page(request, "errors/404.html", {"message": "The part."}, partial="problem")


def closed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


FAULTS = [Fault("indicators[2].baseline", "invalid", "A number is needed."), Fault("", "invalid", "No rate.")]

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("ta_portal.i18n.urls")),
    path("", include("ta_portal.ui.urls")),
    path("", include("ta_portal.mail.urls")),
    path("part/", page_with_part, name="part"),
    path("closed/", closed, name="closed"),
    path("broken/forbidden/", failing(NotPermitted("Only a finance officer approves a budget."))),
    path("broken/missing/", failing(NotFound("There is no engagement FIN-1."))),
    path("broken/stale/", failing(StaleVersion("Somebody else changed it."))),
    path("broken/input/", failing(InvalidInput(FAULTS))),
    path("broken/rule/", failing(BudgetLocked("The budget is locked."))),
    path("broken/django/", failing(PermissionDenied("No."))),
    path("broken/request/", failing(SuspiciousOperation("odd"))),
    path("broken/code/", failing(RuntimeError("a bug with a secret in its text"))),
    # The account's tokens are made and revoked above this kit.
    path("account/tokens/new/", closed, name="new-token"),
    path("account/tokens/<str:prefix>/revoke/", closed, name="revoke-token"),
    # Problems point at the page that explains them.
    path("api/v1/docs/", include(([path("", closed, name="docs")], "api"))),
    path("api/broken/", failing(BudgetLocked("The budget is locked."))),
]
handler400 = "ta_portal.ui.views.bad_request"
handler403 = "ta_portal.ui.views.forbidden"
handler404 = "ta_portal.ui.views.not_found"
handler500 = "ta_portal.ui.views.server_error"
