"""Reviews: what waits for a decision, and the page on which one is taken."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from programmes.domain.vocabulary import ReviewState
from programmes.forms.filters import BoardFilterForm
from programmes.forms.progress import ReviewForm
from programmes.models import ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.evidence import evidence_of
from programmes.selectors.progress import figures_of, report_at, reports_to_review
from programmes.selectors.reporting_board import reporting_board
from programmes.selectors.reviewing import may_take_turn, steps_of, turn_of, whose_turn
from programmes.services.progress import accept_report, return_report
from programmes.tables.evidence import file_lines
from programmes.tables.progress import (
    due_tag,
    report_address,
    report_title,
    returned_because,
    review_lines,
    review_table,
    state_tag,
    text_lines,
)
from programmes.tables.reporting_board import board_facts, board_table, board_verdict, not_asked_table
from programmes.tables.reviewing import step_table
from programmes.views.deciding import decide
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import require_anywhere

LINES_ON_A_PAGE = 50


@require_GET
def reviews(request: PortalRequest) -> HttpResponse:
    """What was sent for review, by due date."""
    require_anywhere(request.user, Permission.PROGRESS_REVIEW)
    page = Paginator(reports_to_review(request.user), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    reports = list(page.object_list)
    steps = steps_of(reports)
    turns = {one.pk: whose_turn(one, steps.get(one.pk, [])) for one in reports}
    table = review_table(reports, reader=request.user.pk, now=timezone.now(), turns=turns)
    return render_page(request, "programmes/reviews.html", {"page": page, "table": table})


@require_GET
def board(request: PortalRequest) -> HttpResponse:
    """Who has reported and who has not, of the engagements that the reader may see."""
    today, now = timezone.localdate(), timezone.localtime()
    form = BoardFilterForm(request.GET, user=request.user, today=today)
    months = form.months()
    found = reporting_board(request.user, form.choice(), months, today=today)
    page = Paginator(found.reports, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": form.is_narrowed,
        "sentence": board_verdict(found.count),
        "facts": board_facts(found.count, now=now),
        "page": page,
        "table": board_table(list(page.object_list), now=now),
        "not_asked": not_asked_table(list(found.not_asked[:LINES_ON_A_PAGE])),
    }
    return render_page(request, "programmes/board.html", context)


@require_http_methods(["GET", "POST"])
def review(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """A report as it was sent, beside what stood before, and the form that accepts or returns it."""
    engagement = visible_engagement(request.user, ref)
    found = report_at(engagement, code)
    require(request.user, Permission.PROGRESS_REVIEW, found)
    if request.method == "GET" and found.state != ReviewState.SUBMITTED:
        return redirect(report_address(found))
    files = {place: file_lines(rows, ref) for place, rows in evidence_of(found).items()}
    figures = [{**one, "files": files.pop(one["place"], [])} for one in review_lines(figures_of(found))]
    lines = [*figures, *text_lines(found)]
    steps = steps_of([found]).get(found.pk, [])
    own = found.submitted_by_id == request.user.pk
    sheet = Sheet(
        title=report_title(found),
        form=lambda data: ReviewForm(data, subject=lines, user=request.user, row=found),
        save=lambda form: _decide(request, found, form),
        back=reverse("reviews"),
        context={
            "engagement": engagement,
            "where": _("Reviews"),
            "report": found,
            # Of a figure that the period does not ask for, too.
            "files": [line for rows in files.values() for line in rows],
            "own": own,
            "may_decide": not own and may_take_turn(request.user, found, steps),
            "steps": step_table(steps),
            "turn": turn_of(found, steps),
            "returned": returned_because(found),
            "change": report_address(found, "change-figures") if figures else "",
            "due": due_tag(found.period.due, today=timezone.localdate()),
            "state": state_tag(found),
        },
        template="programmes/review.html",
    )
    return fill_in(request, sheet)


def _decide(request: PortalRequest, report: ProgressReport, form: PortalForm) -> str:
    if isinstance(form, ReviewForm) and form.accepts:
        accepted = decide(accept_report, report, form, by=request.user)
        if accepted.state != ReviewState.ACCEPTED:
            return _("Accepted: the report goes on to the next reviewer.")
        return _("Accepted: the figures count from now on.")
    decide(return_report, report, form, **form.values(), by=request.user)
    return _("Returned, with what you asked.")
