"""Reporting periods: their codes, and what each asks for, held against a walk through the days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.domain.periods import Days
from programmes.domain.reporting import CODE, is_asked_for, period_code
from programmes.domain.vocabulary import MONTHS_OF, Frequency

ONE_DAY = dt.timedelta(days=1)
D = dt.date


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (D(2026, 7, 1), D(2026, 9, 30), "2026-Q3"),
        (D(2026, 10, 1), D(2026, 12, 31), "2026-Q4"),
        (D(2026, 1, 1), D(2026, 6, 30), "2026-H1"),
        (D(2026, 7, 1), D(2026, 12, 31), "2026-H2"),
        (D(2026, 1, 1), D(2026, 12, 31), "2026"),
        (D(2028, 2, 1), D(2028, 2, 29), "2028-02"),
        (D(2028, 2, 1), D(2028, 2, 28), "2028-02-01"),
        (D(2026, 2, 1), D(2026, 4, 30), "2026-02-01"),
        (D(2026, 4, 1), D(2026, 9, 30), "2026-04-01"),
        (D(2026, 7, 1), D(2027, 6, 30), "2026-07-01"),
        (D(2026, 7, 15), D(2026, 7, 15), "2026-07-15"),
    ],
)
def test_a_period_is_called_as_the_calendar_calls_it_or_by_its_first_day(first, last, code):
    assert period_code(first, last) == code
    assert CODE.fullmatch(code)


days = st.dates(D(2020, 1, 1), D(2023, 12, 31))
lengths = st.integers(0, 800)


@given(days, lengths, days, lengths)
def test_periods_that_share_no_day_have_different_codes(first, length, other, other_length):
    last, other_last = first + dt.timedelta(length), other + dt.timedelta(other_length)

    if last < other or other_last < first:
        assert period_code(first, last) != period_code(other, other_last)


def asked_by_walking(frequency, running, asked):
    """Day by day from the engagement's first: a month is over where the day of the month comes round again."""
    months, day = 0, running.first
    while day <= asked.last and (running.last is None or day <= running.last):
        tomorrow = day + ONE_DAY
        comes_round = tomorrow.day == running.first.day
        # The month had no such day, and is over with its end.
        skipped = tomorrow.day == 1 and day.day < running.first.day
        months += comes_round or skipped
        if frequency is Frequency.ONCE:
            if day == running.last and day >= asked.first:
                return True
        elif (comes_round or skipped) and months % MONTHS_OF[frequency] == 0 and day >= asked.first:
            return True
        day = tomorrow
    return False


@given(
    st.sampled_from(Frequency), days, st.none() | st.integers(0, 1200), st.dates(D(2019, 6, 1), D(2024, 6, 1)), lengths
)
def test_an_indicator_is_asked_for_where_one_of_its_own_periods_ends(frequency, first, runs, begins, length):
    running = Days(first, None if runs is None else first + dt.timedelta(runs))
    asked = Days(begins, begins + dt.timedelta(length))

    assert is_asked_for(frequency, running, asked) == asked_by_walking(frequency, running, asked)


def test_a_period_that_goes_on_asks_for_nothing_yet():
    assert not is_asked_for(Frequency.MONTHLY, Days(D(2024, 1, 1), None), Days(D(2024, 1, 1), None))
