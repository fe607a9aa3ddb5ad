"""The figures of two scenarios, worked out apart from this code, against the set-based SQL and its Python twin."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from programmes.domain.pace import Pace
from programmes.domain.periods import Coverage
from programmes.selectors.milestones import milestone_summaries
from programmes.selectors.overlaps import overlaps
from programmes.selectors.results import engagement_results
from ta_portal.access.permissions import Role
from ta_portal.money.exact import rounded
from tests.programmes.results.scenario import CUT_OFF, load, read

END = dt.date(2026, 2, 28)

pytestmark = pytest.mark.django_db


def results_of(engagement, as_of=END):
    return engagement_results([engagement.pk], as_of=as_of, cut_off=CUT_OFF)[engagement.pk]


def shown(value):
    return None if value is None else str(rounded(value, 2))


@pytest.mark.parametrize("name", ["financia", "moldova"])
def test_every_indicator_and_outcome_is_as_expected(name):
    expected = read(f"{name}/expected.json")
    engagement = load(read(f"{name}/{name}.json"))

    results = results_of(engagement)

    assert [i.code for i in results.indicators] == sorted(expected["indicators"])
    for indicator in results.indicators:
        want, got = expected["indicators"][indicator.code], indicator.result
        assert shown(got.latest.value) == want["latest"], indicator.code
        assert shown(got.progress_pct) == want["progress_pct"], indicator.code
        assert got.target_met is want["target_met"], indicator.code
        assert got.reported is True
        if "annual" in want:
            assert {str(year): shown(value) for year, value in indicator.annual.items()} == want["annual"]
            assert (Decimal(want["baseline"]), Decimal(want["final_target"])) == (got.baseline, got.target)
    assert [o.code for o in results.outcomes] == sorted(expected["outcomes"])
    for outcome in results.outcomes:
        want, got = expected["outcomes"][outcome.code], outcome.result
        assert shown(got.mean_capped_progress_pct) == want["mean_capped_progress_pct"]
        assert (got.rating, got.reported, got.expected) == (want["rating"], want["indicators"], want["indicators"])


def test_the_part_of_women_is_shown_with_its_share():
    expected = read("financia/expected.json")["indicators"]["I05"]

    trainees = next(i for i in results_of(load(read("financia/financia.json"))).indicators if i.code == "I05")

    women, men = trainees.parts["sex=f"], trainees.parts["sex=m"]
    assert (str(women.value), shown(women.share_pct)) == (expected["female"], expected["female_share_pct"])
    assert women.value + men.value == trainees.result.latest.value


def test_an_ordinal_is_shown_by_the_name_of_its_level():
    scenario = read("financia/financia.json")
    row = next(i for i in scenario["indicators"] if i["code"] == "I11")

    rating = next(i for i in results_of(load(scenario)).indicators if i.code == "I11")

    assert row["scale"][int(rating.result.latest.value)] == rating.result.latest.label


def test_after_the_last_target_it_stays_and_pace_is_progress():
    financia = load(read("financia/financia.json"))

    for indicator in results_of(financia).indicators:
        assert indicator.result.expected_now == indicator.result.target
        assert indicator.result.pace_pct == indicator.result.progress_pct


def test_between_two_targets_the_expected_value_lies_on_the_straight_line():
    # I01: 66 at the end of 2024, 78 a year later; 181 of those 365 days are over on 30 June.
    results = results_of(load(read("financia/financia.json")), as_of=dt.date(2025, 6, 30))

    collected = next(i.result for i in results.indicators if i.code == "I01")
    latest = collected.latest.value
    assert collected.expected_now == 66 + Fraction(12 * 181, 365)
    assert collected.pace_pct == (latest - Fraction("60.4")) / (collected.expected_now - Fraction("60.4")) * 100


def test_an_ordinal_is_not_due_before_its_first_target():
    results = results_of(load(read("financia/financia.json")), as_of=dt.date(2025, 6, 30))

    assert next(i.result.pace for i in results.indicators if i.code == "I11") is Pace.NOT_DUE


def test_coverage_counts_the_quarters_that_were_reported():
    scenario = read("financia/financia.json")
    reported = sum(
        o["value"] is not None for o in next(i for i in scenario["indicators"] if i["code"] == "I08")["observations"]
    )

    results = results_of(load(scenario))

    coverage = {i.code: i.result.coverage for i in results.indicators}
    assert coverage["I01"] == Coverage(8, 8)
    assert coverage["I08"] == Coverage(reported, 8)
    assert reported < 8


def test_milestones_are_as_expected():
    expected = read("financia/expected.json")["milestones"]
    financia = load(read("financia/financia.json"))

    got = milestone_summaries([financia.pk], as_of=END, cut_off=CUT_OFF)[financia.pk]

    assert (got.total, got.done, got.on_time, got.late) == tuple(
        expected[k] for k in ("total", "done", "on_time", "late")
    )
    assert (list(got.not_done), dict(got.days_late)) == (expected["not_done"], expected["days_late"])
    assert shown(got.mean_rating) == expected["mean_rating"]


def test_overlaps_are_as_expected(member):
    expected = read("financia/expected.json")["overlaps"]
    financia = load(read("financia/financia.json"))

    got = {o.code: o for o in overlaps(financia, user=member(Role.VIEWER)) if o.is_true}

    assert set(got) == {code for code, want in expected.items() if want["overlap"]}
    for code, overlap in got.items():
        want = expected[code]
        assert (overlap.strength, list(overlap.shared_sectors)) == (want["strength"], want["shared_sectors"])
        assert (str(overlap.shared_days.first), str(overlap.shared_days.last)) == (want["first_day"], want["last_day"])
        assert overlap.shared_days.count == want["shared_days"]
        assert overlap.internal is False
