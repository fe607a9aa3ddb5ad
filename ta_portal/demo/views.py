"""Signing in as one of the demo's people, and reading what it sent. Outside the demo there is no address for these."""

from typing import cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.api.downloads import content_to_save
from ta_portal.demo.models import SentMail
from ta_portal.demo.personas import PERSONAS
from ta_portal.errors import NotFound
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import require_anywhere

_BACKEND = "ta_portal.accounts.backend.PortalBackend"
_PERSONAS = {persona.key: persona for persona in PERSONAS}
LINES_ON_A_PAGE = 25
# A letter's HTML stands in a frame that may do nothing: no script, no form, nothing loaded, no way out.
_LETTER = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": [""],
}


@require_POST
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the persona that was clicked, and go where the reader wanted to go."""
    persona = _PERSONAS.get(request.POST.get("persona", ""))
    user = User.objects.filter(email=persona.email).first() if persona else None
    if user is None:
        raise Http404
    login(request, user, backend=_BACKEND)
    return HttpResponseRedirect(_wanted_page(request))


def _wanted_page(request: HttpRequest) -> str:
    """The page that asked for the sign-in, never another site."""
    address = request.POST.get("next", "")
    same_site = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if same_site else "/"


@require_GET
def sent_mail(request: PortalRequest) -> HttpResponse:
    """What the demo would have sent, the newest first."""
    require_anywhere(request.user, Permission.USER_MANAGE)
    page = Paginator(SentMail.objects.order_by("-pk"), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render_page(request, "demo/sent_mail.html", {"page": page}, partial="letters")


@require_GET
def letter(request: PortalRequest, key: int) -> HttpResponse:
    """One e-mail: its head, its text, and its HTML in a frame of its own."""
    return render_page(request, "demo/letter.html", {"mail": _found(request, key)})


@require_GET
@csp(_LETTER)  # type: ignore[arg-type]  # its types know no parts of addresses
def letter_html(request: HttpRequest, key: int) -> HttpResponse:
    """The HTML of an e-mail as it was sent, for the frame."""
    response = HttpResponse(_found(request, key).html)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_GET
def letter_file(request: HttpRequest, key: int, file: int) -> HttpResponseBase:
    """A file that the e-mail carried, to be saved."""
    found = _found(request, key).files.filter(pk=file).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return content_to_save(request, bytes(found.content), name=found.name, media_type=found.media_type)


def _found(request: HttpRequest, key: int) -> SentMail:
    require_anywhere(cast(User, request.user), Permission.USER_MANAGE)
    found = SentMail.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found
