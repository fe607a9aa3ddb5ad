"""Telling the workers to look at the table. It may fail: the rows are there, and the sweep looks every 30 seconds.

A broker that is down costs one caller a moment (traps 18). After that failure nobody waits: the next tries are made
from a thread beside, one in a while, until one succeeds.
"""

import logging
import threading
import time
from functools import cache

from celery import Celery
from django.conf import settings

logger = logging.getLogger(__name__)

WAKE_TASK = "jobs.wake"
RETRY_SECONDS = 15.0
# Left to itself kombu tries for six seconds before it says that nobody answers.
AT_ONCE_OR_NOT = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
}


def wake_workers() -> None:
    """Publish one small message, or leave it to the sweep. Never raises."""
    _breaker.call()


@cache
def _publisher() -> Celery:
    """Publishing needs the broker's settings and a task's name, not the tasks: any process can do it."""
    app = Celery("ta_portal", set_as_current=False)
    app.conf.update(settings.CELERY)
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, **AT_ONCE_OR_NOT}
    return app


def _publish() -> None:
    _publisher().send_task(WAKE_TASK, retry=False, ignore_result=True)


class _Breaker:
    """Closed: publish at once. Open, after a failure: try again beside the caller, seldom."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = False
        self._next_try = 0.0

    def call(self) -> None:
        if not self._open:
            self._try()
        elif self._is_time():
            threading.Thread(target=self._try, name="wake-workers", daemon=True).start()

    def _is_time(self) -> bool:
        with self._lock:
            if time.monotonic() < self._next_try:
                return False
            self._next_try = time.monotonic() + RETRY_SECONDS
            return True

    def _try(self) -> None:
        try:
            _publish()
        except Exception as problem:  # noqa: BLE001
            # kombu, redis and the file system each have errors of their own; none may fail a write.
            logger.warning("The job broker does not answer, jobs wait in the database: %s", problem)
            self._next_try = time.monotonic() + RETRY_SECONDS
            self._open = True
        else:
            self._open = False


_breaker = _Breaker()
