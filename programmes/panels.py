"""What programmes show on an engagement's first page."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes import models
from programmes.forms.commitments import CommitmentForm
from programmes.forms.filters import EngagementFilterForm
from programmes.forms.funding import AgreementForm
from programmes.forms.posts import PostForm
from programmes.forms.results import IndicatorForm, MilestoneForm, OutcomeForm, WorkstreamForm
from programmes.forms.risks import RiskForm
from programmes.forms.setting_up import EngagementForm, ProgrammeForm
from programmes.models import Engagement, Risk
from programmes.selectors.activity import latest_news
from programmes.selectors.framework import indicator_rows
from programmes.selectors.notes import notes_on
from programmes.selectors.overlaps import overlaps
from programmes.selectors.portfolio import matters_of
from programmes.selectors.recipients import holds
from programmes.selectors.search import nearest_engagements
from programmes.selectors.standing import standings
from programmes.selectors.workplan import workplan
from programmes.tables.notes import note_section
from programmes.tables.overlaps import overlap_lines
from programmes.tables.portfolio import matter_lines
from programmes.tables.results import pace_counts, panel_table
from programmes.tables.risks import level_tag
from programmes.tables.standing import bars, since_when, verdict
from programmes.tables.workplan import bar_rows
from programmes.tasks import enclosed_report
from programmes.words import (
    FIELDS,
    INSTITUTION_KINDS,
    MODALITIES,
    ORGANISATION_KINDS,
    PERIOD_STATES,
    PUBLICATIONS,
    RETURN_REASONS,
    REVIEW_STATES,
    RISK_KINDS,
    RISK_STATUSES,
    SCOPES,
    STATUSES,
    ratings,
)
from programmes.words.acts import ACTS, NEWS
from programmes.words.evidence import FIELDS as EVIDENCE_FIELDS
from programmes.words.messages import DUE, KINDS, OVERDUE
from programmes.words.reviewing import PLAN_FIELDS
from ta_portal.access.grants import grants_of
from ta_portal.access.holdings import is_donor_staff, permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.mail.enclosures import register_encloser
from ta_portal.mail.kinds import register_message_kind, register_reach
from ta_portal.registry.acts import register_acts, word_for
from ta_portal.registry.attention import MatterKind, register_matter
from ta_portal.registry.histories import RowHistory, register_history
from ta_portal.registry.listings import Listing, register_listing
from ta_portal.registry.nearby import register_nearby
from ta_portal.registry.panels import Panel, register_panel
from ta_portal.registry.tabs import Tab, register_tab
from ta_portal.ui import navigation
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.roles import ROLES

MOST_RISKS = 5
MOST_NEWS = 6


def standing_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """The sentence first, then the bars it speaks of."""
    where = standings([engagement], as_of=timezone.localdate())[engagement.pk]
    return {"sentence": verdict(where), "since": since_when(where), "bars": bars(where)}


def facts_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """What it is, for whom, and what it is meant to reach."""
    return {"modality": MODALITIES[engagement.modality], "sectors": engagement.sector_shares.all()}


def workplan_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """Workstreams and milestones against today."""
    plan = workplan(engagement)
    return {"rows": bar_rows(plan, today=timezone.localdate()), "years": [str(year) for year in plan.years]}


def results_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """Every indicator in one line."""
    indicators = indicator_rows(engagement, as_of=timezone.localdate(), cut_off=timezone.now())
    return {"table": panel_table(indicators), "counts": pace_counts(indicators)}


def risks_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """The gravest of the open risks."""
    risks = Risk.objects.filter(engagement=engagement, status="open").order_by("-score", "code")[:MOST_RISKS]
    return {"risks": [(risk, RISK_KINDS[risk.kind], level_tag(risk.score)) for risk in risks]}


def overlaps_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """Who else works on the same thing, as far as the reader may know."""
    return {"overlaps": overlap_lines(overlaps(engagement, user=request.user))}


def needs_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """What asks for somebody's move here, and whose it is."""
    return {"matters": matter_lines(matters_of(engagement, today=timezone.localdate()))}


def activity_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """What happened last, for everybody who sees the engagement."""
    return {"acts": [(act, word_for(act.verb)) for act in latest_news(engagement, most=MOST_NEWS)]}


def notes_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """What the donor's people noted for themselves. For those who hold its permission; others never come here."""
    may_write = Permission.NOTE_WRITE in permissions_on(request.user, engagement)
    return note_section(engagement, notes_on(engagement, user=request.user), may_write=may_write)


PANELS = (
    Panel(
        "engagement",
        "standing",
        10,
        "programmes/panels/standing.html",
        standing_panel,
        column="top",
        heading=_("Where it stands"),
    ),
    Panel(
        "engagement",
        "needs",
        20,
        "programmes/panels/needs.html",
        needs_panel,
        column="aside",
        heading=_("Needs a move"),
    ),
    Panel(
        "engagement", "facts", 25, "programmes/panels/facts.html", facts_panel, column="side", heading=_("What it is")
    ),
    Panel("engagement", "workplan", 30, "programmes/panels/workplan.html", workplan_panel, heading=_("Workplan")),
    Panel("engagement", "results", 40, "programmes/panels/results.html", results_panel, heading=_("Results")),
    Panel("engagement", "risks", 70, "programmes/panels/risks.html", risks_panel, column="side", heading=_("Risks")),
    Panel(
        "engagement",
        "overlaps",
        80,
        "programmes/panels/overlaps.html",
        overlaps_panel,
        column="side",
        heading=_("Overlaps"),
    ),
    Panel(
        "engagement",
        "activity",
        90,
        "programmes/panels/activity.html",
        activity_panel,
        column="side",
        heading=_("Activity"),
    ),
    Panel(
        "engagement",
        "notes",
        95,
        "programmes/panels/notes.html",
        notes_panel,
        permission=Permission.NOTE_VIEW,
        column="side",
        heading=_("Notes for the donor’s eyes"),
        quiet=True,
    ),
)
MATTERS = (
    MatterKind(
        "report_to_review",
        10,
        _("Progress report to review"),
        _("Programme officer"),
        "progress",
        "SELECT p.engagement_id, p.due AS on_date FROM progress_report r"
        " JOIN reporting_period p ON p.id = r.period_id WHERE r.state = 'submitted'",
        now_within_days=14,
        running_only=False,
    ),
    MatterKind(
        "period_overdue",
        20,
        _("Progress report overdue"),
        _("The ministry's liaison"),
        "progress",
        "SELECT p.engagement_id, p.due AS on_date FROM reporting_period p"
        " LEFT JOIN progress_report r ON r.period_id = p.id"
        " WHERE p.due < %(today)s AND p.state = 'open'"
        " AND coalesce(r.state, 'draft') IN ('draft', 'awaiting', 'returned')",
    ),
    MatterKind(
        "engagement_ends",
        30,
        _("Engagement ends"),
        _("Programme officer"),
        "exit",
        "SELECT d.engagement_id, d.on_date FROM"
        " (SELECT id AS engagement_id, upper(ta_engagement_days(planned, actual)) - 1 AS on_date FROM engagement) d"
        " WHERE d.on_date <= %(today)s + 90",
        now_within_days=30,
    ),
    MatterKind(
        "agreement_ends",
        40,
        _("Funding agreement ends"),
        _("Programme officer"),
        "costs",
        "SELECT engagement_id, upper(during) - 1 AS on_date FROM funding_agreement"
        " WHERE upper(during) - 1 BETWEEN %(today)s AND %(today)s + 90",
        now_within_days=30,
    ),
    MatterKind(
        "commitment_overdue",
        55,
        _("Commitment overdue"),
        _("The institution"),
        "workplan",
        "SELECT engagement_id, due AS on_date FROM commitment WHERE done IS NULL AND due < %(today)s",
    ),
    MatterKind(
        "risk_to_review",
        60,
        _("Risk to review"),
        _("The risk's owner"),
        "risks",
        "SELECT engagement_id, review_on AS on_date FROM risk WHERE status = 'open' AND review_on <= %(today)s + 30",
    ),
)
TABS = (
    Tab("engagement", "overview", 10, _("Overview"), "programmes:engagement"),
    Tab("engagement", "workplan", 20, _("Workplan"), "programmes:workplan"),
    Tab("engagement", "results", 30, _("Results"), "programmes:results"),
    Tab("engagement", "progress", 35, pgettext_lazy("of a period", "Progress"), "programmes:progress"),
    Tab("engagement", "ratings", 37, _("Ratings"), "programmes:ratings"),
    Tab("engagement", "risks", 60, _("Risks"), "programmes:risks"),
    Tab("engagement", "activity", 90, _("Activity"), "programmes:activity"),
)

HISTORIES = (
    RowHistory(
        models.Engagement,
        _("Engagement"),
        FIELDS,
        EngagementForm,
        {"status": STATUSES, "publication": PUBLICATIONS},
        tab="programmes:engagement",
        code="ref",
        left_out=frozenset({"source_facts"}),
    ),
    RowHistory(models.Programme, _("Programme"), FIELDS, ProgrammeForm),
    RowHistory(models.FundingAgreement, _("Funding agreement"), FIELDS, AgreementForm, tab="costing:costs"),
    RowHistory(models.Workstream, _("Workstream"), FIELDS, WorkstreamForm, tab="programmes:workplan"),
    RowHistory(models.Milestone, _("Milestone"), FIELDS, MilestoneForm, tab="programmes:workplan"),
    RowHistory(
        models.Commitment,
        pgettext_lazy("of an institution", "Commitment"),
        FIELDS,
        CommitmentForm,
        tab="programmes:workplan",
    ),
    RowHistory(models.Outcome, _("Outcome"), FIELDS, OutcomeForm, tab="programmes:results"),
    RowHistory(models.Indicator, _("Indicator"), FIELDS, IndicatorForm, tab="programmes:results"),
    RowHistory(
        models.ReportingPeriod,
        _("Reporting period"),
        FIELDS,
        words={"state": PERIOD_STATES},
        code="starts",
        tab="programmes:progress",
    ),
    RowHistory(
        models.ProgressReport,
        _("Progress report"),
        FIELDS,
        words={"state": REVIEW_STATES, "return_reason": RETURN_REASONS},
        tab="programmes:progress",
        left_out=frozenset({"period", "round"}),
    ),
    RowHistory(models.ReviewPlan, _("Who decides on reports"), PLAN_FIELDS, tab="programmes:progress"),
    RowHistory(
        models.Evidence,
        pgettext_lazy("evidence", "File"),
        EVIDENCE_FIELDS,
        code="name",
        tab="programmes:progress",
        left_out=frozenset({"report"}),
    ),
    RowHistory(
        models.SideRating,
        _("One side’s rating"),
        ratings.FIELDS,
        words={"kind": ratings.KINDS, "side": ratings.SIDES},
        code="starts",
        tab="programmes:ratings",
        left_out=frozenset({"period"}),
        blind=frozenset({"score", "reason", "language"}),
    ),
    RowHistory(models.Risk, _("Risk"), FIELDS, RiskForm, {"status": RISK_STATUSES}, tab="programmes:risks"),
    RowHistory(
        models.RestrictedNote,
        _("Note for the donor’s eyes"),
        {**FIELDS, "text": _("Note"), "risk": _("Risk"), "rating": _("One side’s rating")},
        code="",
        tab="programmes:engagement",
        permission=Permission.NOTE_VIEW,
    ),
    RowHistory(models.Institution, _("Institution"), FIELDS, words={"kind": INSTITUTION_KINDS}),
    RowHistory(models.CounterpartPost, _("Post"), FIELDS, PostForm),
    RowHistory(models.PostHolder, _("Holder of a post"), FIELDS, code="name"),
    RowHistory(models.Organisation, _("Organisation"), FIELDS, words={"kind": ORGANISATION_KINDS}),
    RowHistory(models.Country, _("Country"), FIELDS, code="iso2"),
    RowHistory(models.OutsideActivity, _("Activity of others"), FIELDS),
    RowHistory(
        models.Membership,
        _("Role of a person"),
        FIELDS,
        words={"role": ROLES, "scope_kind": SCOPES},
        left_out=frozenset({"scope"}),
    ),
    RowHistory(User, pgettext_lazy("somebody who signs in", "User"), FIELDS, left_out=frozenset({"password"})),
)


def _may_log(user: User) -> bool:
    return grants_of(user).anywhere(Permission.PROGRESS_LOG)


def _may_review(user: User) -> bool:
    return grants_of(user).anywhere(Permission.PROGRESS_REVIEW)


def _may_read_history(user: User) -> bool:
    return grants_of(user).anywhere(Permission.AUDIT_VIEW)


LISTING = Listing(
    "engagements",
    _("Engagements"),
    "programmes:engagement-list",
    frozenset({*EngagementFilterForm.base_fields, "sort", "column"}),
)


def register() -> None:
    """Called when the app is ready."""
    register_acts({**ACTS, **ratings.ACTS}, news=NEWS)
    for history in HISTORIES:
        register_history(history)
    register_listing(LISTING)
    for panel in PANELS:
        register_panel(panel)
    for tab in TABS:
        register_tab(tab)
    for matter in MATTERS:
        register_matter(matter)
    for kind in KINDS:
        register_message_kind(kind)
    for kind in (DUE, OVERDUE):
        register_encloser(kind.key, enclosed_report)
    register_reach(holds)
    register_nearby(nearest_engagements)
    navigation.register(navigation.NavItem(_("Portfolio"), "portfolio", order=5, visible_to=is_donor_staff))
    navigation.register(navigation.NavItem(_("What’s due"), "due", order=3, visible_to=_may_log))
    navigation.register(navigation.NavItem(_("Reviews"), "reviews", order=7, visible_to=_may_review))
    navigation.register(navigation.NavItem(_("Engagements"), "programmes:engagement-list", order=10))
    navigation.register(navigation.NavItem(_("History"), "history", order=90, visible_to=_may_read_history))
