"""The pages of one engagement that belong to programmes, each with the whole of what its panel sums up."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from programmes.forms.history import HistoryFilterForm, PlaceForm
from programmes.models import Engagement, Risk
from programmes.selectors.activity import amendments, status_steps
from programmes.selectors.data_quality import data_qualities
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.framework import framework
from programmes.selectors.history import acts_on, chosen, history, people_in
from programmes.selectors.milestones import milestone_summaries
from programmes.selectors.notes import ON_RISKS, notes_on
from programmes.selectors.workplan import workplan as workplan_of
from programmes.services.commitments import completing
from programmes.tables.activity import amendment_table, step_table
from programmes.tables.commitments import commitment_table
from programmes.tables.data_quality import quality_sentence, quality_table
from programmes.tables.history import act_table
from programmes.tables.notes import note_section
from programmes.tables.results import mean_of_outcomes, outcome_summary, outcome_table, parts_table
from programmes.tables.risks import heat_table, risk_table
from programmes.tables.workplan import bar_rows, milestone_table
from programmes.words.data_quality import FINDINGS
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import who_grants


@require_GET
def workplan(request: PortalRequest, ref: str) -> HttpResponse:
    """Workstreams as bars, every milestone, and what the institution has committed itself to."""
    engagement = visible_engagement(request.user, ref)
    plan, today = workplan_of(engagement), timezone.localdate()
    context = {
        "engagement": engagement,
        "rows": bar_rows(plan, today=today),
        "years": [str(year) for year in plan.years],
        "table": milestone_table(plan, today=today),
        "commitments": commitment_table(
            list(engagement.commitments.select_related("post").order_by("due", "code")),
            ref=ref,
            today=today,
            may_complete=completing(request.user, engagement) in permissions_on(request.user, engagement),
        ),
    }
    return render_page(request, "programmes/workplan.html", context)


@require_GET
def results(request: PortalRequest, ref: str) -> HttpResponse:
    """Every outcome and indicator: latest value, path, years, parts, ratings and coverage."""
    engagement = visible_engagement(request.user, ref)
    outcomes = framework(engagement, as_of=timezone.localdate(), cut_off=timezone.now())
    context = {
        "engagement": engagement,
        "progress": mean_of_outcomes(outcomes),
        "outcomes": [(outcome_summary(outcome), outcome_table(outcome)) for outcome in outcomes],
        "parts": parts_table(outcomes),
        "milestones": milestone_summaries([engagement.pk], as_of=timezone.localdate(), cut_off=timezone.now())[
            engagement.pk
        ],
    }
    return render_page(request, "programmes/results.html", context)


@require_GET
def quality(request: PortalRequest, ref: str) -> HttpResponse:
    """How far the results can be relied on: a score, and what does not hold."""
    engagement = visible_engagement(request.user, ref)
    found = data_qualities([engagement.pk], as_of=timezone.localdate())[engagement.pk]
    context = {
        "engagement": engagement,
        "quality": found,
        "sentence": quality_sentence(found),
        "table": quality_table(engagement, found),
        "checks": FINDINGS.values(),
    }
    return render_page(request, "programmes/quality.html", context)


@require_GET
def risks(request: PortalRequest, ref: str) -> HttpResponse:
    """The risk register, the gravest first."""
    engagement = visible_engagement(request.user, ref)
    rows = Risk.objects.filter(engagement=engagement).select_related("owner").order_by("-score", "code")
    found = list(rows)
    context = {
        "engagement": engagement,
        "table": risk_table(found, today=timezone.localdate()),
        "heat": heat_table(found),
        "noted": noted(request.user, engagement, about=ON_RISKS),
    }
    return render_page(request, "programmes/risks.html", context)


def noted(user: User, engagement: Engagement, *, about: Q) -> Mapping[str, Any] | None:
    """A page's section of notes for the donor's eyes; None, and no query, for who may not read them."""
    held = permissions_on(user, engagement)
    if Permission.NOTE_VIEW not in held:
        return None
    rows = notes_on(engagement, user=user, about=about)
    return note_section(engagement, rows, may_write=Permission.NOTE_WRITE in held)


@require_GET
def activity(request: PortalRequest, ref: str) -> HttpResponse:
    """What happened: status steps and amendments for all; every act, field by field, for those who may see it."""
    engagement = visible_engagement(request.user, ref)
    context = {
        "engagement": engagement,
        "steps": step_table(status_steps(engagement)),
        "amendments": amendment_table(amendments(engagement)),
        "who": who_grants(Permission.AUDIT_VIEW),
    }
    if Permission.AUDIT_VIEW in permissions_on(request.user, engagement):
        acts = acts_on(engagement, user=request.user)
        form = HistoryFilterForm(request.GET, people=people_in(acts), of_one=True)
        found = history(chosen(acts, form.choice()), user=request.user, place=PlaceForm(request.GET).place())
        context |= {"form": form, "history": found, "table": act_table(found), "filtered": bool(form.choice())}
    return render_page(request, "programmes/activity.html", context, partial="acts")
