"""A figure of the portfolio's costs, explained engagement by engagement."""

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from costing.domain.conversion import Unit
from costing.domain.forecast import Forecast
from costing.domain.summary import AskedFigure
from costing.domain.vocabulary import Basis, Category, Figure
from costing.forms.questions import PortfolioCostForm
from costing.selectors import costs as selectors
from costing.tables.explain import derived_explained, row_of
from costing.tables.forecast import forecast_members
from costing.tables.portfolio import members_explained
from costing.words import FORECAST_WITHHELD
from programmes.forms.filters import EngagementFilterForm
from programmes.models import Engagement
from programmes.models.engagements import EngagementQuerySet
from programmes.selectors.engagements import engagement_list
from programmes.selectors.portfolio import permitted_ids, usual_currency
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.errors import NotFound, NotPermitted
from ta_portal.ui.explanations import Explanation
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import who_grants


@require_GET
def explain(request: PortalRequest) -> HttpResponse:
    """The engagements that a figure adds up from; of what two amounts come to, those two."""
    scope = engagement_list(request.user, EngagementFilterForm(request.GET, user=request.user).choice())
    ids = permitted_ids(request.user, scope, Permission.COST_VIEW)
    closed = without_rates(request.user, scope, ids)
    asked = PortfolioCostForm(request.GET, any_day=not closed).figure()
    if closed and asked.figure is Figure.FORECAST:
        raise NotPermitted(f"{FORECAST_WITHHELD} {who_grants(Permission.RATE_VIEW)}")
    asked = replace(asked, currency=asked.currency or usual_currency(ids))
    currency = asked.currency or ""
    ids = openly_added(ids, closed, currency=currency, as_of=asked.as_of, cut_off=asked.cut_off)
    address = {**request.GET.dict(), "currency": asked.currency}
    back = f"{reverse('portfolio')}?{urlencode(address)}"
    opened = permitted_ids(request.user, scope, Permission.COST_DETAIL_VIEW)
    context = {"explanation": _explained(ids, opened, asked, address), "back": back, "back_label": _("Portfolio")}
    return render_page(request, "ui/explanation.html", context)


def openly_added(
    ids: list[int], closed: list[int], *, currency: str, as_of: dt.date, cut_off: dt.datetime
) -> list[int]:
    """Those of `ids` that can be added up in `currency` without telling some salaries from others on a `closed` one."""
    apart = {
        member.ref
        for basis in (Basis if closed else ())
        for member in selectors.portfolio_members(
            closed, basis=basis, group=Category.SALARIES, currency=currency, as_of=as_of, cut_off=cut_off
        )
        if member.left_out
    }
    # In its programme's own currency an engagement is told as it is on its own pages.
    foreign = Engagement.objects.filter(ref__in=apart).exclude(programme__currency=currency) if apart else ()
    left_out = {engagement.pk for engagement in foreign}
    return [key for key in ids if key not in left_out]


def without_rates(user: User, scope: EngagementQuerySet, ids: list[int]) -> list[int]:
    """The engagements among `ids` on which `user` may not know a named person's rate."""
    if not grants_of(user).anywhere(Permission.RATE_VIEW):
        return ids
    held = set(permitted_ids(user, scope, Permission.RATE_VIEW))
    return [key for key in ids if key not in held]


def _explained(ids: list[int], opened: list[int], asked: AskedFigure, address: dict[str, Any]) -> Explanation:
    """`opened` are the engagements of which the reader may see what a figure is made of."""
    currency = asked.currency or ""
    found = selectors.portfolio_costs(ids, with_detail=[], currency=currency, as_of=asked.as_of, cut_off=asked.cut_off)
    row = row_of(found.compared, asked.group)
    if row is None:
        raise NotFound(_("There is no such figure on the portfolio page."))
    if asked.figure is Figure.FORECAST:
        return _forecast_explained(ids, opened, asked, found.forecast, found.compared.question.currency)
    if not (basis := asked.figure.basis):
        return derived_explained(asked, found.compared, {}, address)
    members = selectors.portfolio_members(
        ids, basis=basis, group=asked.group, currency=currency, as_of=asked.as_of, cut_off=asked.cut_off
    )
    return members_explained(asked, getattr(row, basis), members, found.compared.question.currency, _refs(opened))


def _forecast_explained(
    ids: list[int], opened: list[int], asked: AskedFigure, forecast: Forecast, unit: Unit
) -> Explanation:
    found = selectors.outlooks(ids, currency=unit.code, as_of=asked.as_of, cut_off=asked.cut_off)
    named = {
        key: (ref, title) for key, ref, title in Engagement.objects.filter(pk__in=ids).values_list("pk", "ref", "title")
    }
    members = forecast_members(asked.group, found, named)
    return members_explained(asked, forecast.of(asked.group), members, unit, _refs(opened))


def _refs(ids: list[int]) -> frozenset[str]:
    return frozenset(Engagement.objects.filter(pk__in=ids).values_list("ref", flat=True))
