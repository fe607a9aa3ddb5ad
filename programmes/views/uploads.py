"""Files of evidence in slices, for the script of a report's form: begun, gone on with after a cut line, and ended."""

import uuid
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from programmes.models import EvidenceUpload
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.evidence import indicator_named
from programmes.selectors.progress import report_at
from programmes.services.uploads import SLICE, begin_upload, end_upload, take_slice, upload_of
from programmes.tables.evidence import file_line
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.errors import DomainError, InvalidInput, NotFound, NotPermitted
from ta_portal.ui.http import PortalRequest

OFFSET = "Upload-Offset"


@require_POST
def begin(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """Begin with a file, or go on with it: 201, with the address for its slices and how much has come."""
    engagement = visible_engagement(request.user, ref)
    report = report_at(engagement, code)
    require(request.user, Permission.PROGRESS_LOG, report)
    sent = request.POST
    try:
        row = begin_upload(
            report_id=report.pk,
            name=sent.get("name", ""),
            size=_number(sent.get("size", "")),
            sha256=sent.get("sha256", ""),
            indicator=indicator_named(engagement, sent.get("about", "")),
            by=request.user,
        )
    except DomainError as error:
        return _refused(error)
    told = {"address": f"{request.path}{row.public_id}/", "offset": row.received}
    return JsonResponse(told, status=HTTPStatus.CREATED)


@require_http_methods(["GET", "PATCH", "POST"])
def upload(request: PortalRequest, ref: str, code: str, public_id: uuid.UUID) -> HttpResponse:
    """GET or HEAD: how much has come. PATCH: the next slice. POST: that was all."""
    visible_engagement(request.user, ref)
    try:
        if request.method == "PATCH":
            return _so_far(_taken(request, public_id))
        if request.method == "POST":
            return _ended(request, ref, public_id)
        return _so_far(upload_of(public_id=public_id, by=request.user))
    except DomainError as error:
        return _refused(error)


def _taken(request: PortalRequest, public_id: uuid.UUID) -> EvidenceUpload:
    upload_of(public_id=public_id, by=request.user)
    # Before it is read.
    if _number(request.META.get("CONTENT_LENGTH") or "") > SLICE:
        raise InvalidInput.at("file", _("A slice holds {most} bytes at most.").format(most=SLICE))
    at = _number(request.headers.get(OFFSET, ""))
    return take_slice(public_id=public_id, at=at, data=request.body, by=request.user)


def _ended(request: PortalRequest, ref: str, public_id: uuid.UUID) -> HttpResponse:
    """With the line that the page adds to its list."""
    line = file_line(end_upload(public_id=public_id, by=request.user), ref)
    return JsonResponse({"key": line.key, "html": render_to_string("programmes/_report_file.html", {"file": line})})


def _so_far(row: EvidenceUpload) -> HttpResponse:
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={OFFSET: str(row.received)})


def _number(text: str) -> int:
    """A whole number; -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _refused(error: DomainError) -> HttpResponse:
    """A sentence for the script to show. What is not there, or not to be done, is told as everywhere."""
    if isinstance(error, NotFound | NotPermitted):
        raise error
    faults = error.faults if isinstance(error, InvalidInput) else ()
    said = " ".join(fault.message for fault in faults) or error.message
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else error.status
    return JsonResponse({"said": said}, status=status)
