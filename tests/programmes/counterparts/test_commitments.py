"""What an institution has committed itself to: dated, followed, recorded as done by either side."""

import datetime as dt

import pytest
import time_machine

from programmes.domain.vocabulary import CommitmentKind
from programmes.models import Commitment
from programmes.selectors.portfolio import matters_of
from programmes.services import commitments as services
from programmes.tasks import remind_of
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import DomainError, InvalidInput, NotPermitted, StaleVersion
from ta_portal.mail.models import Message
from tests.factories import CommitmentFactory, CounterpartPostFactory, EngagementFactory, days
from tests.web import Page

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel(dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def engagement():
    return EngagementFactory(planned=days("2024-01-01", "2028-12-31"))


@pytest.fixture
def officer(member, engagement):
    return member(Role.PROGRAMME_OFFICER, programme=engagement.programme)


@pytest.fixture
def liaison(member, engagement):
    return member(Role.LIAISON, institution=engagement.institution)


def added(engagement, by, **given):
    given = {"code": "C1", "kind": CommitmentKind.DECREE_PASSED, "text": "The decree is passed", "due": TODAY, **given}
    return services.add_commitment(engagement_id=engagement.pk, by=by, **given)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"code": ""}, "code"),
        ({"text": ""}, "text"),
        ({"done": TOMORROW}, "done"),
        ({"done_note": "Decree 12"}, "done"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(given, place, engagement, officer):
    with pytest.raises(InvalidInput) as refusal:
        added(engagement, officer, **given)
    assert [fault.place for fault in refusal.value.faults] == [place]
    assert not Commitment.objects.exists()


def test_a_post_of_another_institution_does_not_answer_for_it(engagement, officer):
    with pytest.raises(InvalidInput) as refusal:
        added(engagement, officer, post=CounterpartPostFactory())
    assert [fault.place for fault in refusal.value.faults] == ["post"]
    added(engagement, officer, post=CounterpartPostFactory(institution=engagement.institution))


def test_the_liaison_records_it_as_done_but_does_not_change_it(engagement, officer, liaison):
    made = added(engagement, officer)
    with pytest.raises(NotPermitted):
        services.change_commitment(commitment_id=made.pk, due=TOMORROW, by=liaison)
    with pytest.raises(NotPermitted):
        added(engagement, liaison, code="C2")

    done = services.complete_commitment(commitment_id=made.pk, done_note="Decree 12", by=liaison)
    again = services.complete_commitment(commitment_id=made.pk, by=officer)

    assert (done.done, again.done, again.done_note) == (TODAY, TODAY, "Decree 12")
    assert AuditEvent.objects.filter(verb="commitment.done").count() == 1


def test_nobody_else_records_it(engagement, officer, member):
    made = added(engagement, officer)
    for role in (Role.VIEWER, Role.FINANCE_OFFICER, Role.EVALUATOR):
        with pytest.raises(NotPermitted):
            services.complete_commitment(commitment_id=made.pk, by=member(role, engagement=engagement))


def test_another_day_is_a_change(engagement, officer):
    made = added(engagement, officer, done=YESTERDAY)
    with pytest.raises(DomainError):
        services.complete_commitment(commitment_id=made.pk, done=TODAY, by=officer)
    services.change_commitment(commitment_id=made.pk, done=None, done_note="", by=officer)
    made.refresh_from_db()
    assert made.done is None


def test_who_saves_second_is_told(engagement, officer):
    made = added(engagement, officer)
    services.change_commitment(commitment_id=made.pk, due=TOMORROW, expected_version=1, by=officer)
    with pytest.raises(StaleVersion):
        services.complete_commitment(commitment_id=made.pk, expected_version=1, by=officer)


def test_it_goes_with_a_reason_that_stays(engagement, officer):
    made = added(engagement, officer)
    with pytest.raises(InvalidInput):
        services.remove_commitment(commitment_id=made.pk, reason=" ", by=officer)
    services.remove_commitment(commitment_id=made.pk, reason="Never made", by=officer)
    assert AuditEvent.objects.get(verb="commitment.removed").data["reason"] == "Never made"


@pytest.mark.parametrize(
    ("given", "asks"),
    [({"due": YESTERDAY}, True), ({"due": TODAY}, False), ({"due": YESTERDAY, "done": TODAY}, False)],
)
def test_what_is_overdue_asks_the_institution_to_move(given, asks, engagement):
    CommitmentFactory(engagement=engagement, **given)
    matters = [matter.kind for matter in matters_of(engagement, today=TODAY)]
    assert ("commitment_overdue" in matters) is asks


def test_its_liaison_and_whoever_leads_are_reminded_once(engagement, officer, liaison, member):
    member(Role.VIEWER, engagement=engagement)
    CommitmentFactory(engagement=engagement, due=YESTERDAY, text="The decree is passed")
    CommitmentFactory(engagement=engagement, due=TODAY)

    for _twice in range(2):
        remind_of(TODAY)

    told = Message.objects.filter(kind="commitment.overdue")
    assert set(told.values_list("recipient", flat=True)) == {officer.pk, liaison.pk}
    assert told.count() == 2
    assert "The decree is passed" in told[0].content["lead"]


def test_the_workplan_shows_them_with_who_answers_and_what_shows_it(engagement, signed_in, member):
    post = CounterpartPostFactory(institution=engagement.institution, title="Head of audit")
    CommitmentFactory(engagement=engagement, code="C1", text="Decree", due=YESTERDAY, post=post)
    CommitmentFactory(engagement=engagement, code="C2", text="Rooms", due=TODAY, done=YESTERDAY, done_note="Minutes 7")
    address = f"/engagements/{engagement.ref}/workplan/"
    reader, liaison = signed_in(engagement=engagement), signed_in(Role.LIAISON, institution=engagement.institution)
    page = Page(reader.get(address))
    table = next(table for table in page.tables if table.caption == "Commitments")

    assert table.row("Decree")["Status"] == "Overdue"
    assert table.row("Decree")["Post"] == "Head of audit"
    assert "Minutes 7" in table.row("Rooms")["Done"]
    assert "commitments/C1/done/" not in page.html
    assert "commitments/C1/done/" in Page(liaison.get(address)).html


def test_a_liaison_records_it_on_its_page_without_javascript(engagement, signed_in):
    CommitmentFactory(engagement=engagement, code="C1", due=YESTERDAY)
    liaison = signed_in(Role.LIAISON, institution=engagement.institution)
    address = f"/engagements/{engagement.ref}/commitments/C1/done/"

    refused = liaison.post(address, {"done": "2026-06-02", "done_note": "Decree 12", "row_version": 1})
    assert refused.status_code == 422
    assert "Decree 12" in refused.content.decode()
    saved = liaison.post(address, {"done": "2026-05-31", "done_note": "Decree 12", "row_version": 1})
    assert saved.headers["Location"] == f"/engagements/{engagement.ref}/workplan/"
    assert Commitment.objects.get().done == YESTERDAY


def test_an_engagement_without_any_says_so(engagement, signed_in):
    said = Page(signed_in().get(f"/engagements/{engagement.ref}/workplan/")).text
    assert "No commitments of the institution are recorded." in said
