"""Exit readiness, evaluations, and the answer in which all results meet."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.api.answers import evaluation_answer, exit_readiness_answer, results_answer
from evaluations.domain.readiness import Dimension, Readiness, Score, latest_readiness, readiness_score
from evaluations.domain.vocabulary import Side
from evaluations.models import (
    CriterionRating,
    ReadinessAssessment,
    ReadinessDimension,
    ReadinessScore,
    ReadinessSet,
    Recommendation,
)
from evaluations.selectors.evaluations import figures_of_evaluations
from evaluations.selectors.readiness import exit_readiness
from evaluations.selectors.results import results
from ta_portal.api.rendering import dumps
from tests.factories import EngagementFactory, EvaluationFactory
from tests.programmes.results.scenario import CUT_OFF, load, read

END = dt.date(2026, 2, 28)


def assess(engagement, dimensions, *, on_date, label="", side="donor", threshold=70):
    """An assessment on a set of its own; None is not scored, and "no row" has no score at all."""
    number = ReadinessSet.objects.count()
    rated_on = ReadinessSet.objects.create(code=f"SET-{number}", threshold_pct=threshold)
    assessment = ReadinessAssessment.objects.create(
        engagement=engagement, set=rated_on, label=label, on_date=on_date, side=side
    )
    for place, (weight, score, critical) in enumerate(dimensions):
        dimension = ReadinessDimension.objects.create(
            set=rated_on, code=f"D{place}", name=f"D{place}", weight=weight, critical=critical
        )
        if score != "no row":
            ReadinessScore.objects.create(assessment=assessment, dimension=dimension, score=score)
    return assessment


def load_with_judgements(scenario):
    engagement = load(scenario)
    for row in scenario["evaluations"]:
        evaluation = EvaluationFactory(engagement=engagement, kind=row["kind"], on_date=row["date"])
        for criterion, value in row["ratings"].items():
            CriterionRating.objects.create(evaluation=evaluation, criterion=criterion, value=value)
        for no in range(row["recommendations"]):
            response = "accepted" if no < row["accepted"] else "partly"
            Recommendation.objects.create(evaluation=evaluation, no=no + 1, response=response)
    mid_term = scenario["evaluations"][0]["date"]
    dates = {"start": scenario["engagement"]["start"], "mid": mid_term, "final": scenario["engagement"]["end"]}
    for label, on_date in dates.items():
        rated = [(d["weight"], d[label], False) for d in scenario["exit_readiness"]["dimensions"]]
        assess(engagement, rated, on_date=on_date, label=label)
    return engagement


@pytest.fixture
def financia(db):
    return load_with_judgements(read("financia/financia.json"))


def test_every_assessment_of_financia_is_as_expected(financia):
    expected = read("financia/expected.json")["exit_readiness"]

    answer = exit_readiness_answer(financia.ref, exit_readiness([financia.pk])[financia.pk])

    got = {a["label"]: a for a in answer["assessments"]}
    assert list(got) == ["start", "mid", "final"]
    for label, want in expected.items():
        assert str(got[label]["score_pct"]) == want["score_pct"]
        assert (got[label]["any_zero"], got[label]["ready"]) == (want["any_zero"], want["ready"])


def test_every_evaluation_of_financia_is_as_expected(financia):
    expected = read("financia/expected.json")["evaluations"]
    evaluations = {e.pk: e.kind for e in financia.evaluations.all()}

    for key, figures in figures_of_evaluations(list(evaluations)).items():
        got, want = evaluation_answer(figures), expected[evaluations[key]]
        assert (str(got["mean"]), got["lowest"]) == (want["mean"], want["lowest"])
        assert str(got["recommendations_accepted_pct"]) == want["recommendations_accepted_pct"]


@pytest.mark.django_db
def test_an_evaluation_without_ratings_or_recommendations_has_no_figures():
    evaluation = EvaluationFactory()

    answer = evaluation_answer(figures_of_evaluations([evaluation.pk])[evaluation.pk])

    assert answer == {"mean": None, "lowest": None, "recommendations_accepted_pct": None}


SHEETS = st.lists(
    st.tuples(
        st.integers(1, 50).map(lambda n: Decimal(n) / 4),
        st.sampled_from([0, 1, 2, 3, 3, 3, None, "no row"]),
        st.booleans(),
    ),
    max_size=6,
)


@pytest.mark.django_db
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sheets=st.lists(SHEETS, min_size=1, max_size=3),
    threshold=st.sampled_from([Decimal(70), Decimal(0), Decimal("66.6667")]),
)
def test_the_set_based_sql_says_what_the_domain_says(sheets, threshold):
    with transaction.atomic():
        engagement = EngagementFactory()
        for day, sheet in enumerate(sheets, 1):
            assess(engagement, sheet, on_date=dt.date(2025, 1, day), threshold=threshold)
        got = exit_readiness([engagement.pk])[engagement.pk]
        transaction.set_rollback(True)

    for assessment, sheet in zip(got, sheets, strict=True):
        rated = [Dimension(weight, None if score == "no row" else score, critical) for weight, score, critical in sheet]
        assert assessment.score == readiness_score(rated, threshold)


@pytest.mark.parametrize(
    ("dimensions", "ready"),
    [
        ([(1, 3), (1, 3)], True),
        ([(9, 3), (1, 0)], False),  # something is absent
        ([(9, 3), (1, None)], False),  # something was never rated
        ([(1, 2), (1, 2)], False),  # 66.67 is not 70
        ([], False),
    ],
)
def test_ready_needs_the_score_and_no_gap(dimensions, ready):
    assert readiness_score([Dimension(Decimal(weight), score) for weight, score in dimensions]).ready is ready


def test_a_critical_dimension_must_be_adequate():
    strong = [Dimension(Decimal(9), 3)]

    assert readiness_score([*strong, Dimension(Decimal(1), 1)]).ready is True
    assert readiness_score([*strong, Dimension(Decimal(1), 1, critical=True)]).ready is False
    assert readiness_score([*strong, Dimension(Decimal(1), 2, critical=True)]).ready is True


def test_unrated_is_undefined_and_not_zero():
    score = readiness_score([Dimension(Decimal(1), None)])

    assert (score.score_pct, score.any_zero, score.unscored) == (None, False, 1)


def test_the_latest_assessment_counts_and_of_one_day_the_most_independent():
    def assessment(day, side):
        return Readiness(label="", on_date=dt.date(2025, 1, day), side=side, score=Score(None, False, 0, False))

    own, donors, evaluators, old = (
        assessment(2, Side.MINISTRY), assessment(2, Side.DONOR),
        assessment(2, Side.EVALUATOR), assessment(1, Side.EVALUATOR),
    )  # fmt: skip

    assert latest_readiness([own, evaluators, donors, old]) is evaluators
    assert latest_readiness([old, own]) is own
    assert latest_readiness([]) is None


def answer_of(engagement, as_of=END):
    found = results([engagement.pk], as_of=as_of, cut_off=CUT_OFF)
    return json.loads(dumps(results_answer(engagement.ref, found[engagement.pk])))


def test_the_answer_has_the_promised_shape_and_figures(financia):
    expected = read("financia/expected.json")

    answer = answer_of(financia)

    assert list(answer) == ["engagement", "as_of", "indicators", "outcomes", "milestones", "exit_readiness"]
    assert (answer["engagement"], answer["as_of"]) == ("FIN-TAX-2024", "2026-02-28")
    trainees = next(i for i in answer["indicators"] if i["code"] == "I05")
    assert trainees.pop("title")
    assert trainees == {
        "code": "I05", "method": "sum", "baseline": "0.00", "target": "300.00", "latest": "327.00",
        "progress_pct": "109.00", "target_met": True, "expected_now": "300.00", "pace_pct": "109.00",
        "pace": "on_track", "held": None, "reported": True, "latest_label": None,
        "annual": {"2024": "165.00", "2025": "162.00"},
        "parts": {
            "sex=f": {"value": "187.00", "share_pct": "57.19"}, "sex=m": {"value": "140.00", "share_pct": "42.81"},
        },
    }  # fmt: skip
    assert answer["outcomes"][0] == {
        "code": "O1", "mean_capped_progress_pct": "88.33", "rating": 3, "reported": 3, "expected": 3,
    }  # fmt: skip
    assert answer["milestones"] == expected["milestones"]
    assert answer["exit_readiness"] == {"score_pct": "76.47", "ready": True}


def test_readiness_in_the_answer_is_the_last_one_known_by_that_day(financia):
    assert answer_of(financia, dt.date(2025, 6, 30))["exit_readiness"] == {"score_pct": "39.22", "ready": False}


@pytest.mark.django_db
def test_an_engagement_that_was_never_assessed_is_neither_ready_nor_not():
    assert answer_of(EngagementFactory())["exit_readiness"] == {"score_pct": None, "ready": None}


def test_twenty_engagements_cost_the_queries_of_one(financia):
    keys = [financia.pk, *(EngagementFactory().pk for _ in range(19))]

    def queries(engagement_ids):
        with CaptureQueriesContext(connection) as asked:
            results(engagement_ids, as_of=END, cut_off=CUT_OFF)
        return len(asked)

    assert queries(keys[:1]) == queries(keys) == 6


def run(*arguments):
    out = io.StringIO()
    call_command("results", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_same_bytes_as_the_answer(financia):
    printed = run(financia.ref, "--as-of", "2026-02-28", "--json")

    assert json.loads(printed) == answer_of(financia)
    assert printed.count("\n") == 1


def test_the_command_has_a_table_for_people(financia):
    lines = run(financia.ref, "--as-of", "2025-06-30").splitlines()

    assert lines[0] == "FIN-TAX-2024, as of 2025-06-30"
    assert next(line for line in lines if line.startswith("I11")).split()[1:5] == ["D+", "4.00", "25.00", "Not"]
    assert lines[-2:] == ["Milestones: 7 of 12 done, 5 of them late.", "Exit readiness: 39.22 %, ready: no."]


@pytest.mark.django_db
def test_the_table_shows_a_dash_for_what_is_undefined():
    assert "Exit readiness: – %, ready: –." in run(EngagementFactory(ref="NEW-1").ref)


@pytest.mark.django_db
def test_the_command_refuses_an_unknown_engagement_in_one_sentence():
    with pytest.raises(CommandError, match="There is no engagement “NONE-1”") as refused:
        run("NONE-1")

    assert refused.value.returncode == 1
