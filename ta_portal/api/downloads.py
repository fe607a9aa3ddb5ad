"""Files that somebody added, given away again: to be saved, never to be shown or run in the portal's name."""

import hashlib
from collections.abc import Iterable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from ta_portal.api.etags import matches


def file_to_save(
    request: HttpRequest, blocks: Iterable[bytes], *, name: str, media_type: str, size: int, digest: str
) -> HttpResponseBase:
    """The file as it was added, under its name; 304 where the caller has it already.

    `media_type` is what was found in it. Should a browser open it all the same, nothing in it may act.
    """
    tag = f'"{digest}"'
    if matches(request.headers.get("If-None-Match", ""), tag):
        unchanged = HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        del unchanged.headers["Content-Type"]
        return unchanged
    headers = {
        "Content-Disposition": str(content_disposition_header(True, name)),
        "Content-Length": str(size),
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StreamingHttpResponse(blocks, content_type=media_type, headers=headers)


def content_to_save(request: HttpRequest, content: bytes, *, name: str, media_type: str) -> HttpResponseBase:
    """The same of a file that is at hand whole, such as one that was made just now."""
    digest = hashlib.sha256(content).hexdigest()
    return file_to_save(request, [content], name=name, media_type=media_type, size=len(content), digest=digest)
