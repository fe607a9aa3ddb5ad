"""The words of money: the five categories of the formula, and what stands outside it."""

from enum import StrEnum


class Category(StrEnum):
    """cost = expert salaries + travel and accommodation + training materials + equipment + logistics."""

    SALARIES = "salaries"
    TRAVEL_ACCOMMODATION = "travel_accommodation"
    TRAINING_MATERIALS = "training_materials"
    EQUIPMENT = "equipment"
    LOGISTICS = "logistics"


class Outside(StrEnum):
    """Shown beside the formula, never in it."""

    FEE = "fee"
    INDIRECT = "indirect"
    CONTINGENCY = "contingency"
    SUPPORT = "support"


class Basis(StrEnum):
    PLANNED = "planned"
    COMMITTED = "committed"
    ACTUAL = "actual"


# What a cost is when nobody says which: the money that was spent.
DEFAULT_BASIS = Basis.ACTUAL


class Figure(StrEnum):
    """What stands in a row of the comparison: an amount on one basis, or what several amounts come to."""

    PLANNED = "planned"
    COMMITTED = "committed"
    ACTUAL = "actual"
    FORECAST = "forecast"
    VARIANCE = "variance"
    VARIANCE_PCT = "variance_pct"
    SHARE = "share"

    @property
    def basis(self) -> Basis | None:
        """The basis that it is an amount on; None for what several amounts come to."""
        return Basis(self.value) if self.value in set(Basis) else None


class By(StrEnum):
    """What a cost summary can be grouped by."""

    CATEGORY = "category"
    WORKSTREAM = "workstream"
    DONOR = "donor"
    CURRENCY = "currency"
    LINE = "line"
    YEAR = "year"
    QUARTER = "quarter"


class BudgetState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class LineStatus(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"
    ADDED = "added"
    DROPPED = "dropped"


class EntryKind(StrEnum):
    COMMITMENT = "commitment"
    DISBURSEMENT = "disbursement"
    EXPENDITURE = "expenditure"
    INCOMING_COMMITMENT = "incoming_commitment"
    INCOMING = "incoming"


class Measure(StrEnum):
    """What a planned line or a ledger entry counts as: the three bases of cost, and the two of funding."""

    PLANNED = "planned"
    COMMITTED = "committed"
    ACTUAL = "actual"
    PLEDGED = "pledged"
    RECEIVED = "received"


def measure_of(kind: EntryKind, *, is_advance: bool) -> Measure | None:
    """What an entry counts as. An advance counts as nothing until expenditure settles it; incoming is never cost."""
    if kind is EntryKind.DISBURSEMENT and is_advance:
        return None
    return {
        EntryKind.COMMITMENT: Measure.COMMITTED,
        EntryKind.DISBURSEMENT: Measure.ACTUAL,
        EntryKind.EXPENDITURE: Measure.ACTUAL,
        EntryKind.INCOMING_COMMITMENT: Measure.PLEDGED,
        EntryKind.INCOMING: Measure.RECEIVED,
    }[kind]


class Reason(StrEnum):
    """Why an amount is left out of a total: shown beside it, never replaced by 1, 0 or a later rate."""

    NOT_IN_RATE_SET = "not_in_rate_set"
    NO_VALUATION = "no_valuation"
    NO_RATE = "no_rate"
    STALE_RATE = "stale_rate"


class ItemKind(StrEnum):
    COST_LINE = "cost_line"
    LEDGER_ENTRY = "ledger_entry"


class RateFrequency(StrEnum):
    DAILY = "daily"
    MONTHLY = "monthly"


# How long a quote serves: a monthly rate 31 days beyond its month, a daily one 7 days (design.md §4.3).
GRACE_DAYS = {RateFrequency.DAILY: 7, RateFrequency.MONTHLY: 31}
