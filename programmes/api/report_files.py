"""The form of a progress report as a workbook, over REST: given to be filled in, and read back into the draft."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from programmes.api.evidence import SentFile
from programmes.domain.evidence import MediaType
from programmes.domain.workbooks import MOST_BYTES
from programmes.forms.report import ReportForm
from programmes.forms.report_answers import answers_in, form_filled_in
from programmes.forms.report_file import places_of, report_file
from programmes.models import ProgressReport
from programmes.selectors.progress import report_with_people
from programmes.services.progress import draft_report, must_be_open
from programmes.tables.progress import file_name
from ta_portal.accounts.models import User
from ta_portal.api.downloads import content_to_save
from ta_portal.api.inputs import Input
from ta_portal.errors import Fault, InvalidInput

LONGEST_BODY = MOST_BYTES + 64 * 1024
DESCRIBED = {
    (200, MediaType.XLSX.value): OpenApiTypes.BINARY,
    # Of a report that is sent or accepted: there is nothing to fill in.
    (409, "application/problem+json"): OpenApiTypes.OBJECT,
}


class FilledInInput(Input):
    """As `multipart/form-data`: the workbook, filled in. It fills the draft; `submit` hands it in."""

    file = SentFile(allow_empty_file=True, help_text="The XLSX workbook that `file/` gave, filled in.")


def workbook_of(request: Request, report: ProgressReport, *, user: User) -> HttpResponseBase:
    """The form in the language that the caller asks for. Raises ReportClosed."""
    must_be_open(report)
    content = report_file(report_with_people(report.pk), user=user)
    name = file_name(report)
    return content_to_save(request._request, content, name=name, media_type=MediaType.XLSX.value)


def fill_draft(
    *, report_id: int, file: UploadedFile[Any], by: User, expected_version: int | None = None
) -> ProgressReport:
    """Fill the draft with what a file answers, if page and file are of the version that stands.

    What the page would ask, such as which of two readings a number has, is a fault here. Raises InvalidInput.
    """
    report = report_with_people(report_id)
    answers = answers_in(file, file.name or "", report=report, user=by)
    form = form_filled_in(answers, report=report, user=by)
    if not form.is_valid():
        raise InvalidInput(list(_faults(form)))
    # The older of the two: where either is not what stands, that is said.
    version = answers.version if expected_version is None else min(answers.version, expected_version)
    try:
        return draft_report(report_id=report_id, expected_version=version, by=by, **form.values())
    except InvalidInput as refusal:
        form.refuse(refusal)
        raise InvalidInput(list(_faults(form))) from refusal


def _faults(form: ReportForm) -> Iterator[Fault]:
    """Each at its indicator's code, and what of it: `I01.value`, `I01.value[sex=f]`."""
    named = _named(form)
    for place, errors in form.errors.as_data().items():
        for error in errors:
            for sentence in error.messages:
                yield Fault(named.get(place, ""), error.code or "invalid", sentence)


def _named(form: ReportForm) -> Mapping[str, str]:
    codes = {str(figure.indicator.public_id): figure.indicator.code for figure in form.subject}
    found = {}
    for key, place in places_of(form).items():
        name, _colon, of = key.partition(":")
        which, _colon, part = of.partition(":")
        found[place] = f"{codes[which]}.{name}" + (f"[{part}]" if part else "") if which else name
    return found
