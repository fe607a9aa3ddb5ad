"""One funding agreement: its terms, its instalments, and the money behind each of its three figures."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from costing.domain.conversion import Unit
from costing.domain.vocabulary import Measure
from costing.selectors import costs as selectors
from costing.tables.funding import agreement_facts, money_table, tranche_table
from costing.views.explain import require_detail
from programmes.models import Engagement, FundingAgreement
from programmes.selectors.engagements import visible_engagement
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.errors import NotFound
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import who_grants

MEASURES = (Measure.PLEDGED, Measure.RECEIVED, Measure.ACTUAL)


@require_GET
def agreement(request: PortalRequest, ref: str, code: str) -> HttpResponse:
    """What a contributor promised, brought in and paid for, entry by entry."""
    engagement = visible_engagement(request.user, ref)
    held = permissions_on(request.user, engagement)
    require_detail(held)
    found = _agreement(engagement, code)
    unit = Unit(engagement.programme.currency_id, engagement.programme.currency.minor_units)
    items = selectors.explained_items(
        engagement.pk, MEASURES, currency=None, as_of=timezone.localdate(), cut_off=timezone.now()
    )
    own = [one for one in items if one.agreement_id == found.pk]
    with_rates = Permission.RATE_VIEW in held
    context = {
        "engagement": engagement,
        "agreement": found,
        "facts": agreement_facts(found),
        "tranches": tranche_table(found),
        "money": [money_table(own, measure, unit, with_rates=with_rates) for measure in MEASURES],
        "change": reverse("programmes:change", args=[ref, "agreements", code])
        if Permission.BUDGET_CHANGE in held
        else "",
        "who": "" if with_rates or not any(one.is_personal for one in own) else who_grants(Permission.RATE_VIEW),
    }
    return render_page(request, "costing/agreement.html", context)


def _agreement(engagement: Engagement, code: str) -> FundingAgreement:
    rows = FundingAgreement.objects.filter(engagement=engagement, code=code)
    found = (
        rows.select_related("contributor", "administrator", "provider", "currency").prefetch_related("tranches").first()
    )
    if found is None:
        raise NotFound(_("There is no agreement {code} in {ref}.").format(code=code, ref=engagement.ref))
    return found
