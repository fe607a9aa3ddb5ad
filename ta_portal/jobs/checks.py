"""Checks for `manage.py doctor`: does anybody do the jobs, and is anything stuck."""

from collections.abc import Iterator
from typing import Any

from celery import Celery
from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError as BrokerFailed

from ta_portal.jobs.pulses import CLOCK, WORKER
from ta_portal.registry.checks import Finding

# The clock asks for a sweep every 30 s: after four that did not come nobody is there.
SILENT_AFTER_SECONDS = 120
WAITING_TOO_LONG_SECONDS = 300
START_A_WORKER = "Start a worker: celery -A ta_portal worker"


def worker() -> Iterator[Finding]:
    """Whether anybody does the jobs. Only a deployment must have a worker at all times."""
    answering = _answering()
    if answering:
        yield Finding("Worker", f"{answering} answering")
        return
    age = _age_of_pulse(WORKER)
    if age is not None and age < SILENT_AFTER_SECONDS:
        yield Finding("Worker", f"alive {age:.0f} s ago")
        return
    last = "there was none yet" if age is None else f"the last sign of life was {age:.0f} s ago"
    yield Finding("Worker", f"none answers: {last}, jobs wait", START_A_WORKER if settings.PRODUCTION else "")


def _answering() -> int:
    app = Celery("doctor", set_as_current=False)
    app.conf.update(settings.CELERY)
    try:
        return len(app.control.ping(timeout=1.0) or [])
    except (BrokerFailed, OSError):
        return 0


def clock() -> Iterator[Finding]:
    """What sweeps, and asks for the nightly report."""
    age = _age_of_pulse(CLOCK)
    if age is not None and age < SILENT_AFTER_SECONDS:
        yield Finding("Clock", f"struck {age:.0f} s ago")
        return
    state = "has never struck" if age is None else f"struck last {age:.0f} s ago"
    remedy = "Start the clock, and a worker that hears it: celery -A ta_portal beat"
    yield Finding("Clock", state, remedy if settings.PRODUCTION else "")


def stuck_jobs() -> Iterator[Finding]:
    orphaned, orphan_age, waiting, waiting_age = _row(
        """
        SELECT count(*) FILTER (WHERE state = 'running'), extract(epoch FROM max(clock_timestamp() - lease_until)),
               count(*) FILTER (WHERE state = 'queued'), extract(epoch FROM max(clock_timestamp() - run_after)
                   FILTER (WHERE state = 'queued'))
        FROM job
        WHERE (state = 'running' AND lease_until < clock_timestamp() - interval '1 minute')
           OR (state = 'queued' AND run_after < clock_timestamp() - %s * interval '1 second')
        """,
        WAITING_TOO_LONG_SECONDS,
    )
    if orphaned:
        state = f"{orphaned} of dead workers, the first since {orphan_age:.0f} s; nobody has given them back"
        yield Finding("Jobs", state, START_A_WORKER)
    if waiting:
        yield Finding("Jobs", f"{waiting} wait, the first since {waiting_age:.0f} s", START_A_WORKER)
    if not orphaned and not waiting:
        yield Finding("Jobs", "none is stuck")


def outbox() -> Iterator[Finding]:
    count, age = outbox_backlog()
    if age < SILENT_AFTER_SECONDS:
        yield Finding("Outbox", f"{count} facts to tell" if count else "empty")
    else:
        state = f"{count} facts not told, the first since {age:.0f} s"
        yield Finding("Outbox", state, f"{START_A_WORKER}; if one runs, its log says which fact is refused.")


def outbox_backlog() -> tuple[int, float]:
    """How many facts are not told yet, and for how many seconds the oldest has waited."""
    count, age = _row(
        "SELECT count(*), extract(epoch FROM clock_timestamp() - min(created_at)) FROM outbox WHERE sent_at IS NULL"
    )
    return count, float(age or 0)


def _age_of_pulse(part: str) -> float | None:
    (age,) = _row("SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM job_pulse WHERE part = %s", part)
    return None if age is None else float(age)


def _row(sql: str, *args: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        found: tuple[Any, ...] = cursor.fetchone()
        return found
