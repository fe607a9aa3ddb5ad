"""Pages of the exceptions that an officer makes: another due date, an accepted report opened again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programmes.domain.vocabulary import ReviewState
from programmes.forms.progress import DueDateForm, ReopenForm
from programmes.models import ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.progress import report_at
from programmes.services.progress_exceptions import move_due_date, reopen_report
from programmes.tables.progress import report_address, report_title
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest


@require_http_methods(["GET", "POST"])
def due_date(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """The form that moves the day by which a report is asked for."""
    found = _report(request, ref, code)
    if request.method == "GET" and found.state == ReviewState.ACCEPTED:
        return redirect(report_address(found))

    def save(form: PortalForm) -> str:
        move_due_date(**_known(found, form), **form.values(), by=request.user)
        return _("The report is asked for by the new day.")

    sheet = Sheet(
        title=_("Move the due date"),
        form=lambda data: DueDateForm(data, subject=found.period, user=request.user, row=_report(request, ref, code)),
        save=save,
        **_place(found),
    )
    return fill_in(request, sheet)


@require_http_methods(["GET", "POST"])
def reopen(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """The form that opens an accepted report again."""
    found = _report(request, ref, code)
    if request.method == "GET" and found.state != ReviewState.ACCEPTED:
        return redirect(report_address(found))

    def save(form: PortalForm) -> str:
        reopen_report(**_known(found, form), **form.values(), by=request.user)
        return _("The report is open again.")

    sheet = Sheet(
        title=_("Open the report again"),
        form=lambda data: ReopenForm(data, subject=found, user=request.user, row=_report(request, ref, code)),
        save=save,
        button=_("Open it again"),
        **_place(found),
    )
    return fill_in(request, sheet)


def _report(request: PortalRequest, ref: str, code: str) -> ProgressReport:
    found = report_at(visible_engagement(request.user, ref), code)
    require(request.user, Permission.PROGRESS_REVIEW, found)
    return found


def _known(report: ProgressReport, form: PortalForm) -> dict[str, Any]:
    return {"report_id": report.pk, "expected_version": form.cleaned_data["row_version"] or 0}


def _place(report: ProgressReport) -> dict[str, Any]:
    """Where the form stands, and where its reader goes then."""
    return {"back": report_address(report), "context": {"where": report_title(report)}}
