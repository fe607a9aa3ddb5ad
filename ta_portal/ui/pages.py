"""One view, one template: the whole page, or the part of it that htmx asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str | None = None, status: int = 200
) -> HttpResponse:
    """The page, or only its `{% partialdef %}` named `partial` if htmx is about to swap that into the page it is on.

    A boosted link and a step back in the history get the whole page. `Vary: HX-Request` keeps caches from mixing them.
    """
    name = f"{template}#{partial}" if partial and wants_part(request) else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx is going to swap the answer into a page that stands already."""
    # A request that fails early has not met the middleware that sets this.
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request
