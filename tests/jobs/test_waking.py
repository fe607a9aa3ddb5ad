"""A broker that is gone costs one caller a moment, and nobody after it anything; no write fails."""

import socket
import time

import pytest

from ta_portal.embedded import broker
from ta_portal.embedded.readiness import wait_until
from ta_portal.jobs import outbox, waking
from ta_portal.jobs.models import Job
from ta_portal.jobs.services import enqueue


@pytest.fixture(autouse=True)
def _real_wakes(monkeypatch, wakes):
    monkeypatch.setattr(outbox, "wake_workers", waking.wake_workers)
    waking._publisher.cache_clear()
    yield
    waking._publisher.cache_clear()


@pytest.fixture
def silent_port():
    """A port that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield server.getsockname()[1]


@pytest.fixture
def closed_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def seconds(function):
    begun = time.monotonic()
    function()
    return time.monotonic() - begun


@pytest.mark.parametrize("port", ["closed_port", "silent_port"])
def test_a_write_succeeds_without_redis_and_only_the_first_one_waits(port, officer, settings, request):
    settings.CELERY = broker.celery_settings(f"redis://127.0.0.1:{request.getfixturevalue(port)}/0", None)

    first = seconds(lambda: enqueue(kind="effect", args={}, by=officer))
    after = [seconds(lambda: enqueue(kind="effect", args={}, by=officer)) for _ in range(5)]

    assert first < 3
    assert max(after) < 0.2
    assert Job.objects.filter(state="queued").count() == 6


def test_a_broker_that_comes_back_is_used_again(settings, tmp_path, monkeypatch):
    in_the_way = tmp_path / "broker"
    in_the_way.write_text("a file where the folder should be")
    settings.CELERY = broker.celery_settings("", in_the_way)
    waking.wake_workers()
    waking.wake_workers()
    in_the_way.unlink()
    monkeypatch.setattr(waking, "RETRY_SECONDS", 0)
    waking._breaker._next_try = 0

    waking.wake_workers()

    assert wait_until(lambda: list(in_the_way.glob("queue/*.msg")), 10)
