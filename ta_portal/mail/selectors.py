"""Messages to read: one's own, whoever one is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from ta_portal.access.grants import grants_of
from ta_portal.accounts.models import User
from ta_portal.errors import NotFound
from ta_portal.mail.kinds import MessageKind, message_kinds
from ta_portal.mail.models import DeliveryChoice, Message

# What the user of a request carries of this kit.
UNREAD = "unread_messages"


def messages_of(user: Any, *, unread_only: bool = False) -> QuerySet[Message]:
    """What `user` was told, the newest first. Nobody reads another's, an administrator neither."""
    own = Message.objects.filter(recipient=user.pk).order_by("-id")
    return own.filter(read_at=None) if unread_only else own


def own_message(user: User, public_id: UUID) -> Message:
    found = messages_of(user).select_related("letter").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found


def counted_unread() -> Coalesce:
    """How many messages wait for the user of the query around it: from an index that holds only those."""
    unread = Message.objects.filter(recipient=OuterRef("pk"), read_at=None).order_by()
    return Coalesce(Subquery(unread.values("recipient").annotate(count=Count("pk")).values("count")), 0)


def unread_count(user: Any) -> int:
    """How many messages wait to be read, as it was read with the user. No query."""
    count: int = getattr(user, UNREAD, 0)
    return count


def kinds_for(user: User) -> list[MessageKind]:
    """What somebody with these roles can be told of."""
    grants = grants_of(user)
    return [kind for kind in message_kinds() if grants.anywhere(kind.permission)]


def choices_of(user: User) -> Mapping[str, str]:
    """How the user is told of each kind. One query."""
    chosen = dict(DeliveryChoice.objects.filter(user=user).values_list("kind", "delivery"))
    return {kind.key: chosen.get(kind.key, kind.default.value) for kind in message_kinds()}
