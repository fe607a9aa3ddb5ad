"""Changing and removing what exists: the named fields only, with what each was and became on record."""

from collections import Counter
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from programmes.services.checks import Sentences, check, refuse, saying
from programmes.services.days import days, last_day_of
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.changes.models import Versioned
from ta_portal.errors import DomainError

# By the field's name, what it was and what it is now, in words that an audit event can hold.
Difference = dict[str, dict[str, str | None]]
# Ranges of days, each with the names under which its first and its last day are given.
Ranges = Mapping[str, tuple[str, str]]


class StillInUse(DomainError):
    """Something refers to the row, so it cannot be removed; the message says what."""

    code = "still_in_use"


def apply_changes(
    row: models.Model, changes: Mapping[str, Any], *, allowed: type, ranges: Ranges | None = None
) -> Difference:
    """Set what `changes` names on the row, check it, and say what was different. Nothing is saved.

    `allowed` is the TypedDict of the service's own keywords: no other field can be reached, whatever a caller sends.
    """
    if unknown := changes.keys() - allowed.__annotations__.keys():
        raise TypeError(f"{type(row).__name__} has no field to change: {', '.join(sorted(unknown))}.")
    difference: Difference = {}
    for name, given in _with_ranges(row, changes, ranges or {}).items():
        now = given.value if isinstance(given, Enum) else given
        was = getattr(row, name)
        if was != now:
            difference[name] = {"was": in_words(was), "now": in_words(now)}
            setattr(row, name, now)
    if difference:
        check(row)
    return difference


def save_changes(
    row: Versioned,
    difference: Difference,
    *,
    verb: str,
    by: User,
    sentences: Sentences | None = None,
    unsaid: Collection[str] = (),
    **more: Any,
) -> None:
    """Save the fields that differ, and record it. Where nothing differs, nothing happens: safe to repeat.

    Of the fields in `unsaid` the trail tells that they changed, not from what to what: not every reader may know.
    """
    if not difference:
        return
    row.updated_by = by
    columns = {field.name for field in row._meta.concrete_fields}
    with saying(sentences or {}):
        row.save(update_fields=[*(name for name in difference if name in columns), "updated_by"])
    changes = {name: "withheld" if name in unsaid else change for name, change in difference.items()}
    audit.record(verb, target=row, by=by, changes=changes, **more)


def remove_row(row: Versioned, *, verb: str, reason: str, by: User, **told: Any) -> None:
    """Delete the row for a `reason`, which stays in the audit trail with what is `told`; a trigger leaves a tombstone.

    Raises StillInUse where something refers to it.
    """
    if not reason.strip():
        refuse("reason", _("Say why: it stays on record."))
    audit.record(verb, target=row, by=by, reason=reason, **told)
    try:
        row.delete()
    except ProtectedError as refusal:
        kinds = Counter(str(found._meta.verbose_name_plural) for found in refusal.protected_objects)
        users = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        raise StillInUse(
            _("{row} cannot be removed while something refers to it: {users}.").format(row=row, users=users)
        ) from refusal


def in_words(value: Any) -> str | None:
    """A value as a reader of the trail knows it: a code instead of a key, the last day instead of the day after."""
    if value is None:
        return None
    if isinstance(value, DateRange):
        return f"{value.lower}/{last_day_of(value) or ''}"
    if isinstance(value, models.Model):
        return str(getattr(value, "ref", None) or getattr(value, "code", None) or value.pk)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _with_ranges(row: models.Model, changes: Mapping[str, Any], ranges: Ranges) -> dict[str, Any]:
    """The changes, with a whole range in place of the first or last day that is given."""
    whole = dict(changes)
    for name, (first, last) in ranges.items():
        if first not in changes and last not in changes:
            continue
        kept: DateRange | None = getattr(row, name)
        start = whole.pop(first, kept.lower if kept else None)
        end = whole.pop(last, last_day_of(kept) if kept else None)
        if start is None and end is not None:
            refuse(first, _("Give the first day as well."))
        whole[name] = None if start is None else days(start, end, place=last)
    return whole
