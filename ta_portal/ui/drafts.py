"""What a browser is told that keeps a form as a draft while it is typed."""

from http import HTTPStatus
from typing import Any

from django.db import models
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from ta_portal.ui.http import PortalRequest
from ta_portal.ui.keeping import DRAFT_KEY, keep_as_draft
from ta_portal.ui.services.kept_forms import DraftMovedOn


def draft_answer(request: PortalRequest, row: models.Model) -> HttpResponse:
    """Keep the draft and say so: 200; 409 where its author went on elsewhere; 413 where it cannot be kept.

    That somebody saved `row` since the form was opened is told as well, and changes nothing yet: whoever saves second
    sees both versions.
    """
    try:
        kept_at = keep_as_draft(request)
    except DraftMovedOn as moved:
        return JsonResponse({"said": _went_on(moved)}, status=HTTPStatus.CONFLICT)
    if kept_at is None:
        return JsonResponse({"said": _("This is too much to be kept.")}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    said = _("Kept at %(time)s.") % {"time": _time(kept_at)}
    return JsonResponse({"key": request.POST[DRAFT_KEY], "said": f"{said} {_who_saved(request, row)}".strip()})


def _went_on(moved: DraftMovedOn) -> str:
    if moved.kept_at is None:
        return _("You saved or dropped this draft in another place. Nothing is lost: see both versions.")
    words = _("You went on in another place at %(time)s. Nothing is lost: see both versions.")
    return words % {"time": _time(moved.kept_at)}


def _who_saved(request: PortalRequest, row: Any) -> str:
    if str(getattr(row, "row_version", "")) == request.POST.get("row_version", ""):
        return ""
    told = {"who": row.updated_by or row.created_by or _("Somebody"), "time": _time(row.updated_at)}
    return _("%(who)s saved this at %(time)s: when you save, you will see both versions.") % told


def _time(moment: Any) -> str:
    return time_format(timezone.localtime(moment), "TIME_FORMAT")
