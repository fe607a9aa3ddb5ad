"""Search, and where a reader begins."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from programmes.selectors.search import search
from ta_portal.access.holdings import is_donor_staff
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
    """Donor staff begin with the portfolio, a ministry's people and experts with their engagements."""
    return redirect("portfolio" if is_donor_staff(request.user) else "programmes:engagement-list")
