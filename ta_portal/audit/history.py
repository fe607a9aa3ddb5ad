"""Row history beside the audit trail: triggers keep every state of a row, whatever wrote it (django-pghistory)."""

from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=models.Model)

# Bookkeeping that would only repeat in every event.
_LEFT_OUT = ["change_xid", "created_at", "created_by"]


def tracked(model: type[M]) -> type[M]:
    """Keep each state of the model's rows in `<table>_event`, append-only."""
    decorate = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=_LEFT_OUT,
        append_only=True,
        meta={"db_table": f"{model._meta.db_table}_event"},
    )
    decorated: type[M] = decorate(model)
    return decorated
