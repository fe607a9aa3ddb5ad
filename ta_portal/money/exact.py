"""The one conversion contract, in Python. Its twin is `sql/exact.sql`; tests hold the two and a third oracle together.

Everything is integers and Fractions inside; `Decimal` only at the door, and never under a context, so the default
precision of 28 digits can neither round nor raise. No floats: they are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Exact = int | Decimal | Fraction

MAX_DIGITS = 4


class ConversionError(ValueError):
    """An argument outside the contract. A missing rate is not an error: do not call; show the line as unconverted."""


def exact(value: Exact) -> Fraction:
    """The value as a Fraction. Raises ConversionError for floats, bools, NaN and infinities."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise ConversionError(f"not an exact number: {value!r}")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ConversionError(f"not a finite number: {value!r}")
    return Fraction(value)


def round_half_away(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


def decimal_of_units(units: int, digits: int) -> Decimal:
    """`units` minor units as a Decimal with exactly `digits` decimals; independent of any decimal context."""
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -digits))


def rounded(value: Exact, digits: int) -> Decimal:
    """A figure for output: half away from zero, once, to `digits` decimals (money, averages, progress alike)."""
    return decimal_of_units(round_half_away(exact(value) * 10**digits), digits)


def convert(amount: Exact, num: Exact, den: Exact, digits: int) -> Decimal:
    """amount * num / den, rounded ONCE, half away from zero, to `digits` decimals.

    amount: money in the native currency. num/den: the whole chain native -> base -> target as one rational, as quoted.
    digits: the target currency's minor units, 0..4. Raises ConversionError if num or den is not above 0, digits is
    outside 0..4, or an argument is not an exact finite number.
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= MAX_DIGITS:
        raise ConversionError(f"digits outside 0..{MAX_DIGITS}: {digits!r}")
    top, bottom = exact(num), exact(den)
    if top <= 0 or bottom <= 0:
        raise ConversionError(f"a rate is above 0: {num!r}/{den!r}")
    return rounded(exact(amount) * top / bottom, digits)


def split_largest_remainder(total: Exact, weights: Sequence[Exact], digits: int) -> list[Decimal]:
    """Parts in proportion to `weights`, each in whole minor units, whose sum is exactly `total`.

    Each part is its exact share cut toward zero; the units left over go one each to the largest remainders, ties to the
    earlier weight, so pass weights in the order of their codes. A negative total is the mirror of the positive one.
    Raises ConversionError if total is not in whole minor units, or weights is empty, holds a negative, or sums to 0.
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= MAX_DIGITS:
        raise ConversionError(f"digits outside 0..{MAX_DIGITS}: {digits!r}")
    shares = [exact(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    scaled = exact(total) * 10**digits
    if scaled.denominator != 1:
        raise ConversionError(f"not in whole minor units: {total!r}")
    if any(share < 0 for share in shares) or whole == 0:
        raise ConversionError(f"weights are 0 or more and their sum is above 0: {weights!r}")
    units = abs(scaled.numerator)
    floors = [units * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (floors[i] - units * shares[i] / whole, i))
    for i in by_remainder[: units - sum(floors)]:
        floors[i] += 1
    sign = -1 if scaled < 0 else 1
    return [decimal_of_units(sign * part, digits) for part in floors]
