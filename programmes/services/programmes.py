"""Programmes: a lead, a currency, and the one source of rates that their money is converted with."""

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.models import Currency, Organisation, Programme
from programmes.services.changing import apply_changes, save_changes
from programmes.services.checks import Sentences, check, code_taken, saying
from programmes.services.locking import row_to_change
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require_anywhere
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


class ProgrammeChanges(TypedDict, total=False):
    title: str
    lead: Organisation | None
    starts: dt.date | None
    ends: dt.date | None
    note: str


@transaction.atomic
def set_up_programme(
    *,
    code: str,
    title: str,
    lead: Organisation | None,
    currency: Currency,
    rate_source: str,
    starts: dt.date | None = None,
    ends: dt.date | None = None,
    note: str = "",
    by: User,
) -> Programme:
    """Set up a programme, empty. Nobody holds anything on it yet, so `by` must be permitted on the whole portfolio."""
    require_anywhere(by, Permission.ENGAGEMENT_CHANGE)
    programme = Programme(
        code=code,
        title=title,
        lead=lead,
        currency=currency,
        rate_source=rate_source,
        starts=starts,
        ends=ends,
        note=note,
        created_by=by,
    )
    check(programme)
    with saying({**code_taken("programme_code_key", code), **_in_order()}):
        programme.save(force_insert=True)
    audit.record("programme.set_up", target=programme, by=by, code=code)
    return programme


@transaction.atomic
def change_programme(
    *, programme_id: int, expected_version: int | None = None, by: User, **changes: Unpack[ProgrammeChanges]
) -> Programme:
    """Change a programme. Its currency and its source of rates stay: what is valued already rests on them."""
    programme = row_to_change(
        Programme, programme_id, Permission.ENGAGEMENT_CHANGE, by=by, expected_version=expected_version
    )
    difference = apply_changes(programme, changes, allowed=ProgrammeChanges)
    save_changes(programme, difference, verb="programme.changed", by=by, sentences=_in_order())
    return programme


def _in_order() -> Sentences:
    return {"programme_ends_after_start": ("ends", _("A programme ends on or after the day it starts."))}
