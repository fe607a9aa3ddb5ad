"""How often a post changes hands."""

import datetime as dt
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from programmes.domain.turnover import Stay, turnover

TODAY = dt.date(2026, 3, 1)
YEARS_AGO = dt.date(2021, 3, 1)
some_days = st.integers(0, 7000).map(lambda count: dt.date(2010, 1, 1) + dt.timedelta(days=count))


@st.composite
def stays(draw):
    """One after the other, as a post has them; the last may go on."""
    marks = sorted(draw(st.sets(some_days, min_size=2, max_size=6)))
    found = [Stay(first, after - dt.timedelta(days=1)) for first, after in pairwise(marks)]
    return [*found, Stay(marks[-1], draw(st.none() | st.just(marks[-1])))]


def test_who_left_before_the_years_that_are_asked_for_does_not_count():
    gone = Stay(dt.date(2015, 1, 1), YEARS_AGO - dt.timedelta(days=1))
    found = turnover([gone, Stay(YEARS_AGO)], today=TODAY, years=5)
    assert (found.holders, found.left, found.mean_days) == (1, 0, None)


def test_who_left_on_their_first_day_counts_with_the_whole_of_their_stay():
    found = turnover([Stay(dt.date(2020, 3, 2), YEARS_AGO)], today=TODAY, years=5)
    assert (found.holders, found.left, found.mean_days) == (1, 1, Fraction(365))


def test_of_29_february_the_years_begin_on_the_28th():
    stay = Stay(dt.date(2020, 1, 1), dt.date(2023, 2, 28))
    assert turnover([stay], today=dt.date(2024, 2, 29), years=1).holders == 1


def test_who_is_only_named_has_not_begun():
    assert turnover([Stay(TODAY + dt.timedelta(days=1))], today=TODAY).holders == 0


@given(stays(), some_days, st.integers(1, 9))
def test_it_counts_whoever_had_the_post_on_a_day_of_those_years(held, today, years):
    window = [today - dt.timedelta(days=back) for back in range((today - _before(today, years)).days + 1)]
    seen = [stay for stay in held if any(day in stay for day in window)]
    over = [stay for stay in seen if stay.last and stay.last < today]
    found = turnover(held, today=today, years=years)

    assert found.holders == len(seen)
    assert found.left == len(over)
    assert found.mean_days == (
        Fraction(sum((stay.last - stay.first).days + 1 for stay in over), len(over)) if over else None
    )


@given(stays(), some_days)
def test_nothing_to_come_counts_and_nobody_stays_less_than_no_day(held, today):
    for stay in held:
        assert stay.days(today=today) == sum(
            1 for n in range((today - stay.first).days + 1) if stay.first + dt.timedelta(days=n) in stay
        )


def _before(day, years):
    found = dt.date(day.year - years, day.month, 28)
    return found if day.month == 2 and day.day == 29 else found.replace(day=day.day)
