"""A row to change: locked first and then checked, so that nothing moves between the two."""

import datetime as dt
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.changes.models import Versioned
from ta_portal.errors import NotFound, StaleVersion

M = TypeVar("M", bound=models.Model)


def row_to_change(
    model: type[M], pk: int, permission: Permission, *, by: User, expected_version: int | None = None
) -> M:
    """The row of `model` with this key, locked until the transaction ends, on which `by` holds `permission`.

    Others may go on reading it and adding rows below it; they can neither change it nor pass the same checks meanwhile.
    Raises StaleVersion where the row is no longer at `expected_version`, the one that the act was decided on.
    """
    row = model._default_manager.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    require(by, permission, row)
    must_be_at(row, expected_version)
    return row


def must_be_at(row: models.Model, expected_version: int | None) -> None:
    """Refuse with StaleVersion, saying who changed the locked `row` and when. Without a version nothing is expected."""
    if not isinstance(row, Versioned) or expected_version is None or row.row_version == expected_version:
        return
    person = row.updated_by or row.created_by
    name = str(person) if person else _("Somebody")
    raise StaleVersion(
        _("{who} changed this at {when}, after you read it. Read it again before you change it.").format(
            who=name, when=row.updated_at.astimezone(dt.UTC).isoformat(timespec="seconds")
        ),
        changed_by=name,
        changed_at=row.updated_at,
    )
