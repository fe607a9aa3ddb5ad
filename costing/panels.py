"""What money says on an engagement's first page, and in the list of engagements."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from costing.domain.comparison import CostComparison
from costing.domain.vocabulary import By
from costing.forms.money import CostLineForm, LedgerEntryForm
from costing.forms.questions import PortfolioCostForm
from costing.models import Budget, CostLine, LedgerEntry, RateSet, RateSource
from costing.reference import NAMED
from costing.selectors import costs as selectors
from costing.tables.costs import comparison_lines, donor_names, funding_lines, running_table
from costing.tables.portfolio import donor_table, over_lines
from costing.views.portfolio import openly_added, without_rates
from costing.words import (
    ACTS,
    BUDGET_STATES,
    CATEGORIES,
    ENTRY_KINDS,
    FIELDS,
    FORECAST_WITHHELD,
    LINE_STATUSES,
    OUTSIDE,
)
from programmes.models import Engagement, Organisation
from programmes.reference import also_named
from programmes.selectors.portfolio import Portfolio, permitted_ids, usual_currency
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.registry.acts import register_acts
from ta_portal.registry.figures import register_figure
from ta_portal.registry.histories import RowHistory, register_history
from ta_portal.registry.panels import Panel, register_panel
from ta_portal.registry.tabs import Tab, register_tab
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.roles import who_grants

# More than so many are added up when somebody asks: it takes seconds, and the page must not wait for it.
MOST_ADDED_UP_UNASKED = 500


def spend_shares(engagements: Sequence[Engagement], as_of: date) -> Mapping[int, Fraction]:
    """What is charged so far of what is planned, in percent, where anything is planned. One query."""
    charged = {key: costs.charged for key, costs in _compared(engagements, as_of).items()}
    return {key: Fraction(row.actual) * 100 / Fraction(row.planned) for key, row in charged.items() if row.planned}


def cost_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """The five categories compared, and how much is left out for want of a rate."""
    today = timezone.localdate()
    compared = _compared([engagement], today)[engagement.pk]
    forecast = None
    if Permission.RATE_VIEW in permissions_on(request.user, engagement):
        forecast = selectors.own_forecast(engagement, currency=None, as_of=today, cut_off=timezone.now())
    comparison = comparison_lines(compared, {}, forecast=forecast)
    return {"comparison": comparison, "left_out": len(compared.unconverted)}


def spending_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """What was planned and spent up to each quarter; up to each year for those who may not see a person's rate."""
    held = permissions_on(request.user, engagement)
    by = By.QUARTER if Permission.RATE_VIEW in held else By.YEAR
    today = timezone.localdate()
    compared = selectors.own_comparisons([engagement], by=by, as_of=today, cut_off=timezone.now())[engagement.pk]
    sums = compared.running_sums()
    currency = compared.question.currency
    return {
        "by": by,
        "currency": currency,
        "sums": sums,
        "plan": [one.planned for one in sums],
        "reached": [one.actual for one in sums],
        "table": running_table(sums, currency),
    }


def funding_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """Each donor's promise, and what is spent of it."""
    money = selectors.own_funding(engagement, as_of=timezone.localdate(), cut_off=timezone.now())
    return {"table": funding_lines(money, donor_names(engagement))}


def portfolio_panel(request: PortalRequest, found: Portfolio) -> Mapping[str, Any]:
    """The five categories over all engagements, budgets that are over, and donors; on demand where there are many."""
    asked = request.GET.dict()
    if found.count > MOST_ADDED_UP_UNASKED and not asked.get("costs"):
        return {"too_many": found.count, "address": f"?{urlencode({**asked, 'costs': 1})}"}
    form = PortfolioCostForm(request.GET)
    ids = permitted_ids(request.user, found.scope, Permission.COST_VIEW)
    detail = permitted_ids(request.user, found.scope, Permission.COST_DETAIL_VIEW)
    currency = form.figure().currency or usual_currency(ids)
    today, now = timezone.localdate(), timezone.now()
    closed = without_rates(request.user, found.scope, ids)
    openly = openly_added(ids, closed, currency=currency, as_of=today, cut_off=now)
    costs = selectors.portfolio_costs(openly, with_detail=detail, currency=currency, as_of=today, cut_off=now)
    address = {**found.choice.address(), "currency": currency, "as_of": today.isoformat()}
    unit = costs.compared.question.currency
    shown = {
        "form": form,
        "kept": [(name, value) for name, value in asked.items() if name != "currency"],
        "comparison": comparison_lines(
            costs.compared,
            {},
            f"{reverse('portfolio-explain')}?{urlencode(address)}",
            forecast=None if closed else costs.forecast,
        ),
        "forecast_withheld": FORECAST_WITHHELD if closed else "",
        "left_out": costs.left_out,
        "told_apart": len(ids) - len(openly),
        "who_sees_rates": who_grants(Permission.RATE_VIEW),
        "over": over_lines(costs.over, found.scope.in_bulk(list(costs.over)), unit),
    }
    if not detail:
        return {**shown, "who_sees_donors": who_grants(Permission.COST_DETAIL_VIEW)}
    names = dict(Organisation.objects.filter(code__in=costs.donors).values_list("code", "name"))
    return {**shown, "donors": donor_table(costs.donors, names, unit)}


def _compared(engagements: Sequence[Engagement], as_of: date) -> dict[int, CostComparison]:
    """By category, in each programme's own currency; kept on the rows, since two parts of a page ask for the same."""
    if not all(hasattr(row, "compared_costs") for row in engagements):
        found = selectors.own_comparisons(engagements, by=By.CATEGORY, as_of=as_of, cut_off=timezone.now())
        for row in engagements:
            row.compared_costs = found[row.pk]  # type: ignore[attr-defined]
    return {row.pk: row.compared_costs for row in engagements}  # type: ignore[attr-defined]


PANELS = (
    Panel(
        "engagement",
        "costs",
        50,
        "costing/panels/costs.html",
        cost_panel,
        permission=Permission.COST_VIEW,
        heading=_("Costs"),
    ),
    Panel(
        "engagement",
        "spending",
        52,
        "costing/panels/spending.html",
        spending_panel,
        permission=Permission.COST_VIEW,
        heading=_("Spending over time"),
    ),
    Panel(
        "engagement",
        "funding",
        55,
        "costing/panels/funding.html",
        funding_panel,
        permission=Permission.COST_DETAIL_VIEW,
        heading=_("Funding"),
    ),
    Panel(
        "portfolio",
        "portfolio-costs",
        50,
        "costing/panels/portfolio.html",
        portfolio_panel,
        permission=Permission.COST_VIEW,
        heading=_("Costs"),
    ),
)

# A line or an entry may be a named person's salary: its figures, its words and its currency lead there.
_OF_A_LINE = frozenset(
    {"quantity", "unit", "unit_cost", "amount", "currency", "description", "derived", "override_reason", "planned"}
)
HISTORIES = (
    RowHistory(Budget, _("Budget"), FIELDS, words={"state": BUDGET_STATES}, tab="costing:costs", code="version"),
    RowHistory(
        CostLine,
        _("Budget line"),
        FIELDS,
        CostLineForm,
        {"category": CATEGORIES, "outside": OUTSIDE, "status": LINE_STATUSES},
        tab="costing:costs",
        private=_OF_A_LINE,
        left_out=frozenset({"budget"}),
    ),
    RowHistory(
        LedgerEntry,
        _("Ledger entry"),
        FIELDS,
        LedgerEntryForm,
        {"kind": ENTRY_KINDS},
        tab="costing:costs",
        private=_OF_A_LINE,
    ),
    RowHistory(RateSource, _("Source of exchange rates"), FIELDS),
    RowHistory(RateSet, _("Set of exchange rates"), FIELDS),
)


def register() -> None:
    """Called when the app is ready."""
    register_acts(ACTS, news={"budget.approved"})
    for history in HISTORIES:
        register_history(history)
    also_named(*NAMED)
    for panel in PANELS:
        register_panel(panel)
    register_figure("engagement", "spend_pct", spend_shares)
    register_tab(Tab("engagement", "costs", 40, _("Costs"), "costing:costs"))
