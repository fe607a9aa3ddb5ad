"""Both sides' ratings of an engagement: what each reader may know of them."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from programmes.domain.vocabulary import RatingSide
from programmes.models import SideRating
from programmes.models.ratings import RATED_WITH
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.notes import ON_RATINGS
from programmes.selectors.ratings import anchors, ratings_of
from programmes.tables.ratings import change_address, rating_table
from programmes.views.tabs import noted
from programmes.words.ratings import KINDS
from ta_portal.access.holdings import permissions_on
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page


@require_GET
def ratings(request: PortalRequest, ref: str) -> HttpResponse:
    """Traction by period and impact by year, as both sides score them; the other side's once both are in."""
    engagement = visible_engagement(request.user, ref)
    held = permissions_on(request.user, engagement)

    def to_change(rating: SideRating) -> str:
        may = rating.shown_at is None and RATED_WITH[RatingSide(rating.side)] in held
        return change_address(rating, engagement.ref) if may else ""

    found = ratings_of(engagement, user=request.user, today=timezone.localdate())
    tables = [
        (KINDS[kind], rating_table(kind, rows, anchors(kind), to_change=to_change)) for kind, rows in found.items()
    ]
    context = {
        "engagement": engagement,
        "tables": tables,
        "noted": noted(request.user, engagement, about=ON_RATINGS),
    }
    return render_page(request, "programmes/ratings.html", context)
