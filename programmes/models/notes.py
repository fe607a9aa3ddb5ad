"""What the donor's people note for themselves about an engagement, one of its risks, or a rating."""

from django.db import models
from django.db.models import Q

from programmes.models.engagements import BelowEngagement, Engagement
from programmes.models.ratings import SideRating
from programmes.models.risks import Risk
from ta_portal.access.grants import Grants
from ta_portal.access.permissions import Permission
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, Versioned


class RestrictedNoteQuerySet(BelowEngagement["RestrictedNote"]):
    """Whoever sees the engagement does not see its notes: they have a permission of their own."""

    def condition(self, grants: Grants, permission: Permission) -> Q:
        # Seeing is meant wherever nobody asked for more; taking away or changing never goes without it.
        seen = super().condition(grants, Permission.NOTE_VIEW)
        if permission in (Permission.NOTE_VIEW, Permission.ENGAGEMENT_VIEW):
            return seen
        return seen & super().condition(grants, permission)


@tracked
class RestrictedNote(Versioned):
    """A note for the donor's eyes. Without its permission nothing shows that it is there."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="restricted_notes")
    # A note outlives the risk: it is then one on the engagement. Protecting the risk would tell of the note.
    risk = models.ForeignKey(Risk, models.SET_NULL, null=True, related_name="restricted_notes")
    rating = models.ForeignKey(SideRating, models.PROTECT, null=True, related_name="restricted_notes")
    text = models.TextField(max_length=10_000)
    # In which of the portal's languages it is written; empty where nobody said.
    language = CodeField(max_length=10, blank=True, default="", db_default="")

    objects = RestrictedNoteQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "restricted_note"
        constraints = [
            models.CheckConstraint(name="note_is_on_one_thing", condition=Q(risk=None) | Q(rating=None)),
            models.CheckConstraint(name="note_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        """Which note it is, never what it says."""
        return str(self.public_id)
