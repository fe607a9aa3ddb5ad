"""The id of the request being served: one word that ties a page, the jobs it asked for, log lines and audit events."""

import logging
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_job_id: ContextVar[str] = ContextVar("job_id", default="")


def current_request_id() -> str:
    return _request_id.get()


def set_request_id(value: str) -> None:
    _request_id.set(value)


def current_job_id() -> str:
    return _job_id.get()


def set_job_id(value: str) -> None:
    _job_id.set(value)


class RequestIdFilter(logging.Filter):
    """Gives every log line the ids (`request_id`, `job_id`), so that an error page's reference leads to its cause."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        record.job_id = current_job_id()
        return True
