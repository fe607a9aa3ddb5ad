"""Choosing a language; public, since one does so before signing in (Django's own view is closed to visitors)."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

_A_YEAR = 365 * 24 * 60 * 60


@require_POST
@login_not_required
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language, in the profile of whoever is signed in and in this browser, and go back to the page.

    A language that the portal does not speak changes nothing.
    """
    response = HttpResponseRedirect(way_back(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _remember(request, response, language)
    return response


def _remember(request: HttpRequest, response: HttpResponse, language: str) -> None:
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_A_YEAR,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )


def way_back(request: HttpRequest) -> str:
    """The page that the reader was on, never another site."""
    address = request.POST.get("next", "")
    same_site = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if same_site else "/"
