"""What a planned line and a ledger entry are worth in another currency: one step, one rounding, or a reason why not.

Its twin is `ta_money_items` in costing/sql/costs.sql, which states the rules in full.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from costing.domain.rates import BudgetRates, Rate
from costing.domain.vocabulary import Reason
from ta_portal.money.exact import rounded

Converted = Decimal | Reason
"""An amount in the target's minor units, or why it is left out of the total."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A currency and the decimals of its minor unit."""

    code: str
    digits: int


@dataclass(frozen=True, slots=True)
class Valuation:
    """What an entry is worth in its source's pivot: at a rate, or an amount that the books give."""

    rate: Fraction | None = None
    base_amount: Decimal | None = None

    def of(self, amount: Decimal) -> Fraction:
        if self.rate is not None:
            return Fraction(amount) * self.rate
        if self.base_amount is None:
            raise ValueError("a valuation is a rate or an amount")
        return Fraction(self.base_amount)


def convert_at_budget_rates(amount: Decimal, currency: str, target: Unit, rates: BudgetRates | None) -> Converted:
    """A planned line or a promise, at the budget's own rates: native to base to target, rounded once."""
    if currency == target.code:
        return rounded(amount, target.digits)
    if rates is None:
        return Reason.NOT_IN_RATE_SET
    native, wanted = rates.to_base(currency), rates.to_base(target.code)
    if isinstance(native, Reason) or isinstance(wanted, Reason):
        return Reason.NOT_IN_RATE_SET
    return rounded(Fraction(amount) * native / wanted, target.digits)


def convert_entry(
    amount: Decimal,
    currency: str,
    target: Unit,
    *,
    valuation: Valuation | None,
    target_rate: Rate,
    booked: tuple[Decimal, str] | None = None,
) -> Converted:
    """A ledger entry: as booked, as it stands, or by its stored valuation and the target's rate as of its date.

    `booked` is what the accounting system holds in the agreement's currency: it prevails when that is the target.
    """
    if booked is not None and booked[1] == target.code:
        return rounded(booked[0], target.digits)
    if currency == target.code:
        return rounded(amount, target.digits)
    if valuation is None:
        return Reason.NO_VALUATION
    if isinstance(target_rate, Reason):
        return target_rate
    return rounded(valuation.of(amount) / target_rate, target.digits)
