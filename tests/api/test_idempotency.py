"""One key, one act: also when two requests come at the same moment, on connections of their own."""

import threading
import time

import pytest
from django.db import connection, connections

from ta_portal.api.services.idempotency import Answer, answer_once
from tests.factories import UserFactory


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_acts_and_the_other_repeats_its_answer():
    user, acted, answers = UserFactory(), [], []
    inside, go_on = threading.Event(), threading.Event()

    def act():
        acted.append(1)
        inside.set()
        go_on.wait(10)
        return Answer(202, {"number": len(acted)}, "/jobs/1/")

    def ask():
        try:
            answers.append(answer_once(key="k", request=b"same", by=user, act=act))
        finally:
            connections.close_all()

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    first.start()
    assert inside.wait(10)
    second.start()
    # The second waits for the row of the first, which is not committed yet.
    deadline = time.monotonic() + 10
    while not _somebody_waits() and time.monotonic() < deadline:
        time.sleep(0.02)
    go_on.set()
    first.join(10)
    second.join(10)

    assert acted == [1]
    assert answers == [Answer(202, {"number": 1}, "/jobs/1/")] * 2


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0
