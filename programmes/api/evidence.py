"""Evidence over REST: the files that back progress reports, added as forms and given away as they came."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from programmes.domain.evidence import MediaType
from programmes.models import Evidence, Indicator, ProgressReport
from programmes.services.evidence import add_evidence, remove_evidence
from programmes.services.file_store import kept
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.api.downloads import file_to_save
from ta_portal.api.fields import CountField, WordField
from ta_portal.api.inputs import Input, OneOf
from ta_portal.api.rendering import dumps
from ta_portal.api.rows import Row
from ta_portal.api.writing import Act, WritableViewSet
from ta_portal.errors import NotFound

_AROUND_A_FILE = 64 * 1024


class EvidenceRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="report.period.engagement.ref")
    progress_report = serializers.UUIDField(source="report.public_id")
    indicator = serializers.CharField(
        source="indicator.code", allow_null=True, help_text="The figure that it backs; null: the report as a whole."
    )
    name = serializers.CharField()
    media_type = WordField(MediaType, help_text="As found in the file, whatever was said of it.")
    size = CountField(help_text="In bytes.")
    sha256 = serializers.CharField(help_text="Of its content; its ETag too.")
    added_by = serializers.CharField(source="created_by.full_name", allow_null=True)
    added_at = serializers.DateTimeField(source="created_at")
    updated_at = serializers.DateTimeField()


@extend_schema_field({"type": "string", "format": "binary"})
class SentFile(serializers.FileField):
    """A file; what is wrong with it is said by the service."""


class EvidenceInput(Input):
    """As `multipart/form-data`. The same file for the same figure is kept once."""

    progress_report = OneOf(ProgressReport, by="public_id")
    indicator = OneOf(Indicator, within="engagement", required=False, help_text="The figure that it backs.")
    file = SentFile(allow_empty_file=True, help_text="PDF, JPEG, PNG, WebP, plain text, CSV, DOCX, XLSX, ODT or ODS.")

    def engagement_of(self, values: Mapping[str, Any]) -> int | None:
        found: int = values["progress_report"].period.engagement_id
        return found


class EvidenceViewSet(WritableViewSet):
    """Files that back progress reports, and their figures."""

    resource = "evidence"
    queryset = Evidence.objects.all()
    row = EvidenceRow
    engagement_path = "report__period__engagement"
    filter_fields = ("progress_report", "indicator", "name", "media_type", "size", "sha256", "added_at", "updated_at")
    ordering_fields = ("name", "size", "added_at", "updated_at")
    search_fields = ("name",)
    parser_classes = [MultiPartParser]
    acts = {
        "create": Act.adding(EvidenceInput, Permission.PROGRESS_LOG),
        "destroy": Act.removing(Permission.PROGRESS_LOG),
    }

    def longest_body(self) -> int:
        most: int = settings.EVIDENCE_MOST_BYTES
        return most + _AROUND_A_FILE

    def create(self, request: Request) -> HttpResponse:
        """Add a file to a report that is open."""
        return self.add(_add)

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Take a file out of a report that is open."""
        return self.remove(named, remove_evidence, "evidence_id")

    @action(detail=True, methods=["get"])
    def content(self, request: Request, **named: Any) -> HttpResponseBase:
        """The file itself, to be saved."""
        row: Evidence | None = self.visible().filter(public_id=named["public_id"]).first()
        if row is None:
            raise NotFound(_("There is nothing at this address, or nothing that you may see."))
        return file_to_save(
            request, kept(row.sha256), name=row.name, media_type=row.media_type, size=row.size, digest=row.sha256
        )

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file comes as what it is, whatever the caller would rather have."""
        return super().perform_content_negotiation(request, force or self.action == "content")

    def asked_for(self) -> bytes:
        return sent_as_form(self.request.data)

    def _read(self, data: Any, **context: Any) -> dict[str, Any]:
        # A form's fields as an object's: with what is left out left out.
        return super()._read(dict(data.items()), **context)

    def described_answers(self) -> dict[Any, Any]:
        if self.action == "content":
            return {(200, kind.value): OpenApiTypes.BINARY for kind in MediaType}
        return super().described_answers()


def _add(
    *, progress_report: ProgressReport, file: UploadedFile[Any], by: User, indicator: Indicator | None = None
) -> Evidence:
    return add_evidence(report_id=progress_report.pk, content=file, name=file.name or "", indicator=indicator, by=by)


def sent_as_form(sent: Any) -> bytes:
    """What was sent, for its Idempotency-Key: of a file the hash."""
    return dumps({name: _told(value) for name, value in sent.items()})


def _told(value: Any) -> str:
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256(value.read()).hexdigest()
    value.seek(0)
    return f"{value.name} {digest}"
