"""Where an engagement stands, in figures and in one sentence."""

import datetime as dt
from fractions import Fraction

import pytest

from programmes.domain.standing import Phase, standing
from programmes.tables.standing import since_when, verdict

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 4, 10)  # 100 days


def stands(day, *, ends=LAST, spend=None, results=None):
    spent = None if spend is None else Fraction(spend)
    return standing(starts=FIRST, ends=ends, on=day, spend_pct=spent, results_pct=results and Fraction(results))


@pytest.mark.parametrize(
    ("day", "pct", "phase"),
    [
        (dt.date(2025, 12, 31), 0, Phase.NOT_STARTED),
        (FIRST, 1, Phase.RUNNING),
        (dt.date(2026, 1, 25), 25, Phase.RUNNING),
        (LAST, 100, Phase.RUNNING),
        (dt.date(2026, 4, 11), 100, Phase.OVER),
    ],
)
def test_both_ends_of_an_engagement_count(day, pct, phase):
    where = stands(day)

    assert (where.time_pct, where.phase) == (pct, phase)


def test_without_a_planned_end_there_is_no_share_of_time():
    where = stands(dt.date(2030, 1, 1), ends=None, spend=40)

    assert (where.time_pct, where.phase) == (None, Phase.OPEN_END)
    assert verdict(where) == "No end is planned: 40% of the budget is spent; no results can be measured yet."


AT_25 = dt.date(2026, 1, 25)


@pytest.mark.parametrize(
    ("spend", "results", "sentence"),
    [
        (34, 22, "Spending is 9 points ahead of time; results are 3 points behind."),
        (26, 24, "Spending is 1 point ahead of time; results are 1 point behind."),
        (25, 25, "Spending and results keep pace with time."),
        (20, 30, "Spending is 5 points behind time; results are 5 points ahead."),
        (25, None, "Spending keeps pace with time; no results can be measured yet."),
        (None, 30, "Results are 5 points ahead of time; there is no approved budget to compare spending with."),
        (None, None, "25% of the time has passed; there is neither a budget nor a result to judge by yet."),
        (0, None, "Spending is 25 points behind time; no results can be measured yet."),
    ],
)
def test_a_running_engagement_is_compared_with_its_time(spend, results, sentence):
    assert verdict(stands(AT_25, spend=spend, results=results)) == sentence


def test_points_are_those_between_the_whole_percents_that_stand_on_the_page():
    # 34.4 against 25 is shown as 34 and 25: a reader counts 9, and the sentence must too.
    where = stands(AT_25, spend=Fraction("34.4"), results=Fraction("24.6"))

    assert verdict(where) == "Spending is 9 points ahead of time; results keep pace."


def test_before_and_after_its_time_an_engagement_is_not_compared_with_it():
    assert verdict(stands(dt.date(2025, 6, 1), spend=0)) == "It starts on 1 Jan 2026."
    over = stands(dt.date(2027, 1, 1), spend=101, results=88)
    assert verdict(over) == "The time is over: 101% of the budget is spent, and results stand at 88%."
    assert since_when(over) == ""


def test_the_month_is_told_while_it_runs():
    assert since_when(stands(dt.date(2026, 3, 2))) == "Month 3 of 4. The line on each bar marks time elapsed."
