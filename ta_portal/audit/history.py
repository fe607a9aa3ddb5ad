"""Row history beside the audit trail: triggers keep every state of a row, whatever wrote it (django-pghistory)."""

from typing import Any, TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)

# Bookkeeping that would only repeat in every event.
_LEFT_OUT = ["change_xid", "created_at", "created_by"]

# The models whose rows can be had as they were on record at an instant.
RECALLED: set[type[models.Model]] = set()


def tracked(model: type[M]) -> type[M]:
    """Keep each state of the model's rows in `<table>_event`, append-only."""
    return _kept(model)


def recalled(model: type[M]) -> type[M]:
    """`tracked`, and figures are asked for again as they stood at an instant: its history is searched by when.

    Figures read such a row through `ta_known_<rows>(cut_off)` (programmes/sql/known.sql). Loading many at once does not
    leave its history out, for then its first state would be lost with the first change.
    """
    found = _kept(model, indexes=[models.Index(fields=["pgh_created_at"], name=f"{model._meta.db_table}_when")])
    RECALLED.add(found)
    return found


def _kept(model: type[M], **meta: Any) -> type[M]:
    decorate = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=[name for name in _LEFT_OUT if name in {field.name for field in model._meta.local_fields}],
        append_only=True,
        meta={"db_table": f"{model._meta.db_table}_event", **meta},
    )
    decorated: type[M] = decorate(model)
    return decorated
