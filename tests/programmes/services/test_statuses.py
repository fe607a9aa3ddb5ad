import datetime as dt

import pytest
import time_machine

from programmes.domain.vocabulary import STATUS_STEPS, EngagementStatus
from programmes.models import EngagementSector
from programmes.services.results import add_outcome
from programmes.services.statuses import StepNotPossible, StepNotReady, bring_in_at, change_status
from ta_portal.audit.models import AuditEvent
from ta_portal.registry import guards
from tests.factories import EngagementFactory, SectorFactory

pytestmark = pytest.mark.django_db

S = EngagementStatus


@pytest.fixture
def step(officer):
    def take(engagement, to, reason=""):
        return change_status(engagement_id=engagement.pk, to=to, reason=reason, by=officer)

    return take


@pytest.fixture
def objection(monkeypatch):
    """An app above that objects to each step it is asked about."""

    def register(step, sentence):
        monkeypatch.setitem(guards._guards, step, [lambda subject: [sentence]])

    return register


@pytest.mark.parametrize("start", S)
def test_only_the_steps_of_the_table_can_be_taken(step, start):
    engagement = EngagementFactory(status=start.value, objective="A tax code")
    EngagementSector.objects.create(engagement=engagement, sector=SectorFactory(), pct=100)
    engagement.outcomes.create(code="O", title="O")

    for to in set(S) - STATUS_STEPS[start]:
        with pytest.raises(StepNotPossible):
            step(engagement, to, "Because")


def test_the_whole_way_is_recorded_step_by_step(step, officer, monkeypatch):
    monkeypatch.setattr(guards, "_guards", {})
    engagement = EngagementFactory(status="pipeline", objective="A tax code")
    EngagementSector.objects.create(engagement=engagement, sector=SectorFactory(), pct=100)
    add_outcome(engagement_id=engagement.pk, code="O", title="O", by=officer)

    for to in (S.APPRAISAL, S.APPROVED, S.ACTIVE, S.SUSPENDED, S.ACTIVE, S.COMPLETED, S.EXITED):
        step(engagement, to, "As agreed")

    taken = engagement.transitions.order_by("pk").values_list("from_status", "to_status", "by", "reason")
    assert taken[0] == ("pipeline", "appraisal", officer.pk, "As agreed")
    assert [to for _start, to, _by, _reason in taken] == [
        "appraisal", "approved", "active", "suspended", "active", "completed", "exited"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "to", "says"),
    [
        (S.PIPELINE, S.APPRAISAL, "The objective is missing"),
        (S.APPRAISAL, S.APPROVED, "The practice area is missing. The sectors are missing."),
        (S.APPROVED, S.ACTIVE, "No outcome"),
        (S.ACTIVE, S.SUSPENDED, "Give the reason"),
        (S.ACTIVE, S.CANCELLED, "Give the reason"),
    ],
)
def test_a_step_says_in_a_sentence_what_is_missing(step, start, to, says):
    engagement = EngagementFactory(status=start.value, practice_area=None)

    with pytest.raises(StepNotReady) as refusal:
        step(engagement, to)

    assert says in refusal.value.message
    assert not engagement.transitions.exists()


def test_an_app_above_can_hold_a_step_back(step, objection):
    objection("engagement.completed", "Two milestones are open.")

    with pytest.raises(StepNotReady, match="Two milestones are open"):
        step(EngagementFactory(status="active"), S.COMPLETED, "However good the reason")


def test_an_exit_too_early_needs_a_reason_and_keeps_the_objection_on_record(step, objection, people):
    objection("engagement.exited", "It is not ready.")
    engagement = EngagementFactory(status="completed")

    with pytest.raises(StepNotReady, match="It is not ready"):
        step(engagement, S.EXITED)
    step(engagement, S.EXITED, "The donor closes its office")

    assert AuditEvent.objects.get(by=people["officer"]).data["despite"] == ["It is not ready."]
    assert engagement.transitions.get().reason == "The donor closes its office"


def test_the_actual_dates_begin_and_end_with_the_steps(step, monkeypatch):
    monkeypatch.setattr(guards, "_guards", {})
    engagement = EngagementFactory(status="approved")
    engagement.outcomes.create(code="O", title="O")

    with time_machine.travel(dt.datetime(2024, 2, 1, 12, tzinfo=dt.UTC)):
        step(engagement, S.ACTIVE)
    with time_machine.travel(dt.datetime(2024, 9, 30, 12, tzinfo=dt.UTC)):
        step(engagement, S.COMPLETED)

    engagement.refresh_from_db()
    assert (engagement.actual.lower, engagement.actual.upper) == (dt.date(2024, 2, 1), dt.date(2024, 10, 1))


@pytest.mark.parametrize(
    ("status", "way"),
    [
        (S.PIPELINE, []),
        (S.ACTIVE, ["appraisal", "approved", "active"]),
        (S.SUSPENDED, ["appraisal", "approved", "active", "suspended"]),
        (S.COMPLETED, ["appraisal", "approved", "active", "completed"]),
        (S.CANCELLED, ["cancelled"]),
    ],
)
def test_what_is_brought_in_has_taken_the_steps_that_lead_there(officer, status, way):
    engagement = EngagementFactory(status="pipeline")

    bring_in_at(engagement_id=engagement.pk, status=status, reason="From a file", by=officer)

    engagement.refresh_from_db()
    assert engagement.status == status
    assert list(engagement.transitions.order_by("pk").values_list("to_status", flat=True)) == way
    assert all(reason == "From a file" for reason in engagement.transitions.values_list("reason", flat=True))


def test_nothing_is_brought_in_as_exited(officer):
    with pytest.raises(StepNotPossible):
        bring_in_at(engagement_id=EngagementFactory(status="pipeline").pk, status=S.EXITED, reason="Old", by=officer)
