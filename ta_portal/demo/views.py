"""Signing in as one of the demo's people, without a password. Nothing outside the demo has an address for it."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from ta_portal.accounts.models import User
from ta_portal.demo.personas import PERSONAS

_BACKEND = "ta_portal.accounts.backend.PortalBackend"
_PERSONAS = {persona.key: persona for persona in PERSONAS}


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
