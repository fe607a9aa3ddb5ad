"""Facts are told after their transaction, at least once, and have their effect once."""

import pytest
from django.db import transaction

from ta_portal.jobs import outbox, queue
from ta_portal.jobs.models import Inbox, Outbox

pytestmark = pytest.mark.django_db(transaction=True)


def unsent():
    return Outbox.objects.filter(sent_at=None).count()


def forget_that_it_was_sent():
    """As if the worker had died between the effect and the note that the fact was told."""
    Outbox.objects.update(sent_at=None, claimed_until=None)


def test_a_fact_reaches_all_who_hear_its_topic_and_nobody_else():
    heard = []
    outbox.hears("engagement.opened", consumer="a")(lambda ids: heard.append(("a", ids)))
    outbox.hears("engagement.opened", consumer="b")(lambda ids: heard.append(("b", ids)))
    outbox.hears("engagement.closed", consumer="a")(lambda ids: heard.append("wrong"))
    outbox.tell("engagement.opened", engagement=7)

    assert outbox.drain() == 1

    assert heard == [("a", {"engagement": 7}), ("b", {"engagement": 7})]
    assert (unsent(), outbox.drain()) == (0, 0)


def test_what_is_rolled_back_is_not_told():
    with transaction.atomic():
        outbox.tell("engagement.opened", engagement=7)
        transaction.set_rollback(True)

    assert outbox.drain() == 0


def test_a_fact_told_twice_has_one_effect():
    heard = []
    outbox.hears("engagement.opened", consumer="a")(heard.append)
    outbox.tell("engagement.opened", engagement=7)
    outbox.drain()
    forget_that_it_was_sent()

    assert outbox.drain() == 1
    assert heard == [{"engagement": 7}]


def test_a_listener_in_trouble_is_told_again_and_does_not_keep_those_behind_it():
    heard, trouble = [], [True]

    @outbox.hears("engagement.opened", consumer="a")
    def listener(ids):
        Inbox.objects.create(consumer="effect", outbox_id=ids["engagement"])
        if ids["engagement"] == 1 and trouble:
            trouble.pop()
            raise ValueError("not now")
        heard.append(ids["engagement"])

    for engagement in (1, 2):
        outbox.tell("engagement.opened", engagement=engagement)

    assert outbox.drain() == 1
    assert (heard, unsent()) == ([2], 1)
    Outbox.objects.filter(sent_at=None).update(claimed_until=None)
    assert outbox.drain() == 1
    assert (heard, unsent()) == ([2, 1], 0)
    assert sorted(Inbox.objects.filter(consumer="effect").values_list("outbox_id", flat=True)) == [1, 2]


def test_many_workers_tell_each_fact_once(in_threads):
    heard = []
    outbox.hears("engagement.opened", consumer="a")(lambda ids: heard.append(ids["engagement"]))
    for engagement in range(30):
        outbox.tell("engagement.opened", engagement=engagement)

    assert sum(in_threads(3, outbox.drain)) == 30
    assert sorted(heard) == list(range(30))


def test_a_fact_whose_teller_died_is_told_after_its_lease():
    outbox.tell("engagement.opened", engagement=7)
    assert len(queue.claim_facts(10, lease_seconds=0)) == 1
    assert outbox.drain() == 1
    outbox.tell("engagement.opened", engagement=8)
    assert len(queue.claim_facts(10, lease_seconds=60)) == 1
    assert outbox.drain() == 0
