"""What the API offers, found by walking its addresses: for the scopes of tokens, and for tests that walk them all."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def api_views(patterns: list[Any] | None = None) -> Iterator[tuple[str, type]]:
    """Each address of the API by name, with the class that answers there."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from api_views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and (view := getattr(pattern.callback, "cls", None)) is not None:
            yield pattern.name or "", view


def resource_names() -> set[str]:
    return {name for _address, view in api_views() if (name := getattr(view, "resource", ""))}
