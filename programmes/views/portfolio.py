"""The portfolio: what asks for a move, each engagement against time, and what higher apps add up over all of them."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from programmes.forms.filters import EngagementFilterForm
from programmes.selectors.portfolio import portfolio
from programmes.tables.portfolio import heat_table, kind_counts, matter_lines, status_links, verdict
from programmes.views.parts import parts_of
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page


@require_GET
def portfolio_page(request: PortalRequest) -> HttpResponse:
    """All engagements that the reader may see, or those of a country, a donor, a practice area or a status."""
    form = EngagementFilterForm(request.GET, user=request.user)
    today, choice = timezone.localdate(), form.choice()
    found = portfolio(request.user, choice, today=today, page=request.GET.get("page"))
    context = {
        "form": form,
        "filtered": bool(choice),
        "found": found,
        "sentence": verdict(found),
        "matters": matter_lines(found.first),
        "kinds": kind_counts(found),
        "statuses": status_links(found),
        "page": found.page,
        "table": heat_table(found.rows, today=today),
        "parts": parts_of("portfolio", request, found),
    }
    return render_page(request, "programmes/portfolio.html", context)
