"""How far, over REST: figures of periods, and the reports that they stand in."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from programmes.api import progress_inputs, serializers
from programmes.api.evidence import sent_as_form
from programmes.api.readings import record_many, record_one
from programmes.api.report_files import DESCRIBED, LONGEST_BODY, FilledInInput, fill_draft, workbook_of
from programmes.api.steps import replace_by_address
from programmes.models import Observation, ProgressReport
from programmes.services import figure_changes, progress, progress_exceptions, visas
from ta_portal.access.permissions import Permission
from ta_portal.api.bulk import BulkViewSet
from ta_portal.api.writing import Act, NoInput, WritableViewSet
from ta_portal.errors import NotFound


class ObservationViewSet(BulkViewSet):
    """What was observed of an indicator in a period, in total or for a part."""

    resource = "observations"
    queryset = Observation.objects.all()
    row = serializers.ObservationRow
    engagement_path = "indicator__engagement"
    filter_fields = (
        "indicator",
        "period_start",
        "period_end",
        "disagg",
        "status",
        "reported",
        "value",
        "progress_report",
        "updated_at",
    )
    ordering_fields = ("indicator", "period_start", "period_end", "value", "updated_at")
    search_fields = ("indicator", "text", "source")
    described_as = "Observation"
    acts = {
        "create": Act.adding(progress_inputs.ObservationInput, Permission.PROGRESS_LOG),
        "partial_update": Act.changing(progress_inputs.ObservationChange, Permission.PROGRESS_LOG),
    }

    def create(self, request: Request) -> HttpResponse:
        """Record a figure, or up to 1,000, in progress reports that are open."""
        return self.add(record_one)

    def add_each(self, given: Sequence[dict[str, Any]], _service: Callable[..., Any]) -> Sequence[Any]:
        return self.add_together(given, record_many, group="progress_report", rows_as="readings")

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Give a better figure, while its report is open."""
        return self.change(named, progress.change_observation, "observation_id")


class ProgressReportViewSet(WritableViewSet):
    """What a ministry says of a reporting period, and what was decided on it."""

    resource = "progress-reports"
    queryset = ProgressReport.objects.all()
    row = serializers.ProgressReportRow
    engagement_path = "period__engagement"
    filter_fields = ("period_start", "period_end", "due", "state", "submitted_at", "decided_at", "updated_at")
    ordering_fields = ("period_start", "due", "state", "submitted_at", "updated_at")
    search_fields = ("done", "obstacles", "next_steps")
    acts = {
        "create": Act.adding(progress_inputs.PeriodInput, Permission.RESULTS_CHANGE),
        "partial_update": Act.changing(progress_inputs.ReportChange, Permission.PROGRESS_LOG),
        "submit": Act.changing(NoInput, Permission.PROGRESS_LOG),
        "accept": Act.changing(NoInput, Permission.PROGRESS_REVIEW),
        "visa": Act.changing(NoInput, Permission.PROGRESS_LOG),
        "refuse_visa": Act.changing(progress_inputs.VisaRefusal, Permission.PROGRESS_LOG),
        "replace_reviewer": Act.changing(progress_inputs.ReplacementInput, Permission.ENGAGEMENT_CHANGE),
        "accept_with_changes": Act.changing(progress_inputs.ChangesInput, Permission.PROGRESS_REVIEW),
        "confirm": Act.changing(NoInput, Permission.PROGRESS_LOG),
        "dispute": Act.changing(progress_inputs.DisputeInput, Permission.PROGRESS_LOG),
        "send_back": Act.changing(progress_inputs.ReturnInput, Permission.PROGRESS_REVIEW),
        "due": Act.changing(progress_inputs.DueInput, Permission.PROGRESS_REVIEW),
        "reopen": Act.changing(progress_inputs.ReopenInput, Permission.PROGRESS_REVIEW),
        "fill": Act.changing(FilledInInput, Permission.PROGRESS_LOG),
    }

    def create(self, request: Request) -> HttpResponse:
        """Ask for progress: opens a reporting period, with the report to be written."""
        return self.add_to_engagement(lambda **given: progress.open_period(**given).report)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Say what was done, what stands in the way and what comes next."""
        return self.change(named, progress.write_report, "report_id")

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **named: Any) -> HttpResponse:
        """Hand a report in."""
        return self.change(named, progress.submit_report, "report_id")

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **named: Any) -> HttpResponse:
        """Accept a report that somebody else submitted."""
        return self.change(named, progress.accept_report, "report_id")

    @action(detail=True, methods=["post"])
    def visa(self, request: Request, **named: Any) -> HttpResponse:
        """Give the ministry's visa: the report goes to its reviewers."""
        return self.change(named, visas.give_visa, "report_id")

    @action(detail=True, methods=["post"], url_path="refuse-visa")
    def refuse_visa(self, request: Request, **named: Any) -> HttpResponse:
        """Give the report back within the ministry, with what should be mended."""
        return self.change(named, visas.refuse_visa, "report_id")

    @action(detail=True, methods=["post"], url_path="replace-reviewer")
    def replace_reviewer(self, request: Request, **named: Any) -> HttpResponse:
        """Put somebody in the place of whose turn it is and who may decide no more."""
        return self.change(named, replace_by_address, "report_id")

    @action(detail=True, methods=["post"], url_path="accept-with-changes")
    def accept_with_changes(self, request: Request, **named: Any) -> HttpResponse:
        """Accept a report that somebody else submitted, with figures put right; the ministry is asked about them."""
        return self.change(named, figure_changes.accept_with_changes, "report_id")

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **named: Any) -> HttpResponse:
        """Say for the ministry that the figures that a reviewer changed are right."""
        return self.change(named, figure_changes.confirm_changes, "report_id")

    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, **named: Any) -> HttpResponse:
        """Say for the ministry which of the changed figures are wrong: the report is open again."""
        return self.change(named, figure_changes.dispute_changes, "report_id")

    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, **named: Any) -> HttpResponse:
        """Give a report back, with what should be mended."""
        return self.change(named, progress.return_report, "report_id")

    @action(detail=True, methods=["post"])
    def due(self, request: Request, **named: Any) -> HttpResponse:
        """Ask for a report by another day, for a reason that stays on record."""
        return self.change(named, progress_exceptions.move_due_date, "report_id")

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **named: Any) -> HttpResponse:
        """Give an accepted report back to be corrected; what was accepted counts until then."""
        return self.change(named, progress_exceptions.reopen_report, "report_id")

    @action(detail=True, methods=["get"], parser_classes=[MultiPartParser])
    def file(self, request: Request, **named: Any) -> HttpResponseBase:
        """The report's form as an XLSX workbook in the caller's language, to be filled in and sent back."""
        report: ProgressReport | None = self.visible().filter(public_id=named["public_id"]).first()
        if report is None:
            raise NotFound(_("There is nothing at this address, or nothing that you may see."))
        return workbook_of(request, report, user=self.user)

    @file.mapping.post
    def fill(self, request: Request, **named: Any) -> HttpResponse:
        """Fill the draft with what the workbook answers. Nothing is handed in by it."""
        return self.change(named, fill_draft, "report_id")

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file comes as what it is, whatever the caller would rather have."""
        return super().perform_content_negotiation(request, force or self.action == "file")

    def longest_body(self) -> int | None:
        return LONGEST_BODY if self.action == "fill" else super().longest_body()

    def asked_for(self) -> bytes:
        return sent_as_form(self.request.data) if self.action == "fill" else super().asked_for()

    def _read(self, data: Any, **context: Any) -> dict[str, Any]:
        # A form's fields as an object's.
        return super()._read(dict(data.items()) if self.action == "fill" else data, **context)

    def described_answers(self) -> dict[Any, Any]:
        return DESCRIBED if self.action == "file" else super().described_answers()
