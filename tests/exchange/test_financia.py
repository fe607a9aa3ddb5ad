"""Financia, loaded once and looked at from every side."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum

from costing.models import Budget, CostLine, ExchangeRate, LedgerEntry, LedgerValuation, RateSetRate
from evaluations.models import Evaluation, ReadinessAssessment, Recommendation
from experts.models import Deployment, Expert, RateCard
from programmes.models import (
    Country,
    Engagement,
    FundingAgreement,
    Indicator,
    Observation,
    ObservationRevision,
    OutsideActivity,
    Programme,
    ProgressReport,
)
from ta_portal.exchange.models import LoadedScenario
from ta_portal.exchange.scenario.loader import load_scenario
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loading takes seconds: once for the whole module, in a transaction around all its tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_scenario((SHARED_DATA / "financia" / "financia.json").read_bytes())
        transaction.set_rollback(True)


def the(ref="FIN-TAX-2024"):
    return Engagement.objects.get(ref=ref)


def test_financia_comes_in_whole(loaded):
    assert loaded.is_new
    assert loaded.warnings == ()
    assert loaded.counts["cost_lines"] == CostLine.objects.count() == 62
    assert loaded.counts["payments"] == LedgerEntry.objects.filter(kind="expenditure").count() == 92
    assert loaded.counts["experts"] == Expert.objects.count() == RateCard.objects.count() == 8
    assert loaded.counts["deployments"] == Deployment.objects.filter(status="completed").count() == 14
    assert loaded.counts["observations"] == Observation.objects.filter(disagg="").count() == 96
    assert Observation.objects.exclude(disagg="").count() == 16
    assert ExchangeRate.objects.count() == 48
    assert LedgerValuation.objects.count() == LedgerEntry.objects.count()
    assert OutsideActivity.objects.count() == 5
    assert "xcd_rule" in loaded.not_mapped
    assert the().source_facts["meta.country.population"] == "184000"


@pytest.mark.usefixtures("loaded")
def test_the_engagement_has_its_place_its_dates_and_a_programme_of_its_own():
    engagement = the()

    assert engagement.status == "completed"
    assert (engagement.planned.lower, engagement.planned.upper) == (dt.date(2024, 1, 1), dt.date(2026, 1, 1))
    assert engagement.actual == engagement.planned
    assert engagement.practice_area_id == "REV"
    assert engagement.sample
    assert (engagement.institution.kind, engagement.institution.country_id) == ("revenue_authority", "XF")
    assert Country.objects.get(pk="XF").user_assigned
    assert dict(engagement.sector_shares.values_list("sector", "pct")) == {"15155": D(60), "15114": D(40)}
    programme = Programme.objects.get(code="P-FIN-TAX-2024")
    assert (programme.lead.code, programme.currency_id, programme.rate_source) == (
        "MCF",
        "USD",
        "scenario:FIN-TAX-2024",
    )


@pytest.mark.usefixtures("loaded")
def test_nothing_was_approved_by_its_author():
    budget, reports = Budget.objects.get(), ProgressReport.objects.all()

    assert (budget.state, budget.version) == ("approved", 1)
    assert budget.drafted_by != budget.approved_by
    assert len(reports) == 8
    assert all(report.state == "accepted" and report.decided_by != report.submitted_by for report in reports)
    assert not Observation.objects.exclude(status="accepted").exists()
    assert ObservationRevision.objects.filter(status="accepted").count() == Observation.objects.count()


@pytest.mark.usefixtures("loaded")
def test_budget_rates_multiply_exactly_as_written():
    assert set(RateSetRate.objects.values_list("currency", "num", "den")) == {
        ("USD", D(1), D(1)),
        ("EUR", D("1.08"), D(1)),
        ("XCD", D("0.370370370370"), D(1)),
    }


@pytest.mark.usefixtures("loaded")
def test_days_worked_are_brought_forward_and_post_nothing(financia):
    expected = {row["code"]: (D(row["planned_days"]), D(row["actual_days"])) for row in financia["deployments"]}

    found = {d.code: (d.planned_days, d.days_brought_forward) for d in Deployment.objects.all()}

    assert found == expected
    assert LedgerEntry.objects.filter(kind="expenditure").count() == sum(
        len(c["actuals"]) for c in financia["cost_lines"]
    )


@pytest.mark.usefixtures("loaded")
def test_an_agreements_amount_is_one_incoming_commitment_on_the_first_day():
    promised = LedgerEntry.objects.filter(kind="incoming_commitment").values_list(
        "agreement__code", "on_date", "amount"
    )

    assert set(promised) == {
        ("MCF", dt.date(2024, 1, 1), D(1750000)),
        ("GOF", dt.date(2024, 1, 1), D(1050000)),
    }
    assert LedgerEntry.objects.filter(kind="incoming", currency="XCD").aggregate(s=Sum("amount"))["s"] == D(1030000)
    assert dict(FundingAgreement.objects.values_list("code", "instrument")) == {"MCF": "grant", "GOF": "cost_share"}


@pytest.mark.usefixtures("loaded")
def test_frequencies_follow_what_was_reported_and_unreported_is_not_zero():
    found = dict(Indicator.objects.values_list("code", "frequency"))
    assert (found["I01"], found["I08"], found["I09"]) == ("quarterly", "half_yearly", "yearly")
    costs = Observation.objects.filter(indicator__code="I08").order_by("period_start").values_list("reported", "value")
    assert list(costs[:2]) == [(False, None), (True, D("3.15"))]
    repealed = Observation.objects.filter(indicator__code="I07").order_by("period_start").first()
    assert (repealed.reported, repealed.value) == (True, D(0))


@pytest.mark.usefixtures("loaded")
def test_evaluations_recommendations_and_readiness_are_dated_and_marked():
    mid = Evaluation.objects.get(kind="mid-term")
    assert (mid.scale.lowest, mid.scale.points, mid.ratings.count()) == (1, 6, 6)
    assert mid.recommendations.filter(response="accepted").count() == 4
    assert set(Recommendation.objects.values_list("text", flat=True)) == {"text not in source"}
    assert dict(ReadinessAssessment.objects.values_list("label", "on_date")) == {
        "start": dt.date(2024, 1, 1),
        "mid": dt.date(2025, 1, 31),
        "final": dt.date(2025, 12, 31),
    }


@pytest.mark.usefixtures("loaded")
def test_no_expert_is_named_outside_the_table_that_can_be_erased(financia):
    kept = str([*CostLine.objects.values_list("description"), *LoadedScenario.objects.values_list("content")])

    assert not [expert["name"] for expert in financia["experts"] if expert["name"] in kept]
    assert CostLine.objects.get(key__code="C01").description.startswith("E-0001, Team leader")
