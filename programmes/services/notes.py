"""Notes for the donor's eyes: written, changed, and taken away for a reason."""

from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.models import RestrictedNote, Risk, SideRating
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import check, check_language, refuse
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import row_to_change
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@transaction.atomic
def add_note(
    *,
    engagement_id: int,
    text: str,
    language: str = "",
    risk: Risk | None = None,
    rating: SideRating | None = None,
    by: User,
) -> RestrictedNote:
    """Note something about an engagement, one of its risks, or a rating that both sides have given."""
    engagement = engagement_to_change(engagement_id, Permission.NOTE_WRITE, by=by)
    note = RestrictedNote(engagement=engagement, risk=risk, rating=rating, text=text, language=language, created_by=by)
    _must_hold(note)
    note.save(force_insert=True)
    # Read only by who may read the note: the history asks for its permission.
    audit.record("restricted_note.added", target=note, by=by)
    return note


class NoteChanges(TypedDict, total=False):
    text: str
    language: str


@transaction.atomic
def change_note(
    *, note_id: int, expected_version: int | None = None, by: User, **changes: Unpack[NoteChanges]
) -> RestrictedNote:
    """Say it otherwise; what it was stays in its history."""
    note = row_to_change(RestrictedNote, note_id, Permission.NOTE_WRITE, by=by, expected_version=expected_version)
    difference = apply_changes(note, changes, allowed=NoteChanges)
    _must_hold(note)
    save_changes(note, difference, verb="restricted_note.changed", by=by)
    return note


@transaction.atomic
def remove_note(*, note_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Take a note away, for a reason that stays on record for those who could read it."""
    note = row_to_change(RestrictedNote, note_id, Permission.NOTE_WRITE, by=by, expected_version=expected_version)
    remove_row(note, verb="restricted_note.removed", reason=reason, by=by)


def _must_hold(note: RestrictedNote) -> None:
    check(note)
    check_language(note.language)
    if not note.text.strip():
        refuse("text", _("Write the note, or leave it."))
    if note.risk is not None and note.rating is not None:
        refuse("rating", _("A note is on a risk or on a rating, not on both."))
    if note.risk is not None and note.risk.engagement_id != note.engagement_id:
        refuse("risk", _("This risk belongs to another engagement."))
    rating = note.rating
    if rating is not None and (rating.engagement_id != note.engagement_id or rating.shown_at is None):
        refuse("rating", _("Note something on a rating of this engagement that both sides have given."))
