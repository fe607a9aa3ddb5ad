"""Evidence on pages: a file of a report, for whoever may see the report."""

import uuid

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from programmes.selectors.engagements import visible_engagement
from programmes.selectors.evidence import visible_evidence
from programmes.services.file_store import kept
from ta_portal.api.downloads import file_to_save
from ta_portal.ui.http import PortalRequest


@require_GET
def evidence(request: PortalRequest, ref: str, public_id: uuid.UUID) -> HttpResponseBase:
    """The file, to be saved."""
    row = visible_evidence(request.user, visible_engagement(request.user, ref), public_id)
    return file_to_save(
        request, kept(row.sha256), name=row.name, media_type=row.media_type, size=row.size, digest=row.sha256
    )
