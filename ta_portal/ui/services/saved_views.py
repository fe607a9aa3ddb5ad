"""Views of lists that somebody keeps under a name: their owner's alone, and what they show is asked anew each time."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from ta_portal.accounts.models import User
from ta_portal.audit.services import record
from ta_portal.errors import InvalidInput, NotFound
from ta_portal.registry.listings import Listing
from ta_portal.ui.models import SavedView

MOST_OF_A_LIST = 50
LONGEST_QUERY = 2000


def views_of(user: User, listing: Listing) -> Sequence[SavedView]:
    """The reader's own views of the list, by name. One query."""
    return list(SavedView.objects.filter(owner=user, list_name=listing.name).order_by("name"))


def own_view(user: User, public_id: UUID) -> SavedView:
    """One of the reader's own; somebody else's is not there, whoever asks."""
    found = SavedView.objects.filter(owner=user, public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found


@transaction.atomic
def save_view(*, listing: Listing, name: str, query: str, is_default: bool = False, by: User) -> SavedView:
    """Keep how the list is seen under a name of one's own.

    Raises InvalidInput for a name that is taken, an address that is too long, and more views than a menu can show.
    """
    owned = _lock_views(by, listing.name)
    if len(owned) >= MOST_OF_A_LIST:
        raise InvalidInput.at(
            "name", _("{most} views are as many as a list can have: remove one first.").format(most=MOST_OF_A_LIST)
        )
    seen = listing.view_of(query)
    if len(seen) > LONGEST_QUERY:
        raise InvalidInput.at("", _("This view asks for too much to be kept: choose less."), code="too_long")
    _refuse_taken(name, owned)
    _make_room_for_default(owned, wanted=is_default)
    view = SavedView.objects.create(owner=by, list_name=listing.name, name=name, query=seen, is_default=is_default)
    record("saved_view.saved", target=view, by=by, list=listing.name, name=name, query=seen)
    return view


@transaction.atomic
def change_view(*, public_id: UUID, name: str, is_default: bool, by: User) -> SavedView:
    """Give one's view another name, or make it the one that the list opens with."""
    view = own_view(by, public_id)
    others = [one for one in _lock_views(by, view.list_name) if one.pk != view.pk]
    _refuse_taken(name, others)
    _make_room_for_default(others, wanted=is_default)
    view.name, view.is_default = name, is_default
    view.save(update_fields=["name", "is_default"])
    record("saved_view.changed", target=view, by=by, name=name, is_default=is_default)
    return view


@transaction.atomic
def remove_view(*, public_id: UUID, by: User) -> None:
    """Take one's view out of the menu; its address goes on working for those who have it."""
    view = own_view(by, public_id)
    record("saved_view.removed", target=view, by=by, list=view.list_name, name=view.name, query=view.query)
    view.delete()


def _lock_views(user: User, list_name: str) -> list[SavedView]:
    """The views of the list, so that two saves at once take turns: the owner's row is locked, for there may be none."""
    User.objects.select_for_update().get(pk=user.pk)
    return list(SavedView.objects.filter(owner=user, list_name=list_name))


def _refuse_taken(name: str, others: Sequence[SavedView]) -> None:
    if any(one.name == name for one in others):
        raise InvalidInput.at("name", _("You have a view of this name: choose another."), code="taken")


def _make_room_for_default(others: Sequence[SavedView], *, wanted: bool) -> None:
    for one in others if wanted else ():
        if one.is_default:
            one.is_default = False
            one.save(update_fields=["is_default"])
