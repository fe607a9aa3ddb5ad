"""A report's form as a workbook: taken to be filled in elsewhere, and sent back to fill the draft."""

from dataclasses import replace

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from programmes.domain.evidence import MediaType
from programmes.forms.report import ACT
from programmes.forms.report_answers import FIELD, FILE, FilledInForm, answers_in, form_filled_in
from programmes.forms.report_file import report_file
from programmes.models import ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.progress import figures_of, report_at
from programmes.services.progress import draft_report, must_be_open
from programmes.tables.progress import file_name, hints, report_address
from ta_portal.api.downloads import content_to_save
from ta_portal.errors import InvalidInput
from ta_portal.ui.editing import Sheet, fill_in, fill_in_with, show_as_typed
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest


@require_GET
def report_workbook(request: PortalRequest, ref: str, code: str) -> HttpResponseBase:
    """The form in the reader's language. Who sees the report may hand it on; who may write it sends it back."""
    report = report_at(visible_engagement(request.user, ref), code)
    must_be_open(report)
    content = report_file(report, user=request.user)
    return content_to_save(request, content, name=file_name(report), media_type=MediaType.XLSX.value)


class ByFile:
    """The form of a report that comes back as a file, beside the same form on the page."""

    def __init__(self, request: PortalRequest, report: ProgressReport) -> None:
        self.request, self.report = request, report
        self.form = FilledInForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))

    @property
    def address(self) -> str:
        return report_address(self.report, "report-file")

    def fill_in(self, request: PortalRequest, sheet: Sheet) -> HttpResponse:
        """The report's form; filled by the file where one was sent. That fills the draft and hands nothing in."""
        if request.POST.get(ACT) != FILE:
            return fill_in(request, sheet)
        sent = request.FILES.get(FIELD)
        if sent is None:
            return self._refused(sheet, _("Choose a file first."))
        report = self.report
        try:
            answers = answers_in(sent, sent.name or "", report=report, user=request.user)
        except InvalidInput as refusal:
            return self._refused(sheet, " ".join(fault.message for fault in refusal.faults))

        def form(data: object) -> PortalForm:
            """Of these answers, or of anything else that the page asks about."""
            if data is not answers.data:
                return sheet.form(data)
            told = hints(report, figures_of(report))
            return form_filled_in(answers, report=report, user=request.user, hints=told)

        by_file = replace(sheet, form=form, save=self._save, back=report_address(self.report))
        return fill_in_with(request, by_file, answers.data)

    def _save(self, form: PortalForm) -> str:
        version = form.cleaned_data["row_version"] or 0
        draft_report(report_id=self.report.pk, expected_version=version, by=self.request.user, **form.values())
        return _("The draft was filled from the file. Look through it, then send it for review.")

    def _refused(self, sheet: Sheet, sentence: str) -> HttpResponse:
        self.form.add_error(FIELD, sentence)
        return show_as_typed(self.request, sheet, refused=[sentence])
