"""Pages of figures that are changed in a review: the reviewer puts them right, the ministry confirms or disputes."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programmes.domain.vocabulary import ReviewState
from programmes.forms.figure_changes import AnswerForm, ChangesForm
from programmes.models import ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.figure_changes import may_answer, waiting_of
from programmes.selectors.progress import figures_of, report_at
from programmes.services.figure_changes import accept_with_changes, confirm_changes, dispute_changes
from programmes.tables.figure_changes import answer_lines
from programmes.tables.progress import report_address, report_title, review_lines
from programmes.views.deciding import decide
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest


@require_http_methods(["GET", "POST"])
def change_figures(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """The form on which a reviewer puts figures right and accepts the report with them."""
    engagement = visible_engagement(request.user, ref)
    found = report_at(engagement, code)
    require(request.user, Permission.PROGRESS_REVIEW, found)
    if request.method == "GET" and (found.state != ReviewState.SUBMITTED or found.submitted_by_id == request.user.pk):
        return redirect(report_address(found, "review"))
    figures = figures_of(found)
    lines = {line["place"]: line for line in review_lines(figures)}

    def save(form: PortalForm) -> str:
        decide(accept_with_changes, found, form, by=request.user, **form.values())
        return _("Accepted with your changes: the figures count from now on, and the ministry is asked about them.")

    sheet = Sheet(
        title=_("Accept with changes"),
        form=lambda data: ChangesForm(data, lines=lines, subject=figures, user=request.user, row=found),
        save=save,
        back=report_address(found, "review"),
        button=_("Accept with these changes"),
        context={
            "where": report_title(found),
            "engagement": engagement,
            "report": found,
        },
        template="programmes/change_figures.html",
    )
    return fill_in(request, sheet)


@require_http_methods(["GET", "POST"])
def answer_changes(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """What a reviewer changed, and the form on which the ministry confirms or disputes it."""
    engagement = visible_engagement(request.user, ref)
    found = report_at(engagement, code)
    require(request.user, Permission.PROGRESS_LOG, found)
    waiting = waiting_of(found)
    if request.method == "GET" and not waiting:
        return redirect(report_address(found))
    lines = answer_lines(waiting)
    sheet = Sheet(
        title=_("Figures changed by the reviewer"),
        form=lambda data: AnswerForm(data, subject=lines, user=request.user, row=found),
        save=lambda form: _answer(request, found, form),
        back=reverse("due"),
        context={
            "where": _("What’s due"),
            "engagement": engagement,
            "report": found,
            "title": report_title(found),
            "answer_by": min((one.confirm_by for one in waiting), default=None),
            "may_answer": may_answer(request.user, found, waiting),
        },
        template="programmes/answer_changes.html",
    )
    return fill_in(request, sheet)


def _answer(request: PortalRequest, report: ProgressReport, form: PortalForm) -> str:
    if isinstance(form, AnswerForm) and form.confirms:
        decide(confirm_changes, report, form, by=request.user)
        return _("Confirmed: nothing is left to do.")
    decide(dispute_changes, report, form, by=request.user, **form.values())
    return _("Disputed: the report is open again, with your own figures in the places that you named.")
