"""The project's own scenario, rolled up: the figures of `expected.json` at every level that has them."""

import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from evaluations.selectors.reports import report_rows
from evaluations.services.roll_up import roll_up
from programmes.services.service_accounts import system_author
from tests.conftest import SHARED_DATA

FINANCIA = SHARED_DATA / "financia"
REF = "FIN-TAX-2024"


def load_and_roll_up():
    call_command("load_scenario", str(FINANCIA / "financia.json"), stdout=io.StringIO(), stderr=io.StringIO())
    return roll_up(as_of="2026-12-31", currency="USD", by=system_author())


@pytest.fixture
def expected():
    return json.loads((FINANCIA / "expected.json").read_text("utf-8"))


@pytest.fixture
def figure(db):
    rows = {(row.level, row.key, row.metric): row for row in report_rows(load_and_roll_up())}
    return lambda level, key, metric: rows[level, key, metric]


def test_its_money_is_the_same_at_each_level_that_holds_it_whole(figure, expected):
    overall = expected["overall"]
    for level, key in [
        ("engagement", REF),
        ("programme", f"P-{REF}"),
        ("country", "XF"),
        ("area", "REV"),
        ("portfolio",) * 2,
    ]:
        assert str(figure(level, key, "planned_cost").value) == overall["planned_usd"]
        assert str(figure(level, key, "actual_cost").value) == overall["actual_usd"]
        assert figure(level, key, "unconverted").value == 0
    assert figure("engagement", REF, "unconverted").expected == overall["line_count"] + overall["transaction_count"]


def test_each_donor_has_what_its_own_agreement_paid(figure, expected):
    for code, row in expected["by_donor"].items():
        assert str(figure("donor", code, "planned_cost").value) == row["planned_usd"]
        assert str(figure("donor", code, "actual_cost").value) == row["actual_usd"]
        assert figure("donor", code, "progress_pct_weighted").weight_basis == "share_of_spending"


def test_its_results_are_those_of_the_results_door(figure, expected):
    for code, row in expected["indicators"].items():
        assert figure("indicator", f"{REF}/{code}", "progress_pct").value == Decimal(row["progress_pct"])
    for code, row in expected["outcomes"].items():
        outcome = figure("outcome", f"{REF}/{code}", "outcome_progress_pct")
        assert (str(outcome.value), outcome.expected) == (row["mean_capped_progress_pct"], row["indicators"])
        assert figure("outcome", f"{REF}/{code}", "rating").value == row["rating"]
    done, on_time = (figure("portfolio", "portfolio", f"milestones_{what}") for what in ("done", "on_time"))
    milestones = expected["milestones"]
    assert (done.value, done.expected) == (milestones["done"], milestones["total"])
    assert (on_time.value, on_time.expected) == (milestones["on_time"], milestones["done"])


def test_the_engagement_is_the_mean_of_its_outcomes_and_has_its_price(figure, expected):
    outcomes = expected["outcomes"].values()
    mean = sum(Decimal(row["mean_capped_progress_pct"]) for row in outcomes) / len(outcomes)
    points = sum(row["rating"] for row in outcomes)
    spent = Decimal(expected["overall"]["actual_usd"])

    assert figure("engagement", REF, "progress_pct").value == round(mean, 2)
    assert figure("engagement", REF, "cost_per_rating_point").value == round(spent / points, 2)
    assert figure("engagement", REF, "cost_per_milestone").value == round(spent / expected["milestones"]["done"], 2)


@pytest.mark.django_db
def test_loaded_twice_into_fresh_databases_it_has_one_fingerprint():
    fingerprints = set()
    for _ in range(2):
        with transaction.atomic():
            fingerprints.add(load_and_roll_up().fingerprint)
            transaction.set_rollback(True)

    assert len(fingerprints) == 1
