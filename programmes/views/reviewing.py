"""Pages of visas and turns: who decides on an engagement's reports, the visa, another in somebody's place."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programmes.domain.vocabulary import ReviewState
from programmes.forms.reviewing import ReplacementForm, ReviewPlanForm, VisaForm
from programmes.models import ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.evidence import evidence_of
from programmes.selectors.progress import figures_of, report_at
from programmes.selectors.reviewing import (
    plan_of,
    possible_directors,
    possible_reviewers,
    steps_of,
    whose_turn,
)
from programmes.services.reviewing import arrange_reviewing, replace_reviewer
from programmes.services.visas import give_visa, refuse_visa
from programmes.tables.evidence import file_lines
from programmes.tables.progress import figure_table, report_address, report_title, state_tag, text_lines
from programmes.views.deciding import decide
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.errors import NotPermitted
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest

form_methods = require_http_methods(["GET", "POST"])


@form_methods
def plan(request: PortalRequest, ref: str) -> HttpResponse:
    """The form that says who gives the visa of an engagement's reports, and who reviews them in turn."""
    engagement = visible_engagement(request.user, ref)
    require(request.user, Permission.ENGAGEMENT_CHANGE, engagement)

    def save(form: PortalForm) -> str:
        arrange_reviewing(
            engagement_id=engagement.pk,
            expected_version=form.cleaned_data["row_version"],
            by=request.user,
            **form.values(),
        )
        return _("Saved: it holds from the next report that is sent.")

    sheet = Sheet(
        title=_("Who decides on reports"),
        form=lambda data: ReviewPlanForm(data, subject=engagement, user=request.user, row=plan_of(engagement.pk)),
        save=save,
        back=reverse("programmes:progress", args=[ref]),
        context={"where": f"{engagement.ref} {engagement.title}"},
    )
    return fill_in(request, sheet)


@form_methods
def visa(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """A report as it was sent, and the form on which the director gives the visa or sends it back."""
    engagement = visible_engagement(request.user, ref)
    found = report_at(engagement, code)
    require(request.user, Permission.PROGRESS_LOG, found)
    if request.method == "GET" and found.state != ReviewState.AWAITING:
        return redirect(report_address(found))
    sheet = Sheet(
        title=report_title(found),
        form=lambda data: VisaForm(data, subject=found, user=request.user, row=found),
        save=lambda form: _decide(request, found, form),
        back=reverse("due"),
        context={
            "where": _("What’s due"),
            "engagement": engagement,
            "report": found,
            "state": state_tag(found),
            "table": figure_table(figures_of(found)),
            "texts": text_lines(found),
            "files": [line for rows in evidence_of(found).values() for line in file_lines(rows, ref)],
            "may_decide": found.visa_by_id == request.user.pk and found.submitted_by_id != request.user.pk,
        },
        template="programmes/visa.html",
    )
    return fill_in(request, sheet)


@form_methods
def replacement(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """The form that puts somebody in the place of who has the turn and may decide no more."""
    engagement = visible_engagement(request.user, ref)
    found = report_at(engagement, code)
    require(request.user, Permission.ENGAGEMENT_CHANGE, found)
    steps = steps_of([found]).get(found.pk, [])
    was = whose_turn(found, steps)
    if request.method == "GET" and was is None:
        return redirect(report_address(found))
    awaits = found.state == ReviewState.AWAITING
    allowed = possible_directors(engagement) if awaits else possible_reviewers(engagement)
    taken = {found.submitted_by_id, *({} if awaits else {step.reviewer_id for step in steps})}

    def save(form: PortalForm) -> str:
        decide(replace_reviewer, found, form, by=request.user, **form.values())
        return _("The report waits for the other person now.")

    sheet = Sheet(
        title=_("Put another in the place of %(person)s") % {"person": was or "–"},
        form=lambda data: ReplacementForm(data, subject=allowed - taken, user=request.user, row=found),
        save=save,
        back=report_address(found),
        context={"where": report_title(found)},
    )
    return fill_in(request, sheet)


def _decide(request: PortalRequest, report: ProgressReport, form: PortalForm) -> str:
    if report.visa_by_id != request.user.pk and report.state == ReviewState.AWAITING:
        raise NotPermitted(_("It is the turn of {person}.").format(person=report.visa_by))
    if isinstance(form, VisaForm) and form.gives:
        decide(give_visa, report, form, by=request.user)
        return _("The visa is given: the report was sent for review.")
    decide(refuse_visa, report, form, by=request.user, **form.values())
    return _("Sent back, with what you asked.")
