"""Nothing that was typed is lost when a sign-in ends, or a tab: the form comes back to the same person, unsaved.

Each form of the editing kit carries a ticket: the portal's seal on who opened it and where. A form that arrives without
a sign-in, or with the token of an earlier one, is kept for that person if its ticket holds, and for nobody else.
Whoever has no ticket, another site above all, can leave nothing.
"""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from ta_portal.ui.http import PortalRequest
from ta_portal.ui.services.kept_forms import DraftMovedOn, forget_form, keep_draft, keep_form, kept_form

TICKET = "form_ticket"
FORGET = "forget_typed"
_SALT = "ta_portal.ui.keeping"
# A page may stand open for longer than its session lasted.
_HOLDS_FOR = dt.timedelta(days=30)
# A form that is kept as a draft while it is typed: the key of this saving, and of the one that the page knows of.
DRAFT_KEY, DRAFT_AFTER = "draft_key", "draft_after"
_LONGEST_KEY = 40
_NOT_TYPED = (TICKET, FORGET, DRAFT_KEY, DRAFT_AFTER, "csrfmiddlewaretoken")


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who opened the form at which address, and which of its fields are secrets and not to be kept."""

    owner_id: int
    address: str
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What the reader typed before, as a form takes it, and when."""

    data: QueryDict
    at: dt.datetime
    key: str


def ticket_for(request: PortalRequest, form: forms.Form) -> str:
    """What stands in the form as `form_ticket`."""
    secrets = [name for name, field in form.fields.items() if isinstance(field.widget, forms.PasswordInput)]
    return signing.dumps([request.user.pk, request.get_full_path(), secrets], salt=_SALT)


def keep_what_was_typed(request: HttpRequest) -> Ticket | None:
    """Keep the form that was sent for the person who opened it; None where there is no such form, or no ticket."""
    ticket = _ticket_of(request)
    if ticket is None:
        return None
    if DRAFT_KEY in request.POST:
        return _late_draft(request, ticket)
    kept = keep_form(owner_id=ticket.owner_id, address=ticket.address, text=_typed(request, ticket))
    return ticket if kept else None


def keep_as_draft(request: PortalRequest) -> dt.datetime | None:
    """Keep the form that the reader is typing; None where it cannot be. Raises DraftMovedOn."""
    ticket = _ticket_of(request)
    if ticket is None or ticket.owner_id != request.user.pk:
        return None
    return _as_draft(request, ticket)


def _late_draft(request: HttpRequest, ticket: Ticket) -> Ticket | None:
    """A tab that was left open must not write over what its author typed elsewhere since."""
    try:
        return ticket if _as_draft(request, ticket) else None
    except DraftMovedOn:
        return None


def _as_draft(request: HttpRequest, ticket: Ticket) -> dt.datetime | None:
    key, after = request.POST[DRAFT_KEY][:_LONGEST_KEY], request.POST.get(DRAFT_AFTER, "")
    text = _typed(request, ticket)
    return keep_draft(owner_id=ticket.owner_id, address=ticket.address, text=text, key=key, after=after)


def _typed(request: HttpRequest, ticket: Ticket) -> str:
    typed = request.POST.copy()
    for name in (*_NOT_TYPED, *ticket.secrets):
        typed.pop(name, None)
    return typed.urlencode()


def typed_before(request: PortalRequest) -> Kept | None:
    """What the reader typed into this form and did not get to save. One query."""
    found = kept_form(owner_id=request.user.pk, address=request.get_full_path())
    return Kept(QueryDict(found.text), found.kept_at, found.key) if found else None


def forget_what_was_typed(request: PortalRequest) -> None:
    forget_form(owner_id=request.user.pk, address=request.get_full_path())


def kept_until_sign_in() -> str:
    """What the sign-in page says of it."""
    return _(
        "You were signed out before this was saved. What you typed is kept for some hours: sign in as the same person, "
        "and it stands in the form again."
    )


def _ticket_of(request: HttpRequest) -> Ticket | None:
    if request.method != "POST":
        return None
    try:
        owner_id, address, secrets = signing.loads(request.POST.get(TICKET, ""), salt=_SALT, max_age=_HOLDS_FOR)
    except signing.BadSignature:
        return None
    return Ticket(owner_id, address, tuple(secrets)) if address == request.get_full_path() else None
