"""Every write to rates, budgets and the ledger. One module per noun; import them from here."""

from costing.services.budgets import approve_budget, draft_budget
from costing.services.cost_lines import add_cost_line, add_cost_lines, change_cost_line, remove_cost_line
from costing.services.ledger import post_entry, revalue_entry, reverse_entry, value_new_entries
from costing.services.rates import GivenQuote, record_rate_source, record_rates, set_up_rate_set

__all__ = [
    "GivenQuote",
    "add_cost_line",
    "add_cost_lines",
    "approve_budget",
    "change_cost_line",
    "draft_budget",
    "post_entry",
    "record_rate_source",
    "record_rates",
    "remove_cost_line",
    "revalue_entry",
    "reverse_entry",
    "set_up_rate_set",
    "value_new_entries",
]
