"""Doing jobs: claim one, keep its lease with a heartbeat, run its handler, end it together with the rows it made."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection, transaction

from ta_portal.audit.request_id import set_job_id, set_request_id
from ta_portal.errors import DomainError
from ta_portal.jobs import queue
from ta_portal.jobs.handlers import JobCancelled, LeaseLost, handler_of, known_kinds
from ta_portal.jobs.queue import BEATS_PER_LEASE, LEASE_SECONDS, Claim, Progress

logger = logging.getLogger(__name__)

LONGEST_ERROR = 2000
# Progress is told at most this often, however fast a handler is.
SHORTEST_PAUSE_SECONDS = 0.2


def run_ready_jobs(*, lease_seconds: float = LEASE_SECONDS, stopping: Callable[[], bool] = lambda: False) -> int:
    """Do what is ready, oldest first, until nothing is or the worker is `stopping`. Returns how many were tried."""
    tried = 0
    while not stopping() and run_next_job(lease_seconds=lease_seconds):
        tried += 1
    return tried


def run_next_job(*, lease_seconds: float = LEASE_SECONDS) -> bool:
    """Do the oldest ready job. False when there was none."""
    claimed = queue.claim(worker_name(), known_kinds(), lease_seconds)
    if claimed is None:
        return False
    set_request_id(claimed.request_id or f"job-{claimed.public_id}")
    set_job_id(str(claimed.public_id))
    try:
        with Heart(claimed, lease_seconds) as heart:
            _run(claimed, heart)
    finally:
        set_request_id("")
        set_job_id("")
    return True


def _run(claimed: Claim, heart: "Heart") -> None:
    begun = time.monotonic()
    try:
        _run_to_the_end(claimed, heart)
        _note(claimed, "done", begun)
    except LeaseLost:
        logger.warning("job %s: lease lost in attempt %s", claimed.public_id, claimed.attempt)
    except JobCancelled:
        queue.finish(claimed, "cancelled")
        _note(claimed, "cancelled", begun)
    except DomainError as refusal:
        # A rule says no: it would say no again.
        queue.fail(claimed, refusal.message[:LONGEST_ERROR], final=True)
        _note(claimed, "refused", begun)
    except Exception as error:
        # Whatever a handler raises is the job's error, and never the worker's end.
        logger.exception("job %s: attempt %s failed", claimed.public_id, claimed.attempt)
        queue.fail(claimed, f"{type(error).__name__}: {error}"[:LONGEST_ERROR], final=False)


def _note(claimed: Claim, state: str, begun: float) -> None:
    seconds = round(time.monotonic() - begun, 3)
    extra = {"event": "job", "kind": claimed.kind, "attempt": claimed.attempt, "state": state, "seconds": seconds}
    logger.info("job %s: %s", claimed.public_id, state, extra=extra)


def _run_to_the_end(claimed: Claim, heart: "Heart") -> None:
    """The handler's rows and the job's end: one transaction, both or neither."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The lease, not the clock of a web request, limits a job.
            cursor.execute("SET LOCAL statement_timeout = 0")
        result = handler_of(claimed.kind)(heart)
        if not queue.finish(claimed, "done", result):
            raise LeaseLost


class Heart:
    """Keeps a lease alive and tells the progress, from a thread with a connection of its own.

    A lease renewed inside the handler's transaction would be invisible to the sweep, and its progress to the page.
    """

    def __init__(self, claim: Claim, lease_seconds: float) -> None:
        self.claim = claim
        self._lease_seconds = lease_seconds
        self._progress = Progress()
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._cancel_requested = False
        self._lost = False
        self._thread = threading.Thread(target=self._beat_until_stopped, name=f"heart-{claim.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._news.set()
        self._thread.join()

    def progress(self, stage: str, done: int = 0, total: int | None = None) -> None:
        """What `handlers.RunningJob` promises."""
        if self._lost:
            raise LeaseLost
        if self._cancel_requested:
            raise JobCancelled
        self._progress = Progress(stage, done, total)
        self._news.set()

    def _beat_until_stopped(self) -> None:
        try:
            while not self._stopped.is_set() and not self._lost:
                self._news.wait(self._lease_seconds / BEATS_PER_LEASE)
                self._news.clear()
                if not self._stopped.is_set():
                    self._beat()
                    self._stopped.wait(SHORTEST_PAUSE_SECONDS)
        finally:
            connection.close()

    def _beat(self) -> None:
        try:
            go_on = queue.beat(self.claim, self._progress, self._lease_seconds)
        except DatabaseError:
            # The lease has time left for another beat; if not, the sweep takes the job and the fence does the rest.
            logger.warning("job %s: a heartbeat failed", self.claim.public_id, exc_info=True)
            connection.close()
            return
        self._lost = go_on is None
        self._cancel_requested = go_on is False


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.current_thread().name}"
