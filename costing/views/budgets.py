"""The budget of an engagement: its versions, the lines of one, and the approval of a draft by somebody else."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from costing.domain.vocabulary import BudgetState
from costing.models import Budget
from costing.services.budgets import approve_budget
from costing.tables.budgets import line_table
from costing.words import BUDGET_STATES
from programmes.models import Engagement
from programmes.selectors.engagements import visible_engagement
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.errors import NotFound
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page


@require_GET
def budget(request: PortalRequest, ref: str) -> HttpResponse:
    """The lines of one version (`?version=`), the last one by itself. They tell salaries, and ask for that."""
    engagement = visible_engagement(request.user, ref)
    require(request.user, Permission.RATE_VIEW, engagement)
    versions = list(Budget.objects.filter(engagement=engagement).select_related("drafted_by", "approved_by"))
    versions.sort(key=lambda one: -one.version)
    shown = _asked(versions, request.GET.get("version", ""))
    held = permissions_on(request.user, engagement)
    may_approve = shown is not None and shown.state == BudgetState.DRAFT and shown.drafted_by_id != request.user.pk
    context = {
        "engagement": engagement,
        "versions": [(one, BUDGET_STATES[one.state]) for one in versions],
        "shown": shown,
        "table": line_table(list(shown.lines.select_related("key").order_by("key__code"))) if shown else None,
        "may_approve": may_approve and Permission.BUDGET_APPROVE in held,
        "may_change": Permission.BUDGET_CHANGE in held,
    }
    return render_page(request, "costing/budget.html", context)


@require_POST
def approve(request: PortalRequest, ref: str, version: int) -> HttpResponse:
    """Make a draft the budget that counts. Nobody approves what they drafted."""
    engagement = visible_engagement(request.user, ref)
    approved = approve_budget(budget=_version(engagement, version), by=request.user)
    messages.success(request, _("Version %(version)s is approved.") % {"version": approved.version})
    return redirect("costing:budget", ref)


def _asked(versions: list[Budget], version: str) -> Budget | None:
    return next((one for one in versions if str(one.version) == version), versions[0] if versions else None)


def _version(engagement: Engagement, version: int) -> Budget:
    found = Budget.objects.filter(engagement=engagement, version=version).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found
