"""Shares that make a hundred: as published where they do, mended where that is safe, refused where it is a guess."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

WHOLE = Decimal(100)
# What rounding each share on its own can leave over: beyond this a share is missing or counted twice.
ROUNDING = Decimal(1)
_STEP = Decimal("0.0001")


class SharesDoNotAddUp(ValueError):
    """The shares are neither a hundred nor within rounding of it."""

    def __init__(self, total: Decimal) -> None:
        super().__init__(str(total))
        self.total = total


def by_weight(weights: Sequence[Fraction]) -> list[Decimal]:
    """A hundred split in proportion, to four decimals, by largest remainder: the shares add up to 100 exactly.

    Each weight is above 0. Ties go to the first.
    """
    total = sum(weights)
    exact = [weight / total * Fraction(WHOLE) for weight in weights]
    shares = [_down(share) for share in exact]
    steps = int((WHOLE - sum(shares)) / _STEP)
    order = sorted(range(len(shares)), key=lambda place: (Fraction(shares[place]) - exact[place], place))
    for place in order[:steps]:
        shares[place] += _STEP
    return shares


def whole(given: Sequence[Decimal | None]) -> list[Decimal]:
    """The shares as given if they make a hundred; those not given share evenly what is left; rounding is mended.

    Raises SharesDoNotAddUp if that makes no hundred.
    """
    known = sum((share for share in given if share is not None), Decimal(0))
    missing = [share for share in given if share is None]
    if missing:
        if known >= WHOLE:
            raise SharesDoNotAddUp(known)
        each = (Fraction(WHOLE) - Fraction(known)) / len(missing)
        return by_weight([each if share is None else Fraction(share) for share in given])
    if abs(known - WHOLE) > ROUNDING:
        raise SharesDoNotAddUp(known)
    if known == WHOLE and all(share == share.quantize(_STEP) for share in given if share is not None):
        return [share for share in given if share is not None]
    return by_weight([Fraction(share) for share in given if share is not None])


def _down(share: Fraction) -> Decimal:
    steps = share / Fraction(_STEP)
    return (Decimal(steps.numerator // steps.denominator) * _STEP).quantize(_STEP, rounding=ROUND_DOWN)
