"""The rules that decide results, each on the smallest case that shows it. Figures worked out by hand."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from programmes.domain.milestones import Milestone, milestone_summary
from programmes.domain.pace import PACE_CUT_OFFS, Pace, pace_of
from programmes.domain.periods import Coverage, Days, coverage, engagement_days, months_between
from programmes.domain.results import (
    RATING_CUT_OFFS,
    DatedTarget,
    Indicator,
    Observation,
    Reason,
    indicator_result,
    latest_value,
    part_values,
    ratio_factor,
)
from programmes.domain.vocabulary import Direction, Frequency, Method, Window
from programmes.selectors.rows import named_rows

D = dt.date
YEAR_END = D(2024, 12, 31)
YEAR = Days(D(2024, 1, 1), D(2024, 12, 31))
QUARTERS = [
    Days(D(2024, 1, 1), D(2024, 3, 31)),
    Days(D(2024, 4, 1), D(2024, 6, 30)),
    Days(D(2024, 7, 1), D(2024, 9, 30)),
    Days(D(2024, 10, 1), D(2024, 12, 31)),
]


def observed(*values, **more):
    return [
        Observation(period=quarter, value=None if value is None else Decimal(value), **more)
        for quarter, value in zip(QUARTERS, values, strict=False)
    ]


def indicator(method=Method.LATEST, *, observations=(), baseline="0", targets=(("2024-12-31", "10"),), **more):
    return Indicator(
        method=method,
        baseline=None if baseline is None else Decimal(baseline),
        baseline_on=D(2023, 12, 31),
        targets=[DatedTarget(due=D.fromisoformat(due), value=Decimal(value)) for due, value in targets],
        observations=observations,
        **more,
    )


def at(ind, as_of=YEAR_END):
    return indicator_result(ind, YEAR, as_of)


@pytest.mark.parametrize(
    ("method", "latest"),
    [
        (Method.SUM, 12),
        (Method.SIMPLE_MEAN, 4),
        (Method.MAX, 6),
        (Method.MIN, 2),
        (Method.LATEST, 4),
    ],
)
def test_an_unreported_quarter_is_skipped_and_never_counts_as_zero(method, latest):
    ind = indicator(method, observations=observed("2", None, "6", "4"))

    assert at(ind).latest.value == latest
    assert (at(ind).latest.used, at(ind).latest.of_periods) == (3, 4)


def test_a_weighted_mean_weighs_each_period():
    rows = [
        Observation(period=QUARTERS[0], value=Decimal(1), weight=Decimal(31)),
        Observation(period=QUARTERS[1], value=Decimal(11), weight=Decimal(44)),
        Observation(period=QUARTERS[2], value=Decimal(99)),
    ]

    assert at(indicator(Method.WEIGHTED_MEAN, observations=rows)).latest.value == Fraction(31 + 11 * 44, 75)


def ratios(*pairs, unit="percent"):
    rows = [
        Observation(period=quarter, numerator=Decimal(num), denominator=Decimal(den))
        for quarter, (num, den) in zip(QUARTERS, pairs, strict=False)
    ]
    return indicator(Method.RATIO_OF_SUMS, observations=rows, unit=unit)


def test_a_ratio_is_of_sums_and_never_a_mean_of_percentages():
    assert at(ratios((1, 1), (0, 9))).latest.value == 10


def test_nothing_of_nothing_is_a_report_without_a_value():
    result = at(ratios((0, 0)))

    assert (result.latest.value, result.latest.undefined) == (None, Reason.ZERO_DENOMINATOR)
    assert (result.reported, result.progress_pct, result.no_progress) == (True, None, Reason.ZERO_DENOMINATOR)
    assert result.pace is Pace.NO_DATA


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("percent", 100),
        ("Percent of GDP", 100),
        ("%", 100),
        ("percentage points", 1),
        ("per 1,000 adults", 1000),
        ("per 100,000 adults", 100000),
        ("per head", 1),
        ("", 1),
    ],
)
def test_a_ratio_is_shown_in_its_unit(unit, factor):
    assert ratio_factor(unit) == factor
    assert at(ratios((1, 4), unit=unit)).latest.value == Fraction(factor, 4)


def test_a_ratio_takes_the_last_twelve_months_with_data_and_says_how_many_periods():
    old = Observation(period=Days(D(2023, 10, 1), D(2023, 12, 31)), numerator=Decimal(99), denominator=Decimal(99))
    silent = Observation(period=QUARTERS[1])
    ind = ratios((1, 2), (0, 0), (1, 2), (1, 2))
    ind = Indicator(method=ind.method, observations=[old, ind.observations[0], silent, *ind.observations[2:]])

    latest = latest_value(ind, D(2025, 6, 30))

    assert (latest.value, latest.used, latest.of_periods) == (Fraction(1, 2), 3, 4)


def test_a_ratio_over_one_period_longer_than_a_year_counts_whole():
    long = Observation(period=Days(D(2015, 12, 31), D(2023, 11, 30)), numerator=Decimal(3), denominator=Decimal(4))

    assert latest_value(Indicator(method=Method.RATIO_OF_SUMS, observations=[long]), D(2024, 1, 1)).value == Fraction(
        3, 4
    )


def test_a_window_of_one_period_takes_the_last_with_data():
    ind = indicator(Method.SUM, observations=observed("2", "5", None), window=Window.PERIOD)

    assert at(ind).latest.value == 5


def test_a_period_that_has_not_ended_does_not_count():
    ind = indicator(observations=observed("2", "5"))

    assert at(ind, D(2024, 6, 29)).latest.value == 2


def test_progress_of_a_falling_indicator_needs_no_turning_round():
    ind = indicator(
        observations=observed("41", "35.5"), baseline="41", targets=[("2024-12-31", "30")], direction=Direction.DECREASE
    )

    assert (at(ind).progress_pct, at(ind).target_met) == (50, False)


def test_progress_backwards_stays_negative():
    assert at(indicator(observations=observed("-5"))).progress_pct == -50


@pytest.mark.parametrize(
    ("direction", "latest", "progress", "held"),
    [
        (Direction.INCREASE, "10", 100, True),
        (Direction.INCREASE, "11", 100, True),
        (Direction.INCREASE, "9.9999", 0, False),
        (Direction.DECREASE, "9.9999", 100, True),
        (Direction.DECREASE, "10.0001", 0, False),
    ],
)
def test_where_the_target_is_the_baseline_it_is_to_be_held(direction, latest, progress, held):
    result = at(indicator(observations=observed(latest), baseline="10", direction=direction))

    assert (result.progress_pct, result.held, result.pace_pct) == (progress, held, progress)


def test_whether_it_is_held_is_said_nowhere_else():
    assert at(indicator(observations=observed("10"))).held is None
    assert at(indicator(observations=(), baseline="10")).held is None


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"observations": ()}, Reason.NO_DATA),
        ({"observations": observed("1"), "baseline": None}, Reason.NO_BASELINE),
        ({"observations": observed("1"), "targets": ()}, Reason.NO_TARGET),
    ],
)
def test_progress_that_cannot_be_said_has_a_reason(more, reason):
    assert (at(indicator(**more)).progress_pct, at(indicator(**more)).no_progress) == (None, reason)


def ordinal(*levels, baseline="D", target="B", **more):
    return Indicator(
        method=Method.ORDINAL_LATEST,
        scale=("D", "C", "B", "A"),
        baseline=baseline,
        baseline_on=D(2023, 12, 31),
        targets=[DatedTarget(due=D(2024, 6, 30), value="C"), DatedTarget(due=D(2024, 12, 31), value=target)],
        observations=[Observation(period=q, level=level) for q, level in zip(QUARTERS, levels, strict=False)],
        **more,
    )


def test_an_ordinal_moves_along_its_scale_from_zero():
    result = at(ordinal("D", "C", None))

    assert (result.latest.value, result.latest.label, result.progress_pct) == (1, "C", 50)


def test_a_level_off_the_scale_has_a_name_and_no_figure():
    result = at(ordinal("Z"))

    assert (result.latest.value, result.latest.label, result.latest.undefined) == (None, "Z", Reason.LEVEL_OFF_SCALE)
    assert result.reported is True


def test_a_target_off_the_scale_is_no_target_and_no_step():
    result = at(ordinal("D", "C", target="Z"))

    assert (result.target, result.no_progress, result.expected_now) == (None, Reason.NO_TARGET, 1)


@pytest.mark.parametrize(
    ("as_of", "expected", "pace"),
    [
        (D(2024, 6, 29), None, Pace.NOT_DUE),
        (D(2024, 6, 30), 1, Pace.ON_TRACK),
        (D(2024, 12, 30), 1, Pace.ON_TRACK),
        (D(2024, 12, 31), 2, Pace.OFF_TRACK),
    ],
)
def test_an_ordinal_is_expected_in_steps(as_of, expected, pace):
    result = at(ordinal("D", "C"), as_of)

    assert (result.expected_now, result.pace) == (expected, pace)


def test_the_revised_target_stands_for_the_original_of_its_date():
    targets = [
        DatedTarget(due=D(2024, 12, 31), value=Decimal(10)),
        DatedTarget(due=D(2024, 12, 31), value=Decimal(20), is_original=False),
    ]
    ind = Indicator(method=Method.LATEST, baseline=Decimal(0), targets=targets, observations=observed("10"))

    assert (at(ind).target, at(ind).progress_pct) == (20, 50)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (D(2023, 12, 30), None),  # before the baseline nothing is due
        (D(2023, 12, 31), 0),
        (D(2024, 7, 1), 5),  # 183 of 366 days to 10
        (D(2024, 12, 31), 10),
        (D(2025, 7, 1), 10 + Fraction(20 * 182, 365)),
        (D(2030, 1, 1), 30),  # after the last target it stays
    ],
)
def test_the_expected_value_lies_on_the_line_through_baseline_and_targets(as_of, expected):
    ind = indicator(observations=observed("1"), targets=[("2024-12-31", "10"), ("2025-12-31", "30")])

    assert at(ind, as_of).expected_now == expected


def test_a_baseline_without_a_date_stands_at_the_engagements_start():
    ind = Indicator(
        method=Method.LATEST, baseline=Decimal(0), targets=[DatedTarget(due=D(2024, 12, 31), value=Decimal(365))]
    )

    assert at(ind, D(2024, 1, 31)).expected_now == 30


def test_nothing_is_due_without_a_target_and_what_is_not_due_needs_no_data():
    assert at(indicator(observations=observed("1"), targets=())).pace is Pace.NOT_DUE
    assert at(indicator(targets=())).pace is Pace.NOT_DUE
    assert at(indicator()).pace is Pace.NO_DATA


def test_without_a_baseline_there_is_no_way_to_measure_along():
    result = at(indicator(observations=observed("10"), baseline=None))

    assert (result.pace, result.pace_pct, result.target_met) == (Pace.NO_DATA, None, True)


@pytest.mark.parametrize(("latest", "covered"), [("43", 100), ("45", 100), ("46", 0)])
def test_a_planned_dip_is_to_be_held_not_covered(latest, covered):
    # Arrears are to fall from 41 to 30, but may rise to 45 on the way.
    ind = indicator(
        observations=observed(latest), baseline="41", direction=Direction.DECREASE,
        targets=[("2024-12-31", "45"), ("2025-12-31", "30")],
    )  # fmt: skip

    assert at(ind).pace_pct == covered


@pytest.mark.parametrize(
    ("covered", "pace"),
    [
        (Fraction(90), Pace.ON_TRACK),
        (Fraction(89999999, 1000000), Pace.AT_RISK),
        (Fraction(70), Pace.AT_RISK),
        (Fraction(69999999, 1000000), Pace.OFF_TRACK),
        (Fraction(-5), Pace.OFF_TRACK),
        (None, Pace.NO_DATA),
    ],
)
def test_traffic_lights_compare_exactly(covered, pace):
    assert pace_of(covered, is_due=True) is pace
    assert pace_of(covered, is_due=False) is Pace.NOT_DUE


@pytest.mark.django_db
def test_the_sql_has_the_same_cut_offs_by_default():
    declared = named_rows(
        "SELECT proname, pg_get_function_arguments(oid) AS arguments FROM pg_proc WHERE proname IN (%s, %s, %s)",
        ["ta_indicator_results", "ta_outcome_results", "ta_rating"],
    )
    arguments = {row["proname"]: row["arguments"] for row in declared}
    assert "'{" + ",".join(map(str, PACE_CUT_OFFS)) + "}'" in arguments["ta_indicator_results"]
    assert "'{" + ",".join(map(str, RATING_CUT_OFFS)) + "}'" in arguments["ta_outcome_results"]
    assert "'{" + ",".join(map(str, RATING_CUT_OFFS)) + "}'" in arguments["ta_rating"]


def test_shares_are_given_where_parts_add_up():
    def parts(method, **figures):
        rows = [
            Observation(period=QUARTERS[0], disagg=disagg, **{name: Decimal(v) for name in figures})
            for disagg, v in (("", 4), ("sex=f", 1))
        ]
        return part_values(Indicator(method=method, observations=rows), D(2024, 12, 31))["sex=f"].share_pct

    assert parts(Method.SUM, value=1) == 25
    assert parts(Method.LATEST, value=1) == 25
    assert parts(Method.SIMPLE_MEAN, value=1) is None
    assert parts(Method.RATIO_OF_SUMS, numerator=1, denominator=1) is None


def test_a_part_is_taken_over_the_periods_of_its_total():
    rows = [*observed("4", "8"), *observed("1", disagg="sex=f")]

    # The last total is of the second quarter, for which nobody counted women.
    assert part_values(indicator(observations=rows), D(2024, 12, 31))["sex=f"].value is None


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (D(2024, 1, 1), D(2024, 4, 1), 3),
        (D(2024, 1, 1), D(2024, 3, 31), 2),
        (D(2024, 1, 31), D(2024, 2, 29), 0),
        (D(2024, 2, 1), D(2024, 1, 1), -1),
        (D(2023, 12, 15), D(2025, 1, 15), 13),
    ],
)
def test_a_month_is_over_on_the_same_day_of_a_later_one(since, until, months):
    assert months_between(since, until) == months


@pytest.mark.parametrize(
    ("frequency", "reported", "as_of", "counted"),
    [
        (Frequency.QUARTERLY, QUARTERS[:3], D(2024, 12, 31), Coverage(3, 4)),
        (Frequency.QUARTERLY, QUARTERS[:3], D(2024, 8, 15), Coverage(2, 2)),
        (Frequency.QUARTERLY, QUARTERS, D(2030, 1, 1), Coverage(4, 4)),
        (Frequency.QUARTERLY, QUARTERS[:1], D(2023, 1, 1), Coverage(0, 0)),
        (Frequency.MONTHLY, [Days(D(2024, 1, 1), D(2024, 1, 31))], D(2024, 3, 31), Coverage(1, 3)),
        (Frequency.YEARLY, QUARTERS[3:], D(2024, 12, 31), Coverage(1, 1)),
        (Frequency.HALF_YEARLY, QUARTERS[:1], D(2024, 12, 31), Coverage(1, 2)),
        # One figure over a whole year speaks for each of its quarters; one from before the start for none.
        (Frequency.QUARTERLY, [YEAR], D(2024, 12, 31), Coverage(4, 4)),
        (Frequency.QUARTERLY, [Days(D(2023, 10, 1), D(2023, 12, 31))], D(2024, 12, 31), Coverage(0, 4)),
        # Twice within a quarter is once.
        (Frequency.QUARTERLY, [QUARTERS[0], Days(D(2024, 1, 1), D(2024, 1, 31))], D(2024, 12, 31), Coverage(1, 4)),
        (Frequency.ONCE, [], D(2024, 12, 30), Coverage(0, 0)),
        (Frequency.ONCE, [], D(2024, 12, 31), Coverage(0, 1)),
        (Frequency.ONCE, QUARTERS[:2], D(2024, 6, 30), Coverage(1, 1)),
    ],
)
def test_coverage_counts_whole_periods_of_the_indicators_own_frequency(frequency, reported, as_of, counted):
    assert coverage(frequency, YEAR, reported, as_of) == counted


def test_an_engagement_that_still_runs_is_taken_to_end_as_planned():
    began = Days(D(2024, 2, 1), None)

    assert engagement_days(YEAR, None) == YEAR
    assert engagement_days(YEAR, began) == Days(D(2024, 2, 1), D(2024, 12, 31))
    assert engagement_days(YEAR, Days(D(2025, 2, 1), None)) == Days(D(2025, 2, 1), None)
    assert engagement_days(YEAR, Days(D(2024, 2, 1), D(2025, 3, 1))) == Days(D(2024, 2, 1), D(2025, 3, 1))


def test_milestones_are_seen_as_they_stood_that_day():
    milestones = [
        Milestone("M2", due=D(2024, 6, 30), done=D(2024, 7, 2), rating=3),
        Milestone("M1", due=D(2024, 6, 30), done=D(2024, 6, 30), rating=4),
        Milestone("M3", due=D(2024, 1, 31), done=None),
    ]

    then, later = (milestone_summary(milestones, day) for day in (D(2024, 7, 1), D(2024, 7, 2)))

    assert (then.done, then.on_time, then.late, list(then.not_done)) == (1, 1, 0, ["M2", "M3"])
    assert (later.done, later.on_time, later.late, dict(later.days_late)) == (2, 1, 1, {"M2": 2})
    assert later.mean_rating == Fraction(7, 2)
    assert milestone_summary([], D(2024, 7, 1)).mean_rating is None
