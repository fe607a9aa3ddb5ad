"""Figures of results, explained: one indicator, an outcome's mean and rating, an engagement's progress."""

from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from programmes.forms.filters import ClockForm
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.figure_changes import unsettled
from programmes.selectors.framework import framework
from programmes.selectors.indicators import indicator_story
from programmes.selectors.results import engagement_results
from programmes.tables.figure_changes import unsettled_notes
from programmes.tables.indicators import facts, latest_explained, part_table, target_table, verdict_rows
from programmes.tables.workings import engagement_explained, outcome_explained
from ta_portal.errors import NotFound
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page


@require_GET
def indicator(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """One indicator: its sheet, every period with its revisions, and how its value, progress and verdict come about."""
    engagement = visible_engagement(request.user, ref)
    clocks = ClockForm(request.GET).clocks()
    story = indicator_story(
        engagement, code, as_of=clocks.as_of, cut_off=clocks.cut_off, least_status=clocks.least_status
    )
    context = {
        "engagement": engagement,
        "story": story,
        "facts": facts(story),
        "targets": target_table(story),
        "explanation": latest_explained(story),
        "verdict": verdict_rows(story),
        "parts": part_table(story),
    }
    return render_page(request, "programmes/indicator.html", context)


@require_GET
def explain(request: PortalRequest, ref: str) -> HttpResponse:
    """An outcome's mean and rating, or without an outcome the engagement's progress."""
    engagement = visible_engagement(request.user, ref)
    form = ClockForm(request.GET)
    clocks, address = form.clocks(), form.address()
    as_of, cut_off, least = clocks.as_of, clocks.cut_off, clocks.least_status
    changed = unsettled(engagement, as_of=as_of, cut_off=cut_off)
    if code := request.GET.get("outcome"):
        rows = framework(engagement, as_of=as_of, cut_off=cut_off, least_status=least)
        found = next((one for one in rows if one.answer and one.answer.code == code), None)
        if found is None:
            raise NotFound(_("There is no outcome {code} in {ref}.").format(code=code, ref=ref))
        codes = {row.sheet.code for row in found.indicators}
        changed = [one for one in changed if one[0].observation.indicator.code in codes]
        explanation = outcome_explained(ref, found, address)
    else:
        results = engagement_results([engagement.pk], as_of=as_of, cut_off=cut_off, least_status=least)
        explanation = engagement_explained(ref, results[engagement.pk], address)
    explanation = replace(explanation, notes=[*explanation.notes, *unsettled_notes(changed)])
    back = {"back": reverse("programmes:results", args=[ref]), "back_label": _("Results")}
    return render_page(
        request, "programmes/explanation.html", {"engagement": engagement, "explanation": explanation, **back}
    )
