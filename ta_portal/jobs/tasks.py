"""Celery's part: messages that say "look at the table", and a sweep for those that got lost."""

import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from ta_portal.jobs import outbox, pulses, queue, running
from ta_portal.jobs.waking import WAKE_TASK

stopping = threading.Event()


@shared_task(name=WAKE_TASK, ignore_result=True)
def wake() -> None:
    """Tell what the outbox holds, and do what is ready. Safe to repeat, by many at once."""
    outbox.drain()
    running.run_ready_jobs(stopping=stopping.is_set)


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep(*, by_clock: bool = False) -> None:
    """Give back the jobs of dead workers, then look at the table: so a lost message costs 30 seconds at most.

    It leaves a sign of life: of the worker, and where the clock asked for it, of the clock.
    """
    pulses.beat(pulses.WORKER, *([pulses.CLOCK] if by_clock else []))
    queue.give_back_lost()
    wake()


@worker_shutting_down.connect
def _finish_only_what_is_in_hand(**_: Any) -> None:
    stopping.set()
