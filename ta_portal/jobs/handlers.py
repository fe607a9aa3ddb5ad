"""What can be done as a job: apps register a handler for each kind when they are ready (`AppConfig.ready`)."""

from collections.abc import Callable
from typing import Any, Protocol

from ta_portal.jobs.queue import Claim


class JobCancelled(Exception):
    """Somebody asked to stop. A handler lets it pass: its rows are rolled back and the job ends as cancelled."""


class LeaseLost(Exception):
    """Another attempt has the job, or it has ended: nothing of this attempt may be kept."""


class RunningJob(Protocol):
    """What a handler is given: the job as it was claimed, and a way to say how far it is."""

    @property
    def claim(self) -> Claim: ...

    def progress(self, stage: str, done: int = 0, total: int | None = None) -> None:
        """Tell the page how far the job is. `stage` is English, marked with `gettext_noop`: the page translates it.

        Raises JobCancelled where somebody asked to stop, LeaseLost where the work is no longer ours.
        """


# A handler writes through the default connection only: its rows and the job's end are one transaction. What it returns
# (ids, addresses) is the job's result. It may be run again after it was cut short, never twice to the end.
JobHandler = Callable[[RunningJob], Any]
_handlers: dict[str, JobHandler] = {}


def job_handler(kind: str) -> Callable[[JobHandler], JobHandler]:
    """Register a function as the one that does the jobs of `kind`."""

    def register(handler: JobHandler) -> JobHandler:
        _handlers[kind] = handler
        return handler

    return register


def known_kinds() -> frozenset[str]:
    return frozenset(_handlers)


def handler_of(kind: str) -> JobHandler:
    return _handlers[kind]


# What else is done whenever a worker looks at the table: letters are sent. Safe to repeat, by many at once.
Errand = Callable[[], object]
_errands: dict[str, Errand] = {}


def register_errand(name: str, errand: Errand) -> None:
    _errands[name] = errand


def errands() -> list[tuple[str, Errand]]:
    return list(_errands.items())
