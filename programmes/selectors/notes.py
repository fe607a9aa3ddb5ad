"""Notes for the donor's eyes, for those who may read them; for everybody else there are none."""

from uuid import UUID

from django.db.models import Q

from programmes.models import Engagement, RestrictedNote, SideRating
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User

ON_RISKS, ON_RATINGS = Q(risk__isnull=False), Q(rating__isnull=False)


def notes_on(engagement: Engagement, *, user: User, about: Q | None = None) -> list[RestrictedNote]:
    """The notes on an engagement, the newest first; those on its risks or ratings alone with `about`. One query."""
    rows = RestrictedNote.objects.permitted(user, Permission.NOTE_VIEW).filter(engagement=engagement)
    rows = rows.filter(about) if about is not None else rows
    return list(rows.select_related("created_by", "risk", "rating").order_by("-pk"))


def note_known_as(engagement: Engagement, public_id: str) -> RestrictedNote | None:
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    rows = RestrictedNote.objects.filter(engagement=engagement, public_id=wanted)
    return rows.select_related("updated_by", "risk", "rating").first()


def shown_ratings(engagement: Engagement) -> list[SideRating]:
    """The ratings that a note can be on: those that everybody reads, the last first."""
    rows = SideRating.objects.filter(engagement=engagement, shown_at__isnull=False)
    return list(rows.order_by("-starts", "kind", "side"))
