"""A generated portfolio: complete, plausible, the same again, and by every rule of the services."""

import datetime as dt
import io
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.utils import timezone

from costing.domain.vocabulary import Basis, By, Category
from costing.models import Budget, CostLine, LedgerEntry, LedgerValuation
from costing.selectors.costs import cost_items, cost_summaries
from evaluations.services.roll_up import roll_up
from experts.domain.vocabulary import COUNTS_AS_LOAD
from experts.models import Deployment
from programmes.domain.vocabulary import STATUS_STEPS, EngagementStatus
from programmes.models import (
    Engagement,
    EngagementRecipient,
    EngagementSector,
    EngagementTransition,
    Indicator,
    Milestone,
    Observation,
    ObservationRevision,
    ProgressReport,
    Tranche,
)
from programmes.selectors.results import engagement_results
from programmes.services.checks import check_all
from programmes.services.readings import parts_must_add_up
from programmes.services.service_accounts import system_author
from ta_portal.api.commands import Refused
from ta_portal.audit.models import AuditEvent
from ta_portal.bench.portfolio.generating import generate_portfolio
from tests.bench.conftest import ENGAGEMENTS, TODAY

pytestmark = pytest.mark.django_db


def fingerprint():
    """Of all levels and metrics: codes and values, no ids."""
    return roll_up(as_of=TODAY, currency="USD", by=system_author()).fingerprint


@pytest.fixture(scope="module")
def made_again(portfolio, django_db_blocker):
    """The fingerprint of this portfolio, and of the same one made anew in its place."""
    found = []
    with django_db_blocker.unblock():
        found.append(fingerprint())
    return found


def test_it_is_as_large_as_promised(portfolio):
    assert portfolio["engagement"] == ENGAGEMENTS
    assert portfolio["deployment"] == 5 * ENGAGEMENTS
    assert portfolio["indicator"] == 10 * ENGAGEMENTS
    assert 90 * ENGAGEMENTS <= portfolio["ledger_entry"] <= 110 * ENGAGEMENTS
    assert 140 * ENGAGEMENTS <= portfolio["observation"] <= 260 * ENGAGEMENTS


def test_it_is_marked_as_sample_and_leaves_one_line_in_the_audit_trail(portfolio):
    assert not Engagement.objects.filter(sample=False).exists()
    assert AuditEvent.objects.get(verb="portfolio.generated").data == {
        "engagements": ENGAGEMENTS,
        "seed": 7,
        "today": TODAY.isoformat(),
    }


def test_values_pass_the_checks_that_services_ask(portfolio):
    for model in (Engagement, Indicator, Milestone, Deployment, CostLine, LedgerEntry):
        check_all(model.objects.all(), model.__name__)
    check_all(Observation.objects.order_by("pk")[:1000], "observations")


def test_shares_add_up_to_a_hundred(portfolio):
    for model in (EngagementRecipient, EngagementSector):
        sums = model.objects.values("engagement").annotate(whole=Sum("pct")).values_list("whole", flat=True)
        assert len(sums) == ENGAGEMENTS
        assert set(sums) == {Decimal(100)}


def test_statuses_are_spread_and_fit_the_dates_and_the_steps_taken(portfolio):
    assert Counter(Engagement.objects.values_list("status", flat=True)) == {
        "pipeline": 2, "appraisal": 1, "approved": 1, "active": 11, "suspended": 1, "completed": 3, "cancelled": 1,
    }  # fmt: skip
    for engagement in Engagement.objects.all():
        has_begun = engagement.status not in ("pipeline", "appraisal", "approved")
        assert (engagement.actual is not None) is has_begun
        assert (engagement.planned.lower <= TODAY) is has_begun
        has_ended = engagement.status in ("completed", "cancelled")
        assert (engagement.actual is not None and engagement.actual.upper is not None) is has_ended
        steps = EngagementTransition.objects.filter(engagement=engagement).order_by("pk")
        status = EngagementStatus.PIPELINE
        for step in steps:
            assert step.from_status == status
            assert EngagementStatus(step.to_status) in STATUS_STEPS[status]
            status = EngagementStatus(step.to_status)
        assert status == engagement.status


def test_nobody_is_booked_for_more_than_one_job(portfolio):
    booked = defaultdict(list)
    for deployment in Deployment.objects.filter(status__in=COUNTS_AS_LOAD):
        booked[deployment.expert_id].append(deployment)
    assert booked
    for deployments in booked.values():
        for day in {deployment.during.lower for deployment in deployments}:
            assert sum(one.fte for one in deployments if one.during.lower <= day < one.during.upper) <= 1


def test_nobody_approves_their_own(portfolio):
    assert Budget.objects.filter(state="approved").exists()
    assert not Budget.objects.filter(approved_by=F("drafted_by")).exists()
    accepted = ProgressReport.objects.filter(state="accepted")
    assert accepted.exists()
    assert not accepted.filter(decided_by=F("submitted_by")).exists()


def test_parts_make_their_totals_and_periods_lie_within_their_reports(portfolio):
    parts_must_add_up(Observation.objects.select_related("indicator"))
    assert Observation.objects.exclude(disagg="").exists()
    assert not Observation.objects.filter(period_start__lt=F("report__period__starts")).exists()
    assert not Observation.objects.filter(period_end__gt=F("report__period__ends")).exists()


def test_every_observation_stands_as_its_last_revision_says(portfolio):
    last = {row.observation_id: row for row in ObservationRevision.objects.order_by("observation", "seq")}
    for row in Observation.objects.all():
        revision = last[row.pk]
        for name in ("status", "reported", "value", "numerator", "denominator", "weight", "level"):
            assert getattr(row, name) == getattr(revision, name)


def test_instalments_promise_no_more_than_their_agreement(portfolio):
    promised = Tranche.objects.values("agreement", "agreement__amount").annotate(sum=Sum("amount"))
    assert promised
    assert all(row["sum"] <= row["agreement__amount"] for row in promised)


def test_money_is_of_all_categories_and_outside_them_in_several_currencies_with_gaps(portfolio):
    lines = CostLine.objects.all()
    assert set(lines.exclude(category=None).values_list("category", flat=True)) == set(Category)
    assert lines.exclude(outside=None).exists()
    assert not lines.exclude(amount=F("quantity") * F("unit_cost")).exists()
    assert LedgerEntry.objects.values("currency").distinct().count() > 4
    valued = LedgerValuation.objects.aggregate(number=Count("entry", distinct=True))["number"]
    assert 0 < LedgerEntry.objects.count() - valued < LedgerEntry.objects.count() // 10


def test_stored_valuations_are_at_the_rate_that_serves_the_day(portfolio):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM ledger_entry e JOIN engagement g ON g.id = e.engagement_id
               JOIN programme p ON p.id = g.programme_id
               LEFT JOIN ledger_valuation v ON v.entry_id = e.id
               CROSS JOIN LATERAL ta_rate_as_of(p.rate_source, e.currency_id, e.on_date, e.posted_at) r
               WHERE (r.num, r.den, r.rate_id) IS DISTINCT FROM (v.num, v.den, v.rate_id)"""
        )
        assert cursor.fetchone() == (0,)


def test_results_are_of_every_kind(portfolio):
    ids = list(Engagement.objects.values_list("pk", flat=True))
    found = engagement_results(ids, as_of=TODAY, cut_off=timezone.now())
    paces = Counter(i.result.pace.value for answers in found.values() for i in answers.indicators)
    assert {"on_track", "off_track", "no_data", "not_due"} <= set(paces)
    assert any(outcome.result.rating == 4 for answers in found.values() for outcome in answers.outcomes)


def test_a_summary_is_what_its_items_add_up_to(portfolio):
    ids = list(Engagement.objects.order_by("pk").values_list("pk", flat=True)[:5])
    asked = {"currency": "USD", "as_of": TODAY, "cut_off": timezone.now()}
    items = cost_items(ids, bases=[Basis.ACTUAL], **asked)
    for key, summary in cost_summaries(ids, basis=Basis.ACTUAL, by=By.CATEGORY, **asked).items():
        converted = [item.converted for item in items[key] if isinstance(item.converted, Decimal)]
        assert summary.charged == sum(converted, Decimal(0))


def test_the_same_seed_and_day_make_the_same_content(portfolio, made_again):
    with transaction.atomic():
        with connection.cursor() as cursor:
            # As in a fresh database: all of the first portfolio out of the way.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "TRUNCATE engagement, programme, organisation, institution, expert, rate_set, rate_source CASCADE"
            )
        generate_portfolio(engagements=ENGAGEMENTS, seed=7, today=TODAY, say=lambda line: None)
        assert fingerprint() == made_again[0]
        transaction.set_rollback(True)


def test_another_seed_makes_another_portfolio_beside_it(portfolio, made_again):
    made = generate_portfolio(engagements=3, seed=8, today=TODAY, say=lambda line: None)

    assert made.is_new
    assert Engagement.objects.filter(ref__contains="-G8-").count() == 3
    assert fingerprint() != made_again[0]


def run(**options):
    out, err = io.StringIO(), io.StringIO()
    call_command("generate_portfolio", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_a_second_run_says_that_it_is_here_already(portfolio):
    out, _ = run(engagements=ENGAGEMENTS, seed=7)

    assert "here already" in out
    assert Engagement.objects.count() == ENGAGEMENTS


def test_the_same_seed_for_another_size_is_refused(portfolio):
    with pytest.raises(Refused, match="Seed 7"):
        run(engagements=ENGAGEMENTS + 1, seed=7)


@pytest.mark.parametrize(
    "options",
    [
        {"engagements": 0},
        {"engagements": -3},
        {"engagements": 10**9},
        {"engagements": 5, "seed": -1},
        {"engagements": 5, "as_of": dt.date(2999, 1, 1)},
    ],
)
def test_what_makes_no_sense_is_wrong_usage(portfolio, options):
    with pytest.raises(SystemExit) as end:
        run(**options)
    assert end.value.code == 2
    assert Engagement.objects.count() == ENGAGEMENTS
