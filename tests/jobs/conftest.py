"""Jobs on real connections: handlers of the tests' own, threads, and workers in processes that can be killed."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from ta_portal.audit.models import AuditEvent
from ta_portal.jobs import handlers, outbox, waking
from tests.factories import UserFactory

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def wakes(monkeypatch):
    """How often a worker would have been woken: no broker is needed here (`test_waking` has one)."""
    calls = []
    monkeypatch.setattr(outbox, "wake_workers", lambda: calls.append(1))
    return calls


@pytest.fixture(autouse=True)
def _own_handlers(monkeypatch):
    monkeypatch.setattr(handlers, "_handlers", {})
    monkeypatch.setattr(outbox, "_listeners", {})
    monkeypatch.setattr(waking, "_breaker", waking._Breaker())


@pytest.fixture
def officer(transactional_db):
    return UserFactory()


@pytest.fixture
def in_threads():
    """Run a function in so many threads at once, each with its own connection; gives their answers."""

    def run(count, function):
        gate, answers = threading.Barrier(count), []

        def one():
            try:
                gate.wait(10)
                answers.append(function())
            finally:
                connection.close()

        threads = [threading.Thread(target=one) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(answers) == count
        return answers

    return run


@pytest.fixture
def worker_process(transactional_db):
    """Start a worker in a process of its own on the test's database: `mode` says what its handler does."""
    started = []

    def start(mode, *, lease_seconds):
        of = connection.settings_dict
        address = f"postgresql://{of['USER']}:{of['PASSWORD']}@/{of['NAME']}?host={of['HOST']}&port={of['PORT']}"
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker_process", mode, str(lease_seconds)],
            cwd=PROJECT,
            env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "ta_portal.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "in the middle\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)
        process.stdout.close()


EFFECT = "test.effect"


def note_effect(job):
    """A row that has no unique key: what is done twice is seen twice."""
    AuditEvent.objects.create(
        verb=EFFECT, target_kind="job", target_id=job.claim.id, data={"attempt": job.claim.attempt}
    )


def effects():
    return list(AuditEvent.objects.filter(verb=EFFECT).order_by("id").values_list("target_id", flat=True))
