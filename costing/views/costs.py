"""The cost page of an engagement: all bases compared or one of them, in any grouping and currency, and who pays."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from costing.domain.items import Unconverted
from costing.domain.openness import OPEN_GROUPINGS, tells_salaries_apart
from costing.domain.vocabulary import Basis, By
from costing.forms.questions import Asked, CostForm
from costing.selectors import costs as selectors
from costing.tables.costs import (
    agreement_links,
    beside_formula,
    comparison_lines,
    donor_names,
    funding_table,
    names_of,
    open_items,
    summary_table,
    unconverted_table,
)
from costing.tables.explain import explain_address
from costing.words import FORECAST_WITHHELD
from programmes.models import Engagement
from programmes.selectors.engagements import visible_engagement
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.errors import NotPermitted
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import who_grants


@require_GET
def costs(request: PortalRequest, ref: str) -> HttpResponse:
    """What the engagement costs, and what of it cannot be said for want of a rate."""
    engagement = visible_engagement(request.user, ref)
    held = permissions_on(request.user, engagement)
    groupings = groupings_for(held)
    question = {"as_of": timezone.localdate().isoformat(), **open_question(request, groupings)}
    form = CostForm(question, engagement=engagement, groupings=groupings, any_day=Permission.RATE_VIEW in held)
    asked = form.asked()
    context = {
        "engagement": engagement,
        "form": form,
        "asked": asked,
        "who": "" if Permission.RATE_VIEW in held else who_grants(Permission.RATE_VIEW),
        **_answer(engagement, asked, held),
        **_funding(engagement, asked, with_detail=Permission.COST_DETAIL_VIEW in held),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(request, "costing/costs.html", context, status=status)


def groupings_for(held: frozenset[Permission]) -> list[By]:
    """The groupings that lead to no named person's rate, or all of them for those who may see rates."""
    return list(By) if Permission.RATE_VIEW in held else list(OPEN_GROUPINGS)


def open_question(request: PortalRequest, groupings: list[By]) -> dict[str, str]:
    """What was asked, unless it asks for a grouping that this reader is not given."""
    by = request.GET.get("by", "")
    if by in list(By) and by not in groupings:
        withheld = _("Costs by line, workstream, donor, currency or quarter can lead to a named person's rate.")
        raise NotPermitted(f"{withheld} {who_grants(Permission.RATE_VIEW)}")
    return request.GET.dict()


def _answer(engagement: Engagement, asked: Asked, held: frozenset[Permission]) -> dict[str, Any]:
    """All bases compared, or the one that was asked for; and what is left out of either for want of a rate."""
    explain = _explain_address(engagement, asked) if Permission.COST_DETAIL_VIEW in held else ""
    shown, items = (
        _compared(engagement, asked, explain, held)
        if asked.basis is None
        else _on_one_basis(engagement, asked, asked.basis, explain)
    )
    with_rates = Permission.RATE_VIEW in held
    if not with_rates and asked.currency not in (None, engagement.programme.currency_id):
        refuse_part_of_salaries(items)
    listed = open_items(items, with_rates=with_rates)
    return {
        **shown,
        "unconverted": unconverted_table(listed),
        "left_out": len(items),
        "not_listed": len(items) - len(listed),
    }


def refuse_part_of_salaries(left_out: Sequence[Unconverted]) -> None:
    """Raises NotPermitted for a currency that would tell some salaries from others."""
    if tells_salaries_apart(left_out):
        withheld = _("Some salaries cannot be converted to this currency; the others alone can lead to a rate.")
        raise NotPermitted(f"{withheld} {who_grants(Permission.RATE_VIEW)}")


def _explain_address(engagement: Engagement, asked: Asked) -> str:
    """Where the figures of this very page are explained: by the same grouping, currency and day."""
    return explain_address(engagement.ref, by=asked.by, currency=asked.currency, as_of=asked.as_of.isoformat())


def _compared(
    engagement: Engagement, asked: Asked, explain: str, held: frozenset[Permission]
) -> tuple[dict[str, Any], Sequence[Unconverted]]:
    """The bases beside each other; by category also the forecast, which needs rates (`forecast_withheld` says so)."""
    now = timezone.now()
    compared = selectors.cost_comparisons(
        [engagement.pk], by=asked.by, currency=asked.currency, as_of=asked.as_of, cut_off=now
    )[engagement.pk]
    forecast = None
    if asked.by is By.CATEGORY and Permission.RATE_VIEW in held:
        forecast = selectors.own_forecast(engagement, currency=asked.currency, as_of=asked.as_of, cut_off=now)
    comparison = comparison_lines(compared, names_of(engagement, asked.by), explain, forecast)
    withheld = "" if Permission.RATE_VIEW in held else FORECAST_WITHHELD
    return {"comparison": comparison, "forecast_withheld": withheld}, compared.unconverted


def _on_one_basis(
    engagement: Engagement, asked: Asked, basis: Basis, explain: str
) -> tuple[dict[str, Any], Sequence[Unconverted]]:
    summary = selectors.cost_summaries(
        [engagement.pk], basis=basis, by=asked.by, currency=asked.currency, as_of=asked.as_of, cut_off=timezone.now()
    )[engagement.pk]
    shown = {
        "summary": summary_table(summary, names_of(engagement, asked.by), explain),
        "beside": beside_formula(summary),
        "digits": summary.question.currency.digits,
    }
    return shown, summary.unconverted


def _funding(engagement: Engagement, asked: Asked, *, with_detail: bool) -> dict[str, Any]:
    if not with_detail:
        return {"who_sees_funding": who_grants(Permission.COST_DETAIL_VIEW)}
    money = selectors.funding([engagement.pk], as_of=asked.as_of, cut_off=timezone.now())[engagement.pk]
    return {
        "funding": funding_table(money, donor_names(engagement)),
        "agreements": agreement_links(engagement),
        "cost_share_pct": money.cost_share_pct,
    }
