"""Explain a score of exit readiness, and a figure of an impact report."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from evaluations.selectors.exits import exit_of
from evaluations.selectors.report_members import report_row
from evaluations.tables.explain import figure_explained, own_page, readiness_explained
from evaluations.tables.reports import is_explained, report_name
from evaluations.views.reports import visible_report
from programmes.forms.filters import ClockForm
from programmes.selectors.engagements import visible_engagement
from ta_portal.errors import NotFound
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page


@require_GET
def readiness(request: PortalRequest, ref: str) -> HttpResponse:
    """The score of one assessment: the one of `on` and `side`, else the latest."""
    engagement = visible_engagement(request.user, ref)
    found = exit_of(engagement, as_of=ClockForm(request.GET).clocks().as_of)
    asked = request.GET.get("on"), request.GET.get("side")
    places = [
        place
        for place, one in enumerate(found.assessments)
        if asked in {(one.on_date.isoformat(), one.side.value), (None, None)}
    ]
    if not places:
        raise NotFound(_("Exit readiness was not assessed then."))
    explanation = readiness_explained(found.assessments[places[-1]], found.dimensions, places[-1])
    context = {"engagement": engagement, "explanation": explanation}
    back = {"back": reverse("evaluations:exit", args=[ref]), "back_label": _("Exit")}
    return render_page(request, "programmes/explanation.html", {**context, **back})


@require_GET
def figure(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """A figure of a report: by its members, or on the engagement's own pages as it was known then."""
    report = visible_report(request, public_id)
    asked = (request.GET.get(name, "") for name in ("level", "key", "metric"))
    row = report_row(report, *asked)
    if row is None or not is_explained(row):
        raise NotFound(_("There is no such figure in this report."))
    if address := own_page(report, row):
        return HttpResponseRedirect(address)
    back = {"back": reverse("reports:report", args=[report.public_id]), "back_label": report_name(report)}
    return render_page(request, "ui/explanation.html", {"explanation": figure_explained(report, row), **back})
