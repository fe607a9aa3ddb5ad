"""Shares of a hundred: whole as given, mended where rounding is all, refused where it is a guess."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ta_portal.exchange.iati.shares import SharesDoNotAddUp, by_weight, whole

D = Decimal


WEIGHTS = st.builds(Fraction, st.integers(1, 10**9), st.integers(1, 1000))


@given(st.lists(WEIGHTS, min_size=1, max_size=20))
def test_weights_make_a_hundred_and_no_share_is_a_step_off(weights):
    shares = by_weight(weights)

    assert sum(shares) == 100
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) - weight / sum(weights) * 100) < Fraction(1, 10_000)
        assert share == share.quantize(D("0.0001"))


@given(st.lists(st.integers(min_value=1, max_value=10**6), min_size=1, max_size=30))
def test_a_larger_weight_never_has_a_smaller_share(weights):
    shares = by_weight([Fraction(weight) for weight in weights])

    ranked = sorted(zip(weights, shares, strict=True))
    assert all(low[1] <= high[1] for low, high in pairwise(ranked) if low[0] < high[0])


@given(st.lists(st.one_of(st.none(), st.decimals(min_value=0, max_value=100, places=2)), min_size=1, max_size=12))
def test_what_is_given_makes_a_hundred_or_is_refused(percents):
    known = sum(percent for percent in percents if percent is not None)
    can_be = known < 100 if None in percents else abs(known - 100) <= 1
    if not can_be:
        with pytest.raises(SharesDoNotAddUp) as refusal:
            whole(percents)
        assert refusal.value.total == known
    else:
        assert sum(whole(percents)) == 100


@pytest.mark.parametrize(
    ("percents", "shares"),
    [
        ([None], ["100"]),
        ([D(100)], ["100"]),
        ([D("39"), D("61")], ["39", "61"]),
        ([None, None, None], ["33.3334", "33.3333", "33.3333"]),
        ([D(40), None, None], ["40", "30", "30"]),
        ([D("33.33"), D("33.33"), D("33.33")], ["33.3334", "33.3333", "33.3333"]),
        ([D("50.00001"), D("49.99999")], ["50", "50"]),
        ([D(50), D("50.5")], ["49.7512", "50.2488"]),
    ],
)
def test_shares_by_hand(percents, shares):
    assert whole(percents) == [D(share) for share in shares]
