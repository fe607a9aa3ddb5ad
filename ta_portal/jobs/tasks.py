"""Celery's part: messages that say "look at the table", and a sweep for those that got lost."""

import logging
import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from ta_portal.jobs import outbox, pulses, queue, running
from ta_portal.jobs.handlers import errands
from ta_portal.jobs.waking import WAKE_TASK

logger = logging.getLogger(__name__)
stopping = threading.Event()


@shared_task(name=WAKE_TASK, ignore_result=True)
def wake() -> None:
    """Tell what the outbox holds, send what came of it, and do what is ready. Safe to repeat, by many at once."""
    outbox.drain()
    run_errands()
    running.run_ready_jobs(stopping=stopping.is_set)


def run_errands() -> None:
    """The trouble of one keeps neither the others nor the jobs behind it: the next wake tries again."""
    for name, errand in errands():
        try:
            errand()
        except Exception:
            logger.exception("the errand %s failed; it will be run again", name)


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
