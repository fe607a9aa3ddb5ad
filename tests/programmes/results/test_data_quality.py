"""How far results can be relied on: each check at its edges, the score, and where it is shown."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.domain.data_quality import Check, DataQuality, Examined, Finding, data_quality
from programmes.domain.periods import Coverage
from programmes.domain.vocabulary import Direction, Method
from programmes.models import IndicatorTarget
from programmes.selectors.data_quality import data_qualities
from ta_portal.access.permissions import Role
from tests.factories import (
    EngagementFactory,
    EvidenceFactory,
    IndicatorFactory,
    InstitutionFactory,
    ProgressReportFactory,
    ReportingPeriodFactory,
    UserFactory,
    days,
)
from tests.programmes.results.scenario import observe
from tests.web import Page

SOUND = {
    "code": "I01",
    "method": Method.LATEST,
    "direction": Direction.INCREASE,
    "is_share": False,
    "baseline": Fraction(10),
    "target": Fraction(100),
    "coverage": Coverage(4, 4),
    "sizes": [Fraction(size) for size in (10, 20, 30, 40)],
    "total": Decimal(40),
    "parts": {"sex=f": Decimal(15), "sex=m": Decimal(25)},
    "has_figure": True,
    "is_backed": True,
}


def failing(**different):
    found = data_quality([Examined(**{**SOUND, **different})], [1, 2])
    return [one.check for one in found.findings]


def sizes(*given):
    return [Fraction(size) for size in given]


def test_what_is_sound_passes_all_checks():
    assert data_quality([Examined(**SOUND)], [1, 2]) == DataQuality(8, [])
    assert data_quality([Examined(**SOUND)], [1, 2]).score_pct == 100


@pytest.mark.parametrize(
    ("different", "check"),
    [
        ({"coverage": Coverage(3, 4)}, Check.LATE),
        ({"baseline": None}, Check.NO_BASELINE),
        ({"target": Fraction(9)}, Check.DIRECTION),
        ({"direction": Direction.DECREASE}, Check.DIRECTION),
        ({"parts": {"sex=f": Decimal(15), "sex=m": Decimal(24)}}, Check.NOT_ADDING_UP),
        ({"sizes": sizes(10, 20, 30, 61)}, Check.JUMP),
        ({"sizes": sizes(10, 20, 30, 3)}, Check.JUMP),
        ({"sizes": sizes(10, 20, 30, 29)}, Check.FALLING),
        ({"is_backed": False}, Check.NO_EVIDENCE),
    ],
)
def test_each_check_fails_for_its_own_reason(different, check):
    assert check in failing(**different)


@pytest.mark.parametrize(
    "different",
    [
        {"sizes": sizes(10, 20, 30, 60)},
        {"sizes": sizes(10, 20, 30, 300), "is_confirmed": True},
        {"sizes": sizes(10, 20, 30, 29), "is_confirmed": True},
        {"sizes": sizes(10, 20, 30, 30)},
        {"target": Fraction(10)},
        {"coverage": Coverage(5, 4)},
        {"parts": {"sex=f": Decimal(15), "sex=m": Decimal(25), "unit=a": Decimal(40)}},
        {"method": Method.SIMPLE_MEAN, "parts": {"sex=f": Decimal(1)}},
        {"is_share": True, "parts": {"sex=f": Decimal(1)}},
    ],
)
def test_a_check_holds_up_to_its_edge(different):
    assert failing(**different) == []


def test_what_cannot_be_checked_counts_neither_way():
    bare = {"coverage": Coverage(0, 0), "target": None, "sizes": [], "parts": None, "has_figure": False}

    found = data_quality([Examined(**{**SOUND, **bare})], [])

    assert (found.made, found.findings, found.score_pct) == (1, [], 100)
    assert data_quality([], []).score_pct is None


def test_one_person_alone_is_a_finding_of_the_engagement_and_comes_last():
    late = Examined(**{**SOUND, "code": "I02", "coverage": Coverage(0, 1)})

    found = data_quality([late, Examined(**SOUND)], [7, 7, 7])

    assert found.findings == [Finding(Check.LATE, "I02"), Finding(Check.ONE_REPORTER)]
    assert found.score_pct == Fraction(100 * 13, 15)
    assert data_quality([], [7]).made == 0
    assert data_quality([], [7, None]).findings == []


# --- of what is recorded ---

Q = [
    (dt.date(2024, 1, 1), dt.date(2024, 3, 31)),
    (dt.date(2024, 4, 1), dt.date(2024, 6, 30)),
    (dt.date(2024, 7, 1), dt.date(2024, 9, 30)),
]
ADDRESS = "/engagements/TSA-1/results/quality/"


@pytest.fixture
def engagement(db):
    return EngagementFactory(ref="TSA-1", planned=days("2024-01-01", "2026-12-31"))


@pytest.fixture
def accounts(engagement):
    """Reported in two of the three quarters of 2024 that are over, by one person, the last figure without a source."""
    row = IndicatorFactory(
        engagement=engagement, outcome=None, code="I01", method="latest", direction="increase", frequency="quarterly",
        unit="accounts", baseline=Decimal(10), baseline_on=dt.date(2024, 1, 1),
    )  # fmt: skip
    IndicatorTarget.objects.create(indicator=row, due=dt.date(2026, 12, 31), value=Decimal(5))
    by = UserFactory()
    observe(row, *Q[0], by=by, value=Decimal(20))
    observe(row, *Q[1], by=by, value=Decimal(210))
    observe(row, *Q[1], by=by, disagg="sex=f", value=Decimal(9))
    observe(row, *Q[2], by=by, value=Decimal(1), status="submitted")
    row.observations.update(created_by=by)
    row.observations.filter(period_start=Q[0][0]).update(source="Treasury")
    return row


WRONG = [Check.LATE, Check.DIRECTION, Check.NOT_ADDING_UP, Check.JUMP, Check.NO_EVIDENCE, Check.ONE_REPORTER]


def test_what_is_recorded_is_put_to_the_rule(engagement, accounts):
    found = data_qualities([engagement.pk], as_of=dt.date(2024, 9, 30))[engagement.pk]

    assert [one.check for one in found.findings] == WRONG
    assert {one.code for one in found.findings} == {"I01", ""}
    assert found.made == 8
    before = data_qualities([engagement.pk], as_of=dt.date(2024, 3, 31))[engagement.pk]
    assert [one.check for one in before.findings] == [Check.DIRECTION]


def test_a_file_of_the_report_or_of_the_figure_is_evidence(engagement, accounts):
    report = ProgressReportFactory(period=ReportingPeriodFactory(engagement=engagement))
    accounts.observations.filter(period_start=Q[1][0]).update(report=report)
    others = IndicatorFactory(engagement=engagement, outcome=None)

    def lacks_evidence():
        found = data_qualities([engagement.pk], as_of=dt.date(2024, 9, 30))[engagement.pk]
        return Finding(Check.NO_EVIDENCE, "I01") in found.findings

    file = EvidenceFactory(report=report, indicator=others)
    assert lacks_evidence()
    file.delete()
    EvidenceFactory(report=report, indicator=accounts)
    assert not lacks_evidence()
    report.evidence.all().delete()
    EvidenceFactory(report=report)
    assert not lacks_evidence()


def test_twenty_engagements_cost_the_queries_of_one(engagement, accounts):
    others = [EngagementFactory().pk for _ in range(19)]

    def queries(ids):
        with CaptureQueriesContext(connection) as asked:
            data_qualities(ids, as_of=dt.date(2024, 9, 30))
        return len(asked)

    assert queries([engagement.pk]) == queries([engagement.pk, *others]) == 5


def test_the_page_names_what_does_not_hold_and_leads_to_it(engagement, accounts, signed_in):
    client = signed_in(Role.VIEWER)

    page = Page(client.get(ADDRESS))

    assert "6 of 8 checks do not hold." in page.text
    assert "25% of the checks that could be made hold." in page.text
    row = page.table("What does not hold").row("The target lies against the direction")
    assert row["Of what"] == "I01"
    assert "/engagements/TSA-1/results/I01/" in page.links
    assert ADDRESS in Page(client.get("/engagements/TSA-1/results/")).links


def test_an_engagement_without_indicators_says_so(engagement, signed_in):
    assert "Nothing can be checked yet" in Page(signed_in(Role.VIEWER).get(ADDRESS)).text
    assert signed_in(Role.LIAISON, institution=InstitutionFactory()).get(ADDRESS).status_code == 404


def test_over_rest_it_says_the_same(engagement, accounts, rest):
    asked = rest(Role.VIEWER).get("engagements/TSA-1/data-quality/", as_of="2024-09-30")

    assert (asked["checks"], asked["score_pct"]) == (8, "25.00")
    assert asked["findings"][0] == {"check": "late", "indicator": "I01"}
    assert asked["findings"][-1] == {"check": "one_reporter", "indicator": None}


def test_before_a_report_is_run_each_engagement_in_it_is_shown(engagement, accounts, signed_in):
    EngagementFactory(ref="TSA-2")
    client = signed_in(Role.PROGRAMME_OFFICER)

    page = Page(client.get("/reports/quality/", {"scope": "engagement:TSA-1"}))
    whole = Page(client.get("/reports/quality/", {"scope": "portfolio"}))

    assert [row[1:] for row in page.table("Data quality").rows[1:]] == [["8", "6", "25%"]]
    assert len(whole.table("Data quality").rows) == 3
    assert client.get("/reports/quality/", {"scope": "nonsense"}).status_code == 404
    assert signed_in(Role.VIEWER).get("/reports/quality/", {"scope": "portfolio"}).status_code == 403
