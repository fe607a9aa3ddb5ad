"""Bookings change within one full-time job, and what was booked is cancelled, not removed."""

import datetime as dt
from decimal import Decimal

import pytest

from experts.domain.vocabulary import DeploymentStatus
from experts.services import (
    DeploymentIsBooked,
    Overbooked,
    change_deployment,
    change_deployment_status,
    remove_deployment,
)
from programmes.services.changing import StillInUse
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotPermitted, StaleVersion
from tests.factories import BudgetFactory, CostLineFactory, DeploymentFactory, ExpertFactory, WorkstreamFactory, days

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


def test_a_booking_changes_and_days_by_person_stay_out_of_the_trail(officer):
    deployment = DeploymentFactory(planned_days=D(220), during=days("2024-01-01", "2024-12-31"))

    change_deployment(
        deployment_id=deployment.pk,
        expected_version=1,
        by=officer,
        planned_days=D(110),
        fte=D("0.50"),
        last_day=dt.date(2024, 6, 30),
    )

    deployment.refresh_from_db()
    assert (deployment.planned_days, deployment.fte, deployment.row_version) == (D(110), D("0.50"), 2)
    assert AuditEvent.objects.get(verb="deployment.changed").data["changes"] == {
        "planned_days": "withheld",
        "fte": {"was": "1.00", "now": "0.50"},
        "during": {"was": "2024-01-01/2024-12-31", "now": "2024-01-01/2024-06-30"},
    }


def test_nobody_is_booked_past_a_full_time_job_by_a_change(officer):
    expert = ExpertFactory()
    DeploymentFactory(expert=expert, fte=D("0.60"))
    other = DeploymentFactory(expert=expert, fte=D("0.40"))

    with pytest.raises(Overbooked, match=r"1\.10"):
        change_deployment(deployment_id=other.pk, by=officer, fte=D("0.50"))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"fte": D("1.01")}, "fte"),
        ({"fte": D("NaN")}, "fte"),
        ({"planned_days": D(-1)}, "planned_days"),
        ({"last_day": dt.date(2020, 1, 1)}, "last_day"),
    ],
)
def test_what_no_booking_can_be_is_refused(changes, place, officer):
    deployment = DeploymentFactory()

    with pytest.raises(InvalidInput) as refusal:
        change_deployment(deployment_id=deployment.pk, by=officer, **changes)

    assert refusal.value.faults[0].place == place


def test_a_booking_hangs_on_what_is_in_its_engagement(officer):
    with pytest.raises(InvalidInput, match="another engagement"):
        change_deployment(deployment_id=DeploymentFactory().pk, by=officer, workstream=WorkstreamFactory())


def test_what_was_only_proposed_can_go_and_what_was_booked_is_cancelled(officer):
    proposed, booked = DeploymentFactory(status="proposed"), DeploymentFactory(status="confirmed")

    remove_deployment(deployment_id=proposed.pk, reason="Never came", by=officer)
    with pytest.raises(DeploymentIsBooked, match="cancel it"):
        remove_deployment(deployment_id=booked.pk, reason="Never came", by=officer)

    assert not type(proposed).objects.filter(pk=proposed.pk).exists()


def test_a_deployment_that_costs_were_made_of_stays(officer):
    deployment = DeploymentFactory(status="proposed")
    CostLineFactory(budget=BudgetFactory(engagement=deployment.engagement), deployment=deployment)

    with pytest.raises(StillInUse, match="1 cost lines"):
        remove_deployment(deployment_id=deployment.pk, reason="Wrong", by=officer)


def test_a_step_is_taken_from_what_was_read(officer, member):
    deployment = DeploymentFactory(status="proposed")

    with pytest.raises(StaleVersion):
        change_deployment_status(
            deployment_id=deployment.pk, to=DeploymentStatus.CONFIRMED, expected_version=9, by=officer
        )
    with pytest.raises(NotPermitted):
        change_deployment(deployment_id=deployment.pk, by=member(Role.VIEWER), code="X")
