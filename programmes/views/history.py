"""The auditor's view of everything: every act of the portfolio that the reader may read."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from programmes.forms.history import HistoryFilterForm, PlaceForm
from programmes.selectors.history import chosen, history, people_in, readable_acts
from programmes.tables.history import act_table
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.errors import NotPermitted
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page


@require_GET
def history_page(request: PortalRequest) -> HttpResponse:
    """Who did what over all engagements, narrowed down by engagement, kind, person and days."""
    if not grants_of(request.user).anywhere(Permission.AUDIT_VIEW):
        raise NotPermitted(_("The audit trail says who did what, and when. Your role does not open it."))
    acts = readable_acts(request.user)
    form = HistoryFilterForm(request.GET, people=people_in(acts), of_one=False)
    found = history(chosen(acts, form.choice()), user=request.user, place=PlaceForm(request.GET).place())
    context = {
        "form": form,
        "history": found,
        "table": act_table(found, with_engagement=True),
        "filtered": bool(form.choice()),
    }
    return render_page(request, "programmes/history.html", context, partial="acts")
