"""Progress: what is due, an engagement's periods, and the report of one, to be written or to be read."""

from collections.abc import Callable, Collection
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from programmes.domain.vocabulary import OPEN_TO_CHANGE, ChangeState, ReviewState
from programmes.forms.report import ReportForm
from programmes.models import Engagement, ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.evidence import evidence_of
from programmes.selectors.figure_changes import changes_of, may_answer, reports_to_answer
from programmes.selectors.progress import due_reports, figures_of, report_at, reports_of, tasks
from programmes.selectors.ratings import asked_of
from programmes.selectors.reviewing import steps_of, whose_turn
from programmes.services.progress import draft_report, send_report
from programmes.tables.evidence import file_lines
from programmes.tables.figure_changes import change_table, figure_marks
from programmes.tables.progress import (
    answer_task_lines,
    due_tag,
    figure_table,
    hints,
    period_table,
    report_address,
    report_title,
    returned_because,
    review_lines,
    state_tag,
    task_lines,
    text_lines,
)
from programmes.tables.ratings import asked_lines
from programmes.tables.reviewing import step_table
from programmes.views.evidence import Attached
from programmes.views.report_file import ByFile
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.ui.editing import Sheet
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import require_anywhere

LINES_ON_A_PAGE = 50


@require_GET
def due(request: PortalRequest) -> HttpResponse:
    """What the reader has to report, by due date, and to rate; below, what was accepted in the last year."""
    require_anywhere(request.user, Permission.PROGRESS_LOG)
    today = timezone.localdate()
    page = Paginator(due_reports(request.user, today=today), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = task_lines(tasks(list(page.object_list)), today=today)
    context = {
        "page": page,
        "to_answer": answer_task_lines(reports_to_answer(request.user)[:LINES_ON_A_PAGE]),
        "open": [line for line in lines if not line["is_over"]],
        "over": [line for line in lines if line["is_over"]],
        "ratings": asked_lines(asked_of(request.user, today=today)),
    }
    return render_page(request, "programmes/due.html", context)


@require_GET
def periods(request: PortalRequest, ref: str) -> HttpResponse:
    """An engagement's periods: when each is due, how far its report is, who sent it and who decided."""
    engagement = visible_engagement(request.user, ref)
    table, held = period_table(tasks(list(reports_of(engagement)))), permissions_on(request.user, engagement)
    context = {"engagement": engagement, "table": table, "may_arrange": Permission.ENGAGEMENT_CHANGE in held}
    return render_page(request, "programmes/periods.html", context)


@require_http_methods(["GET", "POST"])
def report(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """A report: a form for who may write it while it is open, to be read by everybody else and afterwards."""
    engagement = visible_engagement(request.user, ref)
    found, held = report_at(engagement, code), permissions_on(request.user, engagement)
    if request.method == "POST":
        require(request.user, Permission.PROGRESS_LOG, found)
    elif Permission.PROGRESS_LOG not in held or found.state not in OPEN_TO_CHANGE:
        return _to_read(request, engagement, found, held)
    attached, by_file = Attached(request, found), ByFile(request, found)
    sheet = Sheet(
        title=report_title(found),
        form=_form_of(request, engagement, code),
        save=lambda form: _save(request, found, form),
        back=reverse("due"),
        context={**_about(engagement, found), "where": _("What’s due"), "attached": attached, "by_file": by_file},
        template="programmes/report_form.html",
        draft_of=lambda: report_at(engagement, code),
        takes_files=True,
    )
    return attached.fill_in(sheet, by_file.fill_in)


def _form_of(request: PortalRequest, engagement: Engagement, code: str) -> Callable[[Any], PortalForm]:
    """Read anew each time: after a conflict the page shows what stands now."""

    def form(data: Any) -> PortalForm:
        row = report_at(engagement, code)
        figures = figures_of(row)
        return ReportForm(data, subject=figures, user=request.user, row=row, hints=hints(row, figures))

    return form


def _save(request: PortalRequest, report: ProgressReport, form: PortalForm) -> str:
    sends = isinstance(form, ReportForm) and form.sends
    kept = (send_report if sends else draft_report)(
        report_id=report.pk, expected_version=form.cleaned_data["row_version"] or 0, by=request.user, **form.values()
    )
    if kept.state == ReviewState.AWAITING:
        return _("Sent to %(person)s for the visa.") % {"person": kept.visa_by}
    return _("Sent for review.") if sends else _("The draft was saved.")


def _to_read(
    request: PortalRequest, engagement: Engagement, report: ProgressReport, held: Collection[Permission]
) -> HttpResponse:
    figures, changes = figures_of(report), list(changes_of(report))
    waiting = [one for one in changes if one.state == ChangeState.WAITING]
    answers = bool(waiting) and Permission.PROGRESS_LOG in held and may_answer(request.user, report, waiting)
    steps = steps_of([report]).get(report.pk, [])
    asked = Permission.ENGAGEMENT_CHANGE in held and whose_turn(report, steps) is not None
    instead = [(_("Put another in their place"), report_address(report, "replacement"))] if asked else []
    context = {
        **_about(engagement, report),
        "table": figure_table(figures, marks=figure_marks(changes)),
        "changes": change_table(changes),
        "answer": report_address(report, "answer-changes") if answers else "",
        "files": [line for rows in evidence_of(report).values() for line in file_lines(rows, engagement.ref)],
        "in_parts": [line for line in review_lines(figures) if line["parts"]],
        "form_file": report_address(report, "report-file") if report.state in OPEN_TO_CHANGE else "",
        "steps": step_table(steps),
        "acts": [*_visa(request, report), *(_acts(report) if Permission.PROGRESS_REVIEW in held else []), *instead],
    }
    return render_page(request, "programmes/report.html", context)


def _visa(request: PortalRequest, report: ProgressReport) -> list[tuple[str, str]]:
    waits = report.state == ReviewState.AWAITING and report.visa_by_id == request.user.pk
    return [(_("Give the visa"), report_address(report, "visa"))] if waits else []


def _acts(report: ProgressReport) -> list[tuple[str, str]]:
    """What an officer may do with a report as it stands, the first thing first."""
    if report.state == ReviewState.ACCEPTED:
        return [(_("Open the report again"), report_address(report, "reopen"))]
    more_time = (_("Move the due date"), report_address(report, "due-date"))
    review = (_("Review"), report_address(report, "review"))
    return [review, more_time] if report.state == ReviewState.SUBMITTED else [more_time]


def _about(engagement: Engagement, report: ProgressReport) -> dict[str, Any]:
    """What the head of a report's page says."""
    is_over = report.state == ReviewState.ACCEPTED
    return {
        "engagement": engagement,
        "report": report,
        "title": report_title(report),
        "due": None if is_over else due_tag(report.period.due, today=timezone.localdate()),
        "state": state_tag(report),
        "texts": text_lines(report),
        "returned": returned_because(report),
        "is_returned": report.state == ReviewState.RETURNED,
    }
