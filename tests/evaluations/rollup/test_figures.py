"""Every row of a report, against loops over the same portfolio with Fractions."""

from fractions import Fraction

import pytest

from evaluations.services.roll_up import roll_up
from programmes.services.service_accounts import system_author
from tests.evaluations.rollup.oracle import expected_rows, half_away
from tests.evaluations.rollup.portfolios import AS_OF, random_portfolio, write

# The indicator's pace is the results kit's own figure and tested there.
NOT_OURS = "pace_pct"
# Above the engagement figures carry 30 decimals.
EXACT = ("indicator", "outcome", "engagement")
CLOSE = Fraction(1, 10**25)


def rows_of(report):
    return {
        (row.level, row.key, row.metric): (row.value, row.reported, row.expected, row.weight_basis)
        for row in report.rows.all()
        if row.metric != NOT_OURS
    }


def same(level, found, expected):
    if found is None or expected is None:
        return found is expected
    if level in EXACT:
        return Fraction(found) == half_away(Fraction(expected), 30)
    return abs(Fraction(found) - expected) < CLOSE


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(8))
def test_each_figure_at_each_level_is_what_loops_and_fractions_say(seed):
    currency, minor_units = [("USD", 2), ("JPY", 0), ("KWD", 3)][seed % 3]
    portfolio = random_portfolio(seed, engagements=1 + seed, currency=currency)
    write(portfolio, currency, minor_units)

    report = roll_up(as_of=AS_OF, currency=currency, by=system_author())

    found, expected = rows_of(report), expected_rows(portfolio, currency, minor_units)
    assert set(found) == set(expected)
    for key, (value, *rest) in expected.items():
        assert same(key[0], found[key][0], value), (key, found[key], value)
        assert list(found[key][1:]) == rest, (key, found[key])


@pytest.mark.django_db
def test_numerator_and_denominator_explain_each_ratio_and_mean():
    write(random_portfolio(5, engagements=5, currency="USD"), "USD", 2)

    report = roll_up(as_of=AS_OF, currency="USD", by=system_author())

    explained = report.rows.filter(value__isnull=False, den__isnull=False)
    for row in explained:
        assert abs(Fraction(row.num) / Fraction(row.den) - Fraction(row.value)) < Fraction(1, 10**12), row.metric
    assert {row.metric for row in explained} == {
        "latest", "progress_pct", "coverage_pct", "outcome_progress_pct", "spent_pct", "cost_per_rating_point",
        "cost_per_milestone", "progress_pct_mean", "progress_pct_weighted", "pooled_ratio", "pooled_mean",
    }  # fmt: skip
