"""What the closed lists of money are called on pages, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from costing.domain.vocabulary import (
    Basis,
    BudgetState,
    By,
    Category,
    EntryKind,
    Figure,
    ItemKind,
    LineStatus,
    Measure,
    Outside,
    Reason,
)

CATEGORIES: dict[str, Promise] = {
    Category.SALARIES: _("Expert salaries"),
    Category.TRAVEL_ACCOMMODATION: _("Travel and accommodation"),
    Category.TRAINING_MATERIALS: _("Training materials"),
    Category.EQUIPMENT: _("Equipment"),
    Category.LOGISTICS: _("Logistics"),
}

OUTSIDE: dict[str, Promise] = {
    Outside.FEE: _("Fee"),
    Outside.INDIRECT: _("Indirect cost"),
    Outside.CONTINGENCY: _("Contingency"),
    Outside.SUPPORT: _("Support cost"),
}

BASES: dict[str, Promise] = {
    Basis.PLANNED: _("Planned"),
    Basis.COMMITTED: _("Committed"),
    Basis.ACTUAL: _("Actual"),
}

# What a figure of the comparison is, where it is not an amount on one basis.
FIGURES: dict[str, Promise] = {
    **BASES,
    Figure.FORECAST: _("Forecast"),
    Figure.VARIANCE: _("Variance"),
    Figure.VARIANCE_PCT: _("% of plan"),
    Figure.SHARE: _("Share of actual"),
}

FORECAST_WITHHELD = _("The forecast is not shown to your role: it tells the salaries still to come from the others.")

MEASURES: dict[str, Promise] = {
    Measure.PLEDGED: _("Promised"),
    Measure.RECEIVED: _("Received"),
    Measure.ACTUAL: _("Spent"),
}

GROUPINGS: dict[str, Promise] = {
    By.CATEGORY: _("Category"),
    By.WORKSTREAM: _("Workstream"),
    By.DONOR: _("Donor"),
    By.CURRENCY: _("Currency"),
    By.LINE: _("Line"),
    By.YEAR: _("Year"),
    By.QUARTER: _("Quarter"),
}

BUDGET_STATES: dict[str, Promise] = {
    BudgetState.DRAFT: _("Draft"),
    BudgetState.APPROVED: _("Approved"),
    BudgetState.SUPERSEDED: _("Replaced"),
}

ENTRY_KINDS: dict[str, Promise] = {
    EntryKind.COMMITMENT: _("Commitment"),
    EntryKind.DISBURSEMENT: _("Disbursement"),
    EntryKind.EXPENDITURE: _("Expenditure"),
    EntryKind.INCOMING_COMMITMENT: _("Promised by a donor"),
    EntryKind.INCOMING: _("Received from a donor"),
}

ITEMS: dict[str, Promise] = {
    ItemKind.COST_LINE: _("Budget line"),
    ItemKind.LEDGER_ENTRY: _("Ledger entry"),
}

REASONS: dict[str, Promise] = {
    Reason.NOT_IN_RATE_SET: _("the budget has no rate for it"),
    Reason.NO_VALUATION: _("it was never valued"),
    Reason.NO_RATE: _("there is no rate on or before its date"),
    Reason.STALE_RATE: _("the last rate is too old for its date"),
}

LINE_STATUSES: dict[str, Promise] = {
    LineStatus.PLANNED: pgettext_lazy("budget line", "Planned"),
    LineStatus.DONE: pgettext_lazy("budget line", "Done"),
    LineStatus.CANCELLED: pgettext_lazy("budget line", "Cancelled"),
    LineStatus.ADDED: pgettext_lazy("budget line", "Added"),
    LineStatus.DROPPED: pgettext_lazy("budget line", "Dropped"),
}

# What fields are called in a history where no form asks for them.
FIELDS: dict[str, Promise] = {
    "version": _("Version"),
    "state": _("Status"),
    "rate_set": _("Exchange rates"),
    "drafted_by": _("Drafted by"),
    "approved_by": _("Approved by"),
    "approved_at": _("Approved on"),
    "budget": _("Budget"),
    "key": _("Code"),
    "category": _("Category"),
    "outside": _("Outside the formula"),
    "status": _("Status"),
    "deployment": _("Deployment"),
    "planned": _("From and to"),
    "amount": _("Amount"),
    "derived": _("Made of the deployment"),
    "override_reason": _("Why it is set by hand"),
}

# What the acts of the audit trail are called.
ACTS: dict[str, Promise] = {
    "budget.drafted": _("Budget drafted"),
    "budget.approved": _("Budget approved"),
    "budget.superseded": _("Budget replaced by a later version"),
    "budget.lines_copied": _("Lines taken over from the approved version"),
    "cost_lines.added": _("Budget lines added"),
    "cost_line.changed": _("Budget line changed"),
    "cost_line.removed": _("Budget line removed"),
    "rate_source.recorded": _("Source of exchange rates recorded"),
    "rates.recorded": _("Exchange rates recorded"),
    "rate_set.set_up": _("Set of exchange rates set up"),
    "cost_line.added": _("Budget line added"),
    "ledger_entry.posted": _("Ledger entry posted"),
    "ledger_entry.reversed": _("Ledger entry reversed"),
    "ledger_entry.revalued": _("Ledger entry valued anew"),
}
