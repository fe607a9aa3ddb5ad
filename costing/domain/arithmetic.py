"""Sums and percentages that are exact: under Python's default precision a sum beyond 28 digits would be rounded."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from functools import reduce

from ta_portal.money.exact import rounded

ZERO = Decimal(0)
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, with as many decimals as the amount that has most."""
    return reduce(_EXACT.add, amounts, ZERO)


def difference(amount: Decimal, less: Decimal) -> Decimal:
    return _EXACT.subtract(amount, less)


def percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    """Rounded half up, away from zero, to two decimals; undefined of nothing."""
    return rounded(Fraction(part) * 100 / Fraction(whole), 2) if whole else None
