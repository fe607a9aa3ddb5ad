"""The auditor's view of everything: every act of the portfolio that the reader may read, on pages and as a file."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from programmes.forms.history import HistoryFilterForm, PlaceForm
from programmes.selectors.history import Place, chosen, history, people_in, readable_acts
from programmes.tables.history import act_table
from programmes.tables.history_file import history_head, history_lines
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.api.exports import csv_file, csv_lines, one_reading
from ta_portal.api.services.limits import count_file
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import NotPermitted
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page

ACTS_AT_A_TIME = 500


@require_GET
def history_page(request: PortalRequest) -> HttpResponse:
    """Who did what over all engagements, narrowed down by engagement, kind, person and days."""
    _require_audit(request.user)
    acts = readable_acts(request.user)
    form = HistoryFilterForm(request.GET, people=people_in(acts), of_one=False)
    found = history(chosen(acts, form.choice()), user=request.user, place=PlaceForm(request.GET).place())
    context = {
        "form": form,
        "history": found,
        "table": act_table(found, with_engagement=True),
        "filtered": bool(form.choice()),
        "file": reverse("history-file"),
    }
    return render_page(request, "programmes/history.html", context, partial="acts")


@require_GET
def history_file(request: PortalRequest) -> StreamingHttpResponse:
    """What the page shows, all pages of it, as CSV. Sent as it is read, in constant memory."""
    _require_audit(request.user)
    count_file(by=request.user)
    acts = readable_acts(request.user)
    form = HistoryFilterForm(request.GET, people=people_in(acts), of_one=False)
    lines = _file(chosen(acts, form.choice()), request.user, language=translation.get_language())
    return csv_file("history", lines)


def _file(acts: QuerySet[AuditEvent], user: User, *, language: str | None) -> Iterator[bytes]:
    """The head, and then a batch of acts at a time. The language of the request is over by the time this runs."""
    with translation.override(language), one_reading():
        yield csv_lines([history_head()])
        place: Place | None = Place()
        while place:
            found = history(acts, user=user, place=place, size=ACTS_AT_A_TIME)
            if found.acts:
                yield csv_lines(list(history_lines(found)))
            place = Place(before=found.older) if found.older else None


def _require_audit(user: User) -> None:
    if not grants_of(user).anywhere(Permission.AUDIT_VIEW):
        raise NotPermitted(_("The audit trail says who did what, and when. Your role does not open it."))
