"""Letters: sent once, whoever tries; tried again where the mail server is gone; withheld from who may not know."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections, transaction
from django.utils import timezone

from ta_portal.mail.models import Letter, Message
from ta_portal.mail.sending import MOST_ATTEMPTS, send_next, send_ready
from ta_portal.mail.services import News, tell_each
from ta_portal.mail.wording import Content
from tests.factories import UserFactory
from tests.mail.conftest import KIND
from tests.racing import race

pytestmark = pytest.mark.django_db


class Gone(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected("gone")


@pytest.fixture
def server_is_gone(settings):
    working = settings.EMAIL_BACKEND

    def switch(gone=True):
        settings.EMAIL_BACKEND = f"{__name__}.Gone" if gone else working

    return switch


def test_a_message_goes_out_once_however_often_the_task_comes(news, wake, mailoutbox):
    news(UserFactory(email="ada@ministry.example"))

    wake()
    wake()

    assert [mail.to for mail in mailoutbox] == [["ada@ministry.example"]]
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts) == ("sent", 1)
    assert letter.sent_at is not None


def test_what_was_told_is_not_told_again(news, wake, mailoutbox):
    ada, bo = UserFactory(), UserFactory()
    news(ada)
    news(ada, bo)
    wake()

    assert Message.objects.count() == 2
    assert {mail.to[0] for mail in mailoutbox} == {ada.email, bo.email}
    news(ada, event="2")
    assert Message.objects.filter(recipient=ada).count() == 2


def test_one_that_cannot_be_told_keeps_none_of_the_others_back(caplog):
    person = UserFactory()

    def broken():
        raise ValueError("no words")

    rest = {"kind": KIND, "to": [person.pk], "about": 7, "link": "/"}
    fine = News(event="2", content=lambda: Content("A", lead="A", todo="A", action="A"), **rest)

    assert tell_each([News(event="1", content=broken, **rest), fine]) == 1
    assert "test.news (1) could not be told" in caplog.text


def test_neither_services_nor_those_who_left_are_told(news):
    assert news(UserFactory(is_service=True), UserFactory(is_active=False)) == []


def test_who_left_or_lost_sight_before_it_went_out_gets_no_letter(news, wake, mailoutbox, lost_sight):
    left, blind = UserFactory(), UserFactory()
    news(left, blind)
    left.is_active = False
    left.save()
    lost_sight.add(blind.pk)

    wake()

    assert mailoutbox == []
    assert set(Letter.objects.values_list("state", flat=True)) == {"withheld"}


def test_a_mail_server_that_is_gone_costs_time_and_no_letter(news, server_is_gone, mailoutbox):
    server_is_gone()
    news(UserFactory(), event="1")
    news(UserFactory(), event="2")

    assert send_ready() == 0
    # The second waits for the next time: the server is gone for it too.
    assert sorted(Letter.objects.values_list("attempts", flat=True)) == [0, 1]
    tried = Letter.objects.get(attempts=1)
    assert tried.error.startswith("SMTPServerDisconnected")
    assert timedelta(seconds=50) < tried.next_try_at - timezone.now() < timedelta(seconds=61)

    server_is_gone(False)
    Letter.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert send_ready() == 2
    assert len(mailoutbox) == 2
    assert set(Letter.objects.values_list("state", "error")) == {("sent", "")}


def test_a_letter_that_cannot_be_sent_stands_in_nobodys_way(news, mailoutbox):
    news(UserFactory(email="broken\n@ministry.example"), event="1")
    news(UserFactory(email="fine@ministry.example"), event="2")

    assert send_ready() == 0
    assert send_ready() == 1

    assert [mail.to for mail in mailoutbox] == [["fine@ministry.example"]]
    broken = Letter.objects.get(recipient__email__startswith="broken")
    assert (broken.state, broken.attempts, broken.error.split(":")[0]) == ("waiting", 1, "BadHeaderError")


def test_a_letter_is_given_up_in_the_end(news, server_is_gone):
    server_is_gone()
    news(UserFactory())
    Letter.objects.update(attempts=MOST_ATTEMPTS - 1)

    assert send_next() == "failed"
    assert send_next() is None


def test_where_the_portal_sends_no_mail_the_inbox_has_it_and_nothing_waits_for_later(news, wake, mailoutbox, settings):
    settings.SENDS_MAIL = False
    news(UserFactory())
    settings.SENDS_MAIL = True
    wake()

    assert (Message.objects.get().delivery, Letter.objects.count(), mailoutbox) == ("inbox", 0, [])


def test_every_attempt_carries_the_same_message_id(news, server_is_gone, mailoutbox, settings):
    settings.PORTAL_URL = "https://portal.example.org/"
    news(UserFactory())
    letter = Letter.objects.get()
    send_next()

    (mail,) = mailoutbox
    assert mail.message()["Message-ID"] == f"<{letter.public_id}@portal.example.org>"
    assert mail.message()["Auto-Submitted"] == "auto-generated"


# --- on real connections ---


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_letter_once(news, mailoutbox):
    people = UserFactory.create_batch(12)
    news(*people)

    assert sum(race([send_ready] * 4)) == 12
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(one.email for one in people)


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_tell_it_once(news, mailoutbox):
    person = UserFactory()

    came_to = race([lambda: news(person)] * 4)

    assert not [one for one in came_to if isinstance(one, Exception)]
    assert (Message.objects.count(), Letter.objects.count()) == (1, 1)
    assert send_ready() == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_somebody_is_sending_is_passed_by(news, mailoutbox):
    news(UserFactory())
    with transaction.atomic():
        list(Letter.objects.select_for_update())

        assert race([send_next]) == [None]
    connections.close_all()
    assert send_next() == "sent"


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_sent(news, mailoutbox):
    with transaction.atomic():
        news(UserFactory())
        transaction.set_rollback(True)

    assert (send_ready(), Message.objects.count()) == (0, 0)
