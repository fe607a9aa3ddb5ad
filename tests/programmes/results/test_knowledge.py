"""What counts and what was known: statuses, the cut-off, many engagements at once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import ObservationRevision
from programmes.selectors.milestones import milestone_summaries
from programmes.selectors.results import engagement_results
from tests.factories import EngagementFactory, IndicatorFactory, MilestoneFactory, OutcomeFactory, UserFactory
from tests.programmes.results.scenario import CUT_OFF, observe

AS_OF = dt.date(2024, 12, 31)
BEFORE, AFTER = CUT_OFF - dt.timedelta(days=1), CUT_OFF + dt.timedelta(days=1)
Q1 = (dt.date(2024, 1, 1), dt.date(2024, 3, 31))

pytestmark = pytest.mark.django_db


def latest(indicator, *, cut_off=CUT_OFF, least_status="accepted"):
    key = indicator.engagement_id
    results = engagement_results([key], as_of=AS_OF, cut_off=cut_off, least_status=least_status)
    return results[key].indicators[0].result.latest.value


def revise(observation, seq, status, known_at, value):
    ObservationRevision.objects.create(
        observation=observation,
        seq=seq,
        status=status,
        known_at=known_at,
        reported=value is not None,
        value=value,
        by=UserFactory(),
    )


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_only_accepted_observations_count(status):
    indicator = IndicatorFactory()
    observe(indicator, *Q1, by=UserFactory(), status=status, value=Decimal(5))

    assert latest(indicator) is None
    assert latest(indicator, least_status="submitted") == (5 if status == "submitted" else None)


def test_a_later_revision_that_is_not_accepted_does_not_hide_the_accepted_one():
    indicator = IndicatorFactory()
    observation = observe(indicator, *Q1, by=UserFactory(), known_at=BEFORE, value=Decimal(5))
    revise(observation, 2, "submitted", BEFORE, Decimal(6))

    assert latest(indicator) == 5
    assert latest(indicator, least_status="submitted") == 6


def test_a_correction_counts_from_when_it_was_known():
    indicator = IndicatorFactory()
    observation = observe(indicator, *Q1, by=UserFactory(), known_at=BEFORE, value=Decimal(5))
    revise(observation, 2, "accepted", AFTER, None)

    assert latest(indicator, cut_off=CUT_OFF) == 5
    assert latest(indicator, cut_off=AFTER) is None
    assert latest(indicator, cut_off=BEFORE - dt.timedelta(days=1)) is None


def an_engagement():
    engagement = EngagementFactory()
    for _ in range(2):
        indicator = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement))
        observe(indicator, *Q1, by=UserFactory(), value=Decimal(5))
        observe(indicator, *Q1, by=UserFactory(), value=Decimal(3), disagg="sex=f")
    MilestoneFactory(engagement=engagement)
    return engagement.pk


def test_twenty_engagements_cost_the_queries_of_one():
    ids = [an_engagement() for _ in range(20)]

    def queries(engagement_ids):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = engagement_results(engagement_ids, as_of=AS_OF, cut_off=CUT_OFF)
            milestone_summaries(engagement_ids, as_of=AS_OF, cut_off=CUT_OFF)
        assert set(found) == set(engagement_ids)
        return len(asked)

    assert queries(ids[:1]) == queries(ids) == 5


def test_an_engagement_without_indicators_has_empty_results():
    engagement = EngagementFactory()

    found = engagement_results([engagement.pk], as_of=AS_OF, cut_off=CUT_OFF)[engagement.pk]

    assert (list(found.indicators), list(found.outcomes), found.mean_capped_progress_pct) == ([], [], None)


def test_an_engagement_is_the_weighted_mean_of_its_outcomes_that_have_one():
    engagement = EngagementFactory()
    for weight, value in ((1, 4), (3, 8), (5, None)):
        outcome = OutcomeFactory(engagement=engagement, weight=weight)
        indicator = IndicatorFactory(outcome=outcome)
        indicator.targets.create(due=AS_OF, value=Decimal(10))
        observe(indicator, *Q1, by=UserFactory(), value=value)

    found = engagement_results([engagement.pk], as_of=AS_OF, cut_off=CUT_OFF)[engagement.pk]

    assert found.mean_capped_progress_pct == (40 + 3 * 80) / 4
