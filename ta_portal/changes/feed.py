"""Where the feed of changes stands: its generation, its fence, and what holds it back (traps 1)."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from ta_portal.changes.models import FeedGeneration

_ONLY = 1
# The fence is the oldest transaction that still runs. One that is seen to run in another database of the cluster writes
# none of our rows; whoever cannot be seen (another role's, a prepared one) is taken for a writer of ours.
_STATE = """
    SELECT (SELECT public_id FROM feed_generation WHERE id = %s),
           coalesce((
               SELECT running.xid FROM pg_snapshot_xip(now.taken) AS running(xid)
               WHERE NOT EXISTS (
                   SELECT FROM pg_stat_activity
                   WHERE backend_xid = running.xid::xid AND datname <> current_database()
               )
               ORDER BY running.xid LIMIT 1
           ), pg_snapshot_xmax(now.taken))::text,
           pg_snapshot_xmax(now.taken)::text,
           (SELECT min(since) FROM (
                SELECT xact_start AS since FROM pg_stat_activity
                WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()
                UNION ALL SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()
            ) writers)
    FROM (SELECT pg_current_snapshot() AS taken) now
"""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What was written by transactions below `fence` is in the feed, all of it. `ceiling` is the next one to begin.

    `held_since` is when the oldest transaction began that still writes, None if none does.
    """

    generation: UUID
    fence: int
    ceiling: int
    held_since: dt.datetime | None


def feed_state() -> FeedState:
    """One query; two more the first time ever."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [_ONLY])
        generation, fence, ceiling, held_since = cursor.fetchone()
    if generation is None:
        FeedGeneration.objects.bulk_create([FeedGeneration(pk=_ONLY)], ignore_conflicts=True)
        generation = FeedGeneration.objects.values_list("public_id", flat=True).get(pk=_ONLY)
    held = int(fence) < int(ceiling)
    return FeedState(generation, int(fence), int(ceiling), held_since if held else None)


@transaction.atomic
def begin_new_generation() -> None:
    """After a restore: transaction ids mean nothing in another cluster. Every row is stamped anew, once.

    Without it rows may carry ids from the future, which the fence hides for months. Whoever follows the feed is told
    410 and starts again. Locks every table that has a feed; run it before anybody is let in.
    """
    tables = [model._meta.db_table for model in apps.get_models() if _has_a_feed(model._meta)]
    with connection.cursor() as cursor:
        for table in map(connection.ops.quote_name, tables):
            # What is append-only or sealed keeps its content: only the stamp is another.
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET change_xid = pg_current_xact_id()")  # noqa: S608 - our own names
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    FeedGeneration.objects.all().delete()
    FeedGeneration.objects.create(pk=_ONLY)


def _has_a_feed(options: object) -> bool:
    return any(field.name == "change_xid" for field in options.concrete_fields)  # type: ignore[attr-defined]
