"""Explain a figure of the cost page: the lines, entries and rates behind it, at an address that can be sent on."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from costing.domain.comparison import CostComparison
from costing.domain.summary import AskedFigure
from costing.domain.vocabulary import Basis, By, Figure
from costing.forms.questions import ExplainForm
from costing.selectors import costs as selectors
from costing.tables.costs import names_of
from costing.tables.explain import amount_explained, belongs_to, derived_explained, row_of
from costing.tables.forecast import forecast_explained
from costing.views.costs import groupings_for, open_question, refuse_part_of_salaries
from costing.words import FORECAST_WITHHELD
from programmes.models import Engagement
from programmes.selectors.engagements import visible_engagement
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.errors import NotFound, NotPermitted
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import who_grants


@require_GET
def explain(request: PortalRequest, ref: str) -> HttpResponse:
    """One figure: an amount opens into its lines or entries, what two amounts come to into those two."""
    engagement = visible_engagement(request.user, ref)
    held = permissions_on(request.user, engagement)
    require_detail(held)
    question = open_question(request, groupings_for(held))
    with_rates = Permission.RATE_VIEW in held
    asked = ExplainForm(question, engagement=engagement, groupings=groupings_for(held), any_day=with_rates).figure()
    costs = _costs(engagement, asked, with_rates=with_rates)
    context = {"engagement": engagement, "back": _back(engagement, asked), "back_label": _("Costs")}
    if asked.figure is Figure.FORECAST:
        context |= _forecast(request, engagement, asked, costs, with_rates=with_rates)
    elif asked.figure.basis:
        context |= _amount(request, engagement, asked, costs, with_rates=with_rates)
    else:
        address = {name: value for name, value in question.items() if name != "page"}
        context["explanation"] = derived_explained(asked, costs, names_of(engagement, asked.by), address)
    return render_page(request, "programmes/explanation.html", context)


def require_detail(held: frozenset[Permission]) -> None:
    """Lines and entries are for those who see the detail of costs: to others the page says who opens it."""
    if Permission.COST_DETAIL_VIEW not in held:
        withheld = _("What a cost is made of is not shown to your role.")
        raise NotPermitted(f"{withheld} {who_grants(Permission.COST_DETAIL_VIEW)}")


def _costs(engagement: Engagement, asked: AskedFigure, *, with_rates: bool) -> CostComparison:
    """The comparison in which the figure stands.

    Raises NotFound if there is no such figure in it, NotPermitted for a currency that would tell some salaries apart.
    """
    compared = selectors.cost_comparisons(
        [engagement.pk], by=asked.by, currency=asked.currency, as_of=asked.as_of, cut_off=asked.cut_off
    )[engagement.pk]
    if not with_rates and asked.currency not in (None, engagement.programme.currency_id):
        refuse_part_of_salaries(compared.unconverted)
    if row_of(compared, asked.group) is None:
        raise NotFound(_("There is no such figure on the cost page."))
    return compared


def _amount(
    request: PortalRequest, engagement: Engagement, asked: AskedFigure, costs: CostComparison, *, with_rates: bool
) -> dict[str, Any]:
    """The explanation of an amount, and the page of its rows."""
    items = selectors.explained_items(
        engagement.pk, [asked.figure], currency=asked.currency, as_of=asked.as_of, cut_off=asked.cut_off
    )
    counted = list(filter(belongs_to(asked.group, asked.by), items))
    names, page = names_of(engagement, asked.by), request.GET.get("page", "")
    explanation, rows = amount_explained(asked, costs, counted, names, with_rates=with_rates, page=page)
    return {"explanation": explanation, "page": rows}


def _forecast(
    request: PortalRequest, engagement: Engagement, asked: AskedFigure, costs: CostComparison, *, with_rates: bool
) -> dict[str, Any]:
    """The explanation of a forecast, and the page of the lines that are planned for later.

    Raises NotPermitted without rates; NotFound for another grouping, of which there are none.
    """
    if not with_rates:
        raise NotPermitted(f"{FORECAST_WITHHELD} {who_grants(Permission.RATE_VIEW)}")
    if asked.by is not By.CATEGORY:
        raise NotFound(_("There is no such figure on the cost page."))
    forecast = selectors.own_forecast(engagement, currency=asked.currency, as_of=asked.as_of, cut_off=asked.cut_off)
    items = selectors.explained_items(
        engagement.pk, list(Basis), currency=asked.currency, as_of=asked.as_of, cut_off=asked.cut_off
    )
    counted = list(filter(belongs_to(asked.group, asked.by), items))
    address = {name: value for name, value in request.GET.dict().items() if name != "page"}
    unit, page = costs.question.currency, request.GET.get("page", "")
    explanation, rows = forecast_explained(asked, forecast, counted, unit, address, page=page)
    return {"explanation": explanation, "page": rows}


def _back(engagement: Engagement, asked: AskedFigure) -> str:
    currency = f"&currency={asked.currency}" if asked.currency else ""
    return f"{reverse('costing:costs', args=[engagement.ref])}?by={asked.by}&as_of={asked.as_of.isoformat()}{currency}"
