"""An engagement that two sides rate: a liaison of its ministry, an expert who works there."""

import datetime as dt

import pytest

from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.services.ratings import give_rating
from ta_portal.access.permissions import Role
from tests import factories as f

Q1 = dt.date(2024, 1, 1)
YEAR = dt.date(2024, 1, 1)
MINISTRY, ADVISER = RatingSide.MINISTRY, RatingSide.ADVISER


@pytest.fixture
def engagement():
    found = f.EngagementFactory(ref="RATED-1")
    days = {"starts": Q1, "ends": dt.date(2024, 3, 31), "due": dt.date(2024, 4, 15)}
    f.ProgressReportFactory(period=f.ReportingPeriodFactory(engagement=found, **days))
    return found


@pytest.fixture
def liaison(member, engagement):
    return member(Role.LIAISON, institution=engagement.institution)


@pytest.fixture
def expert(engagement):
    user = f.UserFactory()
    f.DeploymentFactory(engagement=engagement, expert=f.ExpertFactory(user=user))
    return user


@pytest.fixture
def give(engagement, liaison, expert):
    """Rate the first quarter's traction for one side, as whoever belongs to it."""

    def make(side, score=3, *, kind=RatingKind.TRACTION, starts=Q1, by=None, reason="", **more):
        return give_rating(
            engagement_id=engagement.pk,
            kind=kind,
            starts=starts,
            side=side,
            score=score,
            reason=reason or f"What the {side} saw.",
            by=by or {MINISTRY: liaison, ADVISER: expert}[side],
            **more,
        )

    return make
