"""The queue's statements: each is one call of a function in `sql/queue.sql`, on the caller's connection."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

# A worker that says nothing for this long is taken for dead; it speaks three times as often.
LEASE_SECONDS = 20.0
BEATS_PER_LEASE = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at a job. `(id, attempt)` is the token that every later statement must show."""

    id: int
    attempt: int
    public_id: UUID
    kind: str
    args: dict[str, Any]
    by_id: int
    queued_at: dt.datetime
    request_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: what it is doing, how many of how many. `total` is None while nobody can say."""

    stage: str = ""
    done: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of the outbox in one attempt to tell it."""

    id: int
    attempt: int
    topic: str
    payload: dict[str, Any]


def enqueue(kind: str, args: dict[str, Any], dedupe_key: str | None, by_id: int) -> tuple[int, bool]:
    """The job's id, and whether it is new: an active one with the same key is given back instead."""
    row = _row("SELECT job_id, is_new FROM ta_job_enqueue(%s, %s, %s, %s)", kind, json.dumps(args), dedupe_key, by_id)
    assert row is not None  # noqa: S101 - the function always answers
    return row[0], row[1]


def claim(worker: str, kinds: Iterable[str], lease_seconds: float = LEASE_SECONDS) -> Claim | None:
    """The oldest job that is ready and that this worker knows how to do; None when there is none."""
    row = _row(
        "SELECT id, attempt, public_id, kind, args, by_id, created_at, request_id "
        "FROM ta_job_claim(%s, %s::text[], %s * interval '1 second')",
        worker[:200],
        sorted(kinds),
        lease_seconds,
    )
    if row is None:
        return None
    return Claim(row[0], row[1], row[2], row[3], _decoded(row[4]), *row[5:])


def beat(claimed: Claim, progress: Progress, lease_seconds: float = LEASE_SECONDS) -> bool | None:
    """Renew the lease. True: go on; False: somebody asked to cancel; None: the lease is lost."""
    go_on: bool | None = _one(
        "SELECT ta_job_beat(%s, %s, %s * interval '1 second', %s, %s, %s)",
        claimed.id,
        claimed.attempt,
        lease_seconds,
        progress.stage[:120],
        progress.done,
        progress.total,
    )
    return go_on


def finish(claimed: Claim, state: str, result: Any = None) -> bool:
    """End the job. False: another attempt has it, so nothing of this one may be kept."""
    return bool(_one("SELECT ta_job_finish(%s, %s, %s, %s)", claimed.id, claimed.attempt, state, _encoded(result)))


def fail(claimed: Claim, error: str, *, final: bool) -> bool:
    """Give the job back for another attempt, later each time; end it if `final` or if that was its last."""
    return bool(_one("SELECT ta_job_fail(%s, %s, %s, %s)", claimed.id, claimed.attempt, error, final))


def give_back_lost() -> int:
    """Give back, or end, the jobs of workers that died. Safe to repeat, by many at once."""
    return int(_one("SELECT ta_job_sweep()"))


def claim_facts(limit: int, lease_seconds: float = LEASE_SECONDS) -> Sequence[Fact]:
    """The oldest facts that nobody is telling."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, attempts, topic, payload FROM ta_outbox_claim(%s * interval '1 second', %s) ORDER BY id",
            [lease_seconds, limit],
        )
        return [Fact(key, attempt, topic, _decoded(payload)) for key, attempt, topic, payload in cursor.fetchall()]


def mark_sent(fact: Fact) -> bool:
    return bool(_one("SELECT ta_outbox_sent(%s, %s)", fact.id, fact.attempt))


def is_first_time(consumer: str, fact: Fact) -> bool:
    """Enter the fact for `consumer`, in the transaction of its effect; False if it was entered before."""
    return bool(_one("SELECT ta_inbox_first(%s, %s)", consumer, fact.id))


def _row(sql: str, *args: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def _one(sql: str, *args: Any) -> Any:
    row = _row(sql, *args)
    return row[0] if row else None


def _encoded(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _decoded(value: Any) -> dict[str, Any]:
    # Django takes jsonb off psycopg2's own decoding, so that JSONField can do it: here it comes as text.
    decoded: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return decoded
