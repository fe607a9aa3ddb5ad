"""Reasons to ask whether a figure is right, each with what is not asked about beside it."""

from fractions import Fraction

import pytest

from programmes.domain.doubts import Doubt, Known, doubts
from programmes.domain.vocabulary import Direction, Method

F = Fraction
UP, DOWN = Direction.INCREASE, Direction.DECREASE


def asked(figure, *earlier, method=Method.LATEST, direction=UP, **known):
    before = [F(one) for one in earlier]
    return doubts(F(figure), Known(earlier=before, method=method, direction=direction, **known))


def test_the_first_figure_is_asked_about_only_where_it_cannot_be():
    assert asked(500) == []
    assert asked(-1) == [Doubt.BELOW_ZERO]
    assert asked(101, is_share=True) == [Doubt.NOT_A_SHARE]
    assert asked(100, is_share=True) == []


def test_below_zero_is_nothing_odd_where_others_are():
    assert asked(-3, -2, -4) == []
    assert asked(-3, baseline=F(-2)) == [Doubt.WORSE]
    assert asked(130, 120, is_share=True) == []


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        ("341000", Doubt.TIMES_1000),
        ("34100", Doubt.TIMES_100),
        ("3410", Doubt.TIMES_10),
        ("34.1", Doubt.ONE_10TH),
        ("3.41", Doubt.ONE_100TH),
        ("0.341", Doubt.ONE_1000TH),
    ],
)
def test_a_mark_that_slipped_is_told_by_how_far(figure, reason):
    assert asked(figure, 350, 366) == [reason]


def test_few_figures_jump_by_twice_or_half_and_shares_by_points():
    assert asked(200, 100) == []
    assert asked(201, 100) == [Doubt.JUMPS]
    assert asked(49, 100) == [Doubt.JUMPS]
    assert asked(0, 100) == [Doubt.JUMPS]
    assert asked(26, 1, is_share=True) == []
    assert asked(27, 1, is_share=True) == [Doubt.JUMPS]
    assert asked(7, 0) == []


def test_many_figures_jump_by_three_times_their_greatest_step():
    assert asked(130, 80, 90, 100) == []
    assert asked(131, 80, 90, 100) == [Doubt.JUMPS]
    assert asked(100, 100, 10, 101) == []


def test_what_only_ever_grew_is_asked_about_when_it_falls():
    assert asked(109, 100, 105, 110) == [Doubt.FALLS]
    assert asked(109, 105, 110) == []
    assert asked(109, 100, 106, 105, 110) == []
    assert asked(109, 100, 105, 110, method=Method.SUM) == []
    assert asked(109, 100, 105, 110, direction=DOWN) == []


def test_worse_than_the_start_is_asked_once():
    assert asked(370, 360, direction=DOWN, baseline=F(366)) == [Doubt.WORSE]
    assert asked(371, 370, direction=DOWN, baseline=F(366)) == []
    assert asked(9, 11, baseline=F(10)) == [Doubt.WORSE]
    assert asked(9, 11, baseline=F(10), method=Method.SUM) == []
