"""An engagement is left when the institution can go on alone; sooner only with a reason on record."""

import datetime as dt
from decimal import Decimal

import pytest

from evaluations.models import ReadinessDimension
from evaluations.services.readiness import NewDimension, assess_readiness, set_up_readiness
from programmes.domain.vocabulary import EngagementStatus
from programmes.services.statuses import StepNotReady, change_status
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def engagement():
    return EngagementFactory(status="completed")


def leave(engagement, by, reason=""):
    return change_status(engagement_id=engagement.pk, to=EngagementStatus.EXITED, reason=reason, by=by).status


def assess(engagement, by, **scores):
    found = set_up_readiness(
        code=f"set-{engagement.pk}", dimensions=[NewDimension(code=c, name=c, weight=Decimal(1)) for c in scores], by=by
    )
    rows = {row.code: row for row in ReadinessDimension.objects.filter(set=found)}
    assess_readiness(
        engagement_id=engagement.pk,
        readiness_set=found,
        on_date=dt.date(2025, 12, 31),
        scores={rows[code]: score for code, score in scores.items()},
        by=by,
    )


def test_a_ready_institution_is_left_without_more_ado(engagement, officer):
    assess(engagement, officer, law=3, staff=2)

    assert leave(engagement, officer) == "exited"


@pytest.mark.parametrize("scores", [{"law": 3, "staff": 0}, {"law": 2, "staff": 2}, {"law": 3, "staff": None}])
def test_one_that_is_not_ready_is_left_only_with_a_reason(engagement, officer, scores):
    assess(engagement, officer, **scores)

    with pytest.raises(StepNotReady, match="By the assessment of 2025-12-31"):
        leave(engagement, officer)
    assert leave(engagement, officer, "The donor closes its office") == "exited"


def test_one_that_nobody_assessed_is_left_only_with_a_reason(engagement, officer):
    with pytest.raises(StepNotReady, match="Nobody has assessed"):
        leave(engagement, officer)
    assert leave(engagement, officer, "The donor closes its office") == "exited"
