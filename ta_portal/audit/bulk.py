"""Loading many rows at once: by COPY, without an event for each row, with one line in the audit trail (traps 5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pgtrigger
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from ta_portal.accounts.models import User
from ta_portal.audit.history import RECALLED
from ta_portal.audit.models import AuditEvent
from ta_portal.audit.request_id import current_request_id

_HISTORY_OF_INSERTS = "insert_insert"


@contextmanager
def bulk_load(verb: str, *loaded: type[models.Model], by: User, **data: Any) -> Iterator[CursorWrapper]:
    """A cursor for COPY into the tables of `loaded`: all or nothing, stamped as ever, one audit event for the whole.

    Row history is left out (2.5 s against 0.18 s for 200,000 rows) where no figure is recalled from it; versions,
    constraints and the feed's stamps hold.
    """
    tracked = [
        f"{model._meta.label}:{_HISTORY_OF_INSERTS}"
        for model in loaded
        if model not in RECALLED
        and any(trigger.name == _HISTORY_OF_INSERTS for trigger in getattr(model._meta, "triggers", []))
    ]
    with transaction.atomic(), pgtrigger.ignore(*tracked), connection.cursor() as cursor:
        # `ignore` rides on the next statement that Django sends, and COPY is none of them.
        cursor.execute("SELECT 1")
        yield cursor
        AuditEvent.objects.create(
            verb=verb,
            by=by,
            target_kind=",".join(model._meta.db_table for model in loaded)[:80],
            request_id=current_request_id(),
            data=data,
        )
