"""`record`: the one way an act gets into the audit trail."""

from typing import Any

from django.db import models

from ta_portal.accounts.models import User
from ta_portal.audit.models import AuditEvent
from ta_portal.audit.request_id import current_request_id


def record(verb: str, *, target: models.Model, by: User | None, **data: Any) -> AuditEvent:
    """Write down that `by` did `verb` (past tense, `cost_line.approved`) to `target`, in the same transaction.

    `data` holds what a reader needs to understand the act; values are stored as JSON, Decimals as strings.
    """
    return AuditEvent.objects.create(
        verb=verb,
        by=by,
        target_kind=target._meta.db_table,
        target_id=target.pk if isinstance(target.pk, int) else None,
        engagement_id=_engagement_of(target),
        request_id=current_request_id(),
        data={key: _plain(value) for key, value in data.items()},
    )


def _engagement_of(target: models.Model) -> int | None:
    """The engagement that a row belongs to: by itself, or as a part of what decides who may see it."""
    if target._meta.db_table == "engagement":
        return int(target.pk)
    found = getattr(target, "engagement_id", None)
    if isinstance(found, int):
        return found
    above = (_above(target, path) for path in getattr(type(target)._default_manager.all(), "scope_parents", ()))
    return next((_engagement_of(row) for row in above if row is not None), None)


def _above(target: models.Model, path: str) -> models.Model | None:
    """The one row that a path leads up to; None where it leads down to several."""
    for name in path.split("__"):
        relation = target._meta.get_field(name)
        if not relation.concrete or getattr(target, name) is None:
            return None
        target = getattr(target, name)
    return target


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)
