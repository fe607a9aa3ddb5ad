"""A report is made once, whole or not at all, and then never changes; anybody can come to the same again."""

import random
import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from evaluations.domain.rollup import COUNTS, MONEY, Metric, ReportScope, ScopeKind, WeightBasis, shown
from evaluations.domain.vocabulary import Level
from evaluations.models import ImpactReport, ImpactRow
from evaluations.selectors.reports import report_rows
from evaluations.services.roll_up import SEALING, roll_up
from programmes.models import Engagement, Milestone
from programmes.services.service_accounts import system_author
from ta_portal.audit.models import AuditEvent
from tests.evaluations.rollup.portfolios import AS_OF, random_portfolio, write
from tests.factories import MilestoneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio(db):
    made = random_portfolio(3, engagements=4, currency="USD")
    write(made, "USD", 2)
    return made


def report(**asked):
    return roll_up(**({"as_of": AS_OF, "currency": "USD", "by": system_author()} | asked))


# --- Once ---


def test_a_job_delivered_five_times_makes_one_report(portfolio):
    job = uuid.uuid4()

    made = {report(job=job).pk for _ in range(5)}

    assert len(made) == 1
    assert ImpactReport.objects.count() == 1
    assert AuditEvent.objects.filter(verb="impact_report.completed").count() == 1


def test_what_is_cut_short_leaves_no_half_of_a_report(portfolio):
    def power_cut(stage, done, total):
        if stage == SEALING:
            assert ImpactRow.objects.exists()
            raise ConnectionError

    with pytest.raises(ConnectionError):
        report(progress=power_cut)

    assert (ImpactReport.objects.count(), ImpactRow.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: ImpactRow.objects.filter(report=made).update(value=1),
        lambda made: ImpactRow.objects.filter(report=made).delete(),
        lambda made: ImpactRow.objects.create(report=made, level="portfolio", key="portfolio", metric="invented"),
        lambda made: ImpactReport.objects.filter(pk=made.pk).update(fingerprint="0" * 64),
        lambda made: ImpactReport.objects.filter(pk=made.pk).update(state="building"),
    ],
)
def test_the_database_refuses_to_change_a_report(portfolio, change):
    made = report()

    with pytest.raises(DatabaseError), transaction.atomic():
        change(made)


# --- Again ---


def fingerprint_of_a_fresh_start(seed, *, shuffled=False):
    """The fingerprint of a portfolio that is written, reported on and forgotten."""
    made = random_portfolio(seed, engagements=5, currency="USD")
    if shuffled:
        random.Random(1).shuffle(made)
    with transaction.atomic():
        write(made, "USD", 2)
        fingerprint = report().fingerprint
        transaction.set_rollback(True)
    return fingerprint


def test_the_same_portfolio_has_the_same_fingerprint_in_a_fresh_database_in_any_order():
    first = fingerprint_of_a_fresh_start(7)

    assert fingerprint_of_a_fresh_start(7, shuffled=True) == first
    assert fingerprint_of_a_fresh_start(8) != first


def test_one_figure_makes_another_fingerprint(portfolio):
    before = report()
    Milestone.objects.create(engagement=Engagement.objects.first(), code="M99", title="Decree", due=AS_OF)

    after = report()

    assert after.fingerprint != before.fingerprint
    assert after.input_hash != before.input_hash  # known at another moment


def test_the_number_of_queries_does_not_grow_with_the_portfolio(portfolio):
    author = system_author()
    report(by=author)  # reads the author's grants
    with CaptureQueriesContext(
        connection,
    ) as few:
        report(by=author)
    for _ in range(8):
        MilestoneFactory()
    with CaptureQueriesContext(connection) as many:
        report(by=author)

    assert Engagement.objects.count() == len(portfolio) + 8
    assert len(many) == len(few) <= 17


# --- What it says ---


def test_levels_metrics_and_bases_are_the_closed_lists_of_the_domain(portfolio):
    rows = list(report().rows.all())

    assert {row.level for row in rows} == {level.value for level in Level}
    assert {row.metric for row in rows} == {metric.value for metric in Metric}
    assert {row.weight_basis for row in rows} == {basis.value for basis in WeightBasis}


def test_money_adds_up_to_the_cent_in_every_grouping(portfolio):
    rows = report_rows(report())
    measures = MONEY - {Metric.COST_PER_MILESTONE, Metric.COST_PER_RATING_POINT}
    for metric in measures:
        totals = {
            level: sum(row.value for row in rows if (row.level, row.metric) == (level, metric))
            for level in ("portfolio", "programme", "country", "area", "donor", "engagement")
        }
        assert len(set(totals.values())) == 1, (metric, totals)


def test_rows_are_read_from_the_portfolio_down_and_rounded_once(portfolio):
    made = report()

    rows = report_rows(made)

    assert [row.level for row in rows] == sorted(
        (row.level for row in rows),
        key=["portfolio", "donor", "area", "country", "programme", "engagement", "outcome", "indicator"].index,
    )
    for row in rows:
        if row.value is not None:
            digits = 0 if row.metric in COUNTS else 2
            assert -row.value.as_tuple().exponent == digits, row
    assert report_rows(made, level=Level.DONOR) == [row for row in rows if row.level == "donor"]


def test_money_is_put_out_in_its_minor_units():
    third = Decimal("33.333333333333333333333333333335")
    assert [shown(third, Metric.ACTUAL_COST, money_digits=digits) for digits in (0, 3)] == [
        Decimal(33),
        Decimal("33.333"),
    ]
    assert str(shown(Decimal("-0.005"), Metric.SPENT_PCT, money_digits=0)) == "-0.01"
    assert shown(None, Metric.SPENT_PCT, money_digits=2) is None


# --- On what ---


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("portfolio", ReportScope(ScopeKind.PORTFOLIO)),
        ("engagement:FIN-TAX-2024", ReportScope(ScopeKind.ENGAGEMENT, "FIN-TAX-2024")),
        (" donor:XM-DAC-5-7 ", ReportScope(ScopeKind.DONOR, "XM-DAC-5-7")),
    ],
)
def test_a_scope_is_read_and_written_alike(text, scope):
    assert ReportScope.parse(text) == scope
    assert str(scope) == text.strip()


@pytest.mark.parametrize("text", ["", "engagement", "engagement:", "portfolio:all", "portfolio:", "planet:EARTH", ":"])
def test_what_is_no_scope_is_not_read(text):
    assert ReportScope.parse(text) is None


@pytest.mark.parametrize("kind", ["programme", "country", "area", "donor"])
def test_a_scope_counts_its_own_engagements_and_no_others(portfolio, kind):
    names = {
        "programme": lambda e: [e.programme],
        "country": lambda e: [code for code in e.recipients if not code.isdigit()],
        "area": lambda e: [e.area] if e.area else [],
        "donor": lambda e: e.donors,
    }[kind]
    for code in {code for engagement in portfolio for code in names(engagement)}:
        rows = report(scope=f"{kind}:{code}").rows.filter(level="engagement", metric="progress_pct")

        assert {row.key for row in rows} == {e.ref for e in portfolio if code in names(e)}


def test_a_scope_without_engagements_is_a_report_without_figures(portfolio):
    MilestoneFactory(engagement__practice_area__code="MON")
    Engagement.objects.filter(practice_area="MON").update(practice_area=None)

    made = report(scope="area:MON")

    assert (made.state, made.rows.count()) == ("complete", 0)
