"""The working of a figure, step by step, for pages that explain it: what each period said, what is divided by what."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from programmes.domain.results import Indicator, Observation, latest_value
from programmes.domain.vocabulary import Method


def said_in(indicator: Indicator, observation: Observation) -> Fraction | None:
    """What one period says by itself, by the indicator's method; None where it cannot be said."""
    if observation.period.last is None:
        return None
    return latest_value(replace(indicator, observations=[observation]), observation.period.last).value


def sums_of(indicator: Indicator, counted: Sequence[Observation]) -> tuple[Fraction, Fraction] | None:
    """What the latest value is the quotient of, before its unit's factor; None for methods that divide nothing."""
    given = [(Fraction(o.value or 0), Fraction(o.weight or 0)) for o in counted]
    match indicator.method:
        case Method.RATIO_OF_SUMS:
            top = sum((Fraction(o.numerator or 0) for o in counted), Fraction(0))
            return top, sum((Fraction(o.denominator or 0) for o in counted), Fraction(0))
        case Method.WEIGHTED_MEAN:
            return sum((v * w for v, w in given), Fraction(0)), sum((w for _v, w in given), Fraction(0))
        case Method.SIMPLE_MEAN:
            return sum((v for v, _w in given), Fraction(0)), Fraction(len(given))
        case _:
            return None
