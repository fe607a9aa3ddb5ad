"""Search, and where a reader begins."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from programmes.selectors.search import search
from ta_portal.access.grants import grants_of
from ta_portal.access.holdings import is_donor_staff
from ta_portal.access.permissions import Permission
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page

MOST_LETTERS = 100


@require_GET
def search_page(request: PortalRequest) -> HttpResponse:
    """What the reader may see of what matches their words."""
    words = request.GET.get("q", "").replace("\0", "")[:MOST_LETTERS].strip()
    return render_page(request, "programmes/search.html", {"q": words, "found": search(request.user, words)})


@require_GET
def home(request: PortalRequest) -> HttpResponse:
    """Donor staff begin with the portfolio, a ministry's people and experts with what they have to report."""
    if is_donor_staff(request.user):
        return redirect("portfolio")
    reports = grants_of(request.user).anywhere(Permission.PROGRESS_LOG)
    return redirect("due" if reports else "programmes:engagement-list")
