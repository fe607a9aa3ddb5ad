"""In which language a request is answered."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """The reader's profile decides, else the cookie that a visitor's choice left, else what the browser asks for.

    It stands after AuthenticationMiddleware, because it reads the profile. The language holds for this request only.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response


def language_of(request: HttpRequest) -> str:
    """The code of the language for this request, always one that the portal speaks."""
    spoken = dict(settings.LANGUAGES)
    profile = getattr(request.user, "language", "")
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    chosen = next((code for code in (profile, cookie) if code in spoken), None)
    return chosen or translation.get_language_from_request(request)
