"""Log lines: one JSON object for each event in production, one plain line in development. Neither holds a secret."""

import datetime as dt
import json
import logging
import re

# What `extra=` may add to a line; anything else of a record stays out.
FIELDS = ("event", "user", "method", "route", "status", "seconds", "kind", "state", "attempt")
# A reset link's key, a token, a query: they get into messages by way of addresses and headers.
_SECRETS = (
    (re.compile(r"(/password/reset/key/)[^/\s]+"), r"\1…"),
    (re.compile(r"(?i)(bearer\s+)\S+"), r"\1…"),
    (re.compile(r"(://[^/\s:@]*:)[^@\s/]+@"), r"\1…@"),
    (re.compile(r"\?[^\s\"']*=[^\s\"']*"), "?…"),
)

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def without_secrets(text: str) -> str:
    for pattern, kept in _SECRETS:
        text = pattern.sub(kept, text)
    return text


class PlainLines(logging.Formatter):
    """For a person at a terminal. Whatever a message holds, it begins no line that could pass for another event.

    A traceback keeps its lines: it is ours.
    """

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {request_id} {name} {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        fields = " ".join(f"{name}={value}" for name, value in _fields_of(record).items())
        line = without_secrets(super().formatMessage(record))
        line = _BREAKS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), line)
        return f"{line} {fields}".rstrip()


class JsonLines(logging.Formatter):
    """For a collector of logs: one line an event, the same names in each."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            "request_id": getattr(record, "request_id", "-"),
            **_fields_of(record),
        }
        if job_id := getattr(record, "job_id", ""):
            line["job"] = job_id
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def _fields_of(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
