"""The inbox, a message, and how one wants to be told."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ta_portal.mail.forms import ChoicesForm
from ta_portal.mail.kinds import kind_of
from ta_portal.mail.models import Message
from ta_portal.mail.selectors import messages_of, own_message, unread_count
from ta_portal.mail.services import choose_deliveries, mark_all_read, mark_read
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page

LINES_ON_A_PAGE = 25
UNREAD = "unread"


@require_GET
def inbox(request: PortalRequest) -> HttpResponse:
    """What the reader was told, the newest first; all of it, or what they have not read."""
    unread_only = request.GET.get("show") == UNREAD
    page = Paginator(messages_of(request.user, unread_only=unread_only), LINES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "lines": [_line(message) for message in page.object_list],
        "unread": unread_count(request.user),
        "unread_only": unread_only,
    }
    return render_page(request, "mail/inbox.html", context, partial="inbox")


@require_GET
def message(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The whole message. Looking changes nothing: a button says that it was read."""
    found = own_message(request.user, public_id)
    return render_page(request, "mail/message.html", _line(found))


@require_POST
def read(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The message was read; back to the rest."""
    mark_read(public_id=public_id, by=request.user)
    return redirect("mail:inbox")


@require_POST
def read_all(request: PortalRequest) -> HttpResponse:
    mark_all_read(by=request.user)
    return redirect("mail:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: PortalRequest) -> HttpResponse:
    """Which messages come by e-mail, and when."""

    def save(form: PortalForm) -> str:
        choose_deliveries(by=request.user, **form.values())
        return _("From now on you are told as you chose.")

    sheet = Sheet(
        title=_("How you are told"),
        form=lambda data: ChoicesForm(data, subject=None, user=request.user),
        save=save,
        back=reverse("ui:account"),
        context={"where": _("Your account")},
        template="mail/choices.html",
    )
    return fill_in(request, sheet)


def _line(found: Message) -> dict[str, Any]:
    kind = kind_of(found.kind)
    return {"message": found, "content": found.content, "kind": kind.label if kind else ""}
