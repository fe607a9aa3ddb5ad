"""Notes for the donor's eyes, as lines for those who may read them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from programmes.models import Engagement, RestrictedNote
from programmes.tables.ratings import said_in
from programmes.words import named
from programmes.words.ratings import rating_words
from ta_portal.access.permissions import Permission
from ta_portal.ui.roles import who_may


def note_section(engagement: Engagement, notes: Sequence[RestrictedNote], *, may_write: bool) -> dict[str, Any]:
    """What a section of notes needs: each with what it is about, who may read them, and where one is added."""
    ref = engagement.ref
    return {
        "notes": [
            {
                "about": _about(note),
                "text": said_in(note.language, note.text),
                "by": note.created_by,
                "at": note.created_at,
                "change": reverse("programmes:change", args=[ref, "notes", note.public_id]) if may_write else "",
            }
            for note in notes
        ],
        "readers": who_may(Permission.NOTE_VIEW),
        "add": reverse("programmes:add", args=[ref, "notes"]) if may_write else "",
    }


def _about(note: RestrictedNote) -> str:
    if note.risk is not None:
        return f"{note.risk.code} {named(note.risk.title)}"
    rating = note.rating
    return rating_words(rating.kind, rating.starts, rating.ends, rating.side) if rating is not None else ""
