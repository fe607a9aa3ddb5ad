"""Digests: one e-mail with all since the last, none where there is nothing to say; and each person's own choice."""

import datetime as dt

import pytest

from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput
from ta_portal.mail.models import DeliveryChoice, Letter, Message
from ta_portal.mail.sending import send_ready
from ta_portal.mail.services import choose_deliveries, make_digests
from ta_portal.mail.tasks import gather_digests
from tests.factories import UserFactory
from tests.mail.conftest import KIND
from tests.racing import race

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 2)
TUESDAY = dt.date(2026, 3, 3)


@pytest.fixture
def person():
    return UserFactory(full_name="Ada")


def choose(person, delivery):
    choose_deliveries(by=person, choices={KIND.key: delivery})


def test_a_digest_holds_all_since_the_last_in_one_letter(news, person, mailoutbox):
    choose(person, "daily")
    for number in "123":
        news(person, event=number, subject=f"Subject {number}", lead=f"Happened {number}")
    assert send_ready() == 0

    assert make_digests(today=MONDAY) == 1
    assert send_ready() == 1

    (mail,) = mailoutbox
    assert mail.subject.endswith("3 messages, 2 March 2026") or mail.subject.endswith("3 messages, 2 Mar 2026")
    html = mail.alternatives[0].content
    for number in "123":
        for body in (mail.body, html):
            assert f"Subject {number}" in body
            assert f"Happened {number}" in body
    for message in Message.objects.all():
        assert message.reference in mail.body
        assert message.letter.sent_at is not None


def test_there_is_no_digest_of_nothing(person, news):
    choose(person, "daily")
    assert make_digests(today=MONDAY) == 0

    news(person)
    assert make_digests(today=MONDAY) == 1
    assert make_digests(today=TUESDAY) == 0


def test_digests_made_twice_go_out_once_and_the_next_holds_what_came_since(person, news, mailoutbox):
    choose(person, "daily")
    news(person, event="1", subject="Early")
    make_digests(today=MONDAY)
    news(person, event="2", subject="Late")
    assert make_digests(today=MONDAY) == 0

    make_digests(today=TUESDAY)
    send_ready()

    assert [("Early" in mail.body, "Late" in mail.body) for mail in mailoutbox] == [(True, False), (False, True)]


def test_a_weekly_digest_comes_once_a_week_and_on_a_later_day_where_nobody_made_it(person, news):
    choose(person, "weekly")
    news(person, event="1")
    assert make_digests(today=TUESDAY) == 1
    news(person, event="2")
    assert make_digests(today=TUESDAY + dt.timedelta(days=5)) == 0
    assert make_digests(today=MONDAY + dt.timedelta(days=7)) == 1

    assert list(Letter.objects.order_by("pk").values_list("cadence", "on_date")) == [
        ("weekly", MONDAY),
        ("weekly", MONDAY + dt.timedelta(days=7)),
    ]


def test_what_somebody_may_not_know_any_more_is_left_out_of_the_digest(person, news, monkeypatch, mailoutbox):
    from ta_portal.mail import kinds

    choose(person, "daily")
    news(person, event="1", subject="Known")
    news(person, event="2", subject="Lost")
    Message.objects.filter(subject="Lost").update(about=8)
    monkeypatch.setattr(kinds, "_rules", [lambda user, permission, about: about == 7])
    make_digests(today=MONDAY)
    send_ready()

    (mail,) = mailoutbox
    assert "Known" in mail.body
    assert "Lost" not in mail.body
    assert "1 message," in mail.subject


def test_only_the_inbox_means_no_letter(person, news, mailoutbox):
    choose(person, "inbox")
    news(person)
    gather_digests()

    assert (send_ready(), Letter.objects.count(), Message.objects.count()) == (0, 0, 1)


def test_a_choice_is_ones_own_and_on_the_record(person, news):
    other = UserFactory()
    choose(person, "daily")
    news(person, other)

    assert dict(Message.objects.values_list("recipient", "delivery")) == {person.pk: "daily", other.pk: "now"}
    event = AuditEvent.objects.get(verb="messages.chosen")
    assert (event.by_id, event.data) == (person.pk, {KIND.key: "daily"})

    choose(person, "daily")
    assert AuditEvent.objects.filter(verb="messages.chosen").count() == 1


def test_what_waits_for_a_digest_follows_the_choice(person, news):
    choose(person, "daily")
    news(person)
    choose(person, "weekly")
    assert Message.objects.get().delivery == "weekly"
    choose(person, "now")
    assert Message.objects.get().delivery == "weekly"
    choose(person, "inbox")
    assert make_digests(today=MONDAY) == 0


@pytest.mark.parametrize("choices", [{"no.such": "now"}, {KIND.key: "pigeon"}])
def test_what_is_not_offered_is_refused_and_changes_nothing(person, choices):
    with pytest.raises(InvalidInput):
        choose_deliveries(by=person, choices={KIND.key: "daily"} | choices)

    assert not DeliveryChoice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_make_digests_at_once_make_one(person, news):
    choose(person, "daily")
    news(person)

    assert sorted(race([lambda: make_digests(today=MONDAY)] * 4)) == [0, 0, 0, 1]
    assert Message.objects.get().letter is not None
