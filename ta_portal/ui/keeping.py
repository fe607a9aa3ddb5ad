"""Nothing that was typed is lost when a sign-in ends: the form comes back to the same person, filled in and unsaved.

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
from ta_portal.ui.services.kept_forms import forget_form, keep_form, kept_form

TICKET = "form_ticket"
FORGET = "forget_typed"
_SALT = "ta_portal.ui.keeping"
# A page may stand open for longer than its session lasted.
_HOLDS_FOR = dt.timedelta(days=30)
_NOT_TYPED = (TICKET, FORGET, "csrfmiddlewaretoken")


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


def ticket_for(request: PortalRequest, form: forms.Form) -> str:
    """What stands in the form as `form_ticket`."""
    secrets = [name for name, field in form.fields.items() if isinstance(field.widget, forms.PasswordInput)]
    return signing.dumps([request.user.pk, request.get_full_path(), secrets], salt=_SALT)


def keep_what_was_typed(request: HttpRequest) -> Ticket | None:
    """Keep the form that was sent for the person who opened it; None where there is no such form, or no ticket."""
    ticket = _ticket_of(request)
    if ticket is None:
        return None
    typed = request.POST.copy()
    for name in (*_NOT_TYPED, *ticket.secrets):
        typed.pop(name, None)
    kept = keep_form(owner_id=ticket.owner_id, address=ticket.address, text=typed.urlencode())
    return ticket if kept else None


def typed_before(request: PortalRequest) -> Kept | None:
    """What the reader typed into this form and did not get to save. One query."""
    found = kept_form(owner_id=request.user.pk, address=request.get_full_path())
    return Kept(QueryDict(found.text), found.kept_at) if found else None


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
