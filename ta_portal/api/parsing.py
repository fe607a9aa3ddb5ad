"""Reading what clients send: JSON, of a size and a depth that a request may have."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from ta_portal.api.rendering import dumps
from ta_portal.errors import TooLarge


class JSONParser(parsers.JSONParser):
    """JSON that can be written again as it was read: no endless depth or number, and no half of a character."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            dumps(data)
        except (RecursionError, TypeError) as wrong:
            raise ParseError(_("This JSON is nested too deeply, or holds a number or text beyond all use.")) from wrong
        return data


def refuse_too_large(content_length: str, most: int | None) -> None:
    """DRF reads a body whole, whatever Django's limit says: so the limit is held before it is read."""
    if most is not None and content_length.isdigit() and int(content_length) > most:
        raise TooLarge(_("A request may hold {most} bytes; this one is larger.").format(most=most))
