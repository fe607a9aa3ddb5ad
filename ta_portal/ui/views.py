"""Handlers for what goes wrong (wired in `ta_portal.urls` and settings), and the page that shows every component."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from ta_portal.access.grants import grants_of
from ta_portal.accounts import services
from ta_portal.accounts.models import Density
from ta_portal.i18n.views import way_back
from ta_portal.registry.panels import panels_for
from ta_portal.ui import error_pages, samples
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.keeping import keep_what_was_typed, kept_until_sign_in
from ta_portal.ui.pages import render_page, wants_part
from ta_portal.ui.roles import ROLES

# How Django's reasons begin where the form is ours but not of this sign-in; other sites are refused for other reasons.
_OUT_OF_DATE = "CSRF "


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_pages.error_page(request, "errors/400.html", HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_pages.error_page(request, "errors/403.html", HTTPStatus.FORBIDDEN, message=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_pages.error_page(request, "errors/404.html", HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_pages.server_error_page(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that cannot be trusted: most often a page that stood open while somebody signed in or out.

    What its author typed is kept for them: it comes back in a form that can be trusted, and is not saved before that.
    """
    ticket = keep_what_was_typed(request) if reason.startswith(_OUT_OF_DATE) else None
    if ticket is not None and not request.user.is_authenticated:
        messages.info(request, kept_until_sign_in())
        return _go(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': ticket.address})}")
    if ticket is not None and ticket.owner_id == request.user.pk:
        return _go(request, ticket.address)
    message = _(
        "This form is out of date, or your browser refuses cookies. Go back, reload the page and send it again."
    )
    return error_pages.error_page(request, "errors/403.html", HTTPStatus.FORBIDDEN, message=message)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if wants_part(request) else redirect(address)


@require_GET
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    """How to find one's way, what the words mean, and who can help. Open to all: it stands in every page's foot."""
    return render_page(request, "ui/help.html", {})


@require_GET
@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the portal does for everybody to be able to use it, and what it does not do yet."""
    return render_page(request, "ui/accessibility.html", {})


@require_GET
def account(request: PortalRequest) -> HttpResponse:
    """Who the reader is to the portal: name, language, roles, and what other parts of the portal keep of them."""
    held = sorted(grants_of(request.user).held)
    parts = [(panel, panel.context(request, request.user)) for panel in panels_for("account")]
    roles = [ROLES[role] for role in dict.fromkeys(grant.role for grant in held)]
    return render_page(request, "ui/account.html", {"roles": roles, "parts": parts})


@require_POST
def choose_density(request: PortalRequest) -> HttpResponse:
    """Keep in the reader's profile how close rows and buttons stand, and go back to the page they were on.

    What is no density changes nothing.
    """
    density = request.POST.get("density")
    if density in ("", *Density.values):
        services.choose_density(user=request.user, density=density)
        messages.success(request, _("Pages are shown as you chose."))
    return redirect(way_back(request))


@require_GET
@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in each of its states, on invented data; only in development and in the demo."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render_page(request, "ui/styleguide.html", samples.all_components())
