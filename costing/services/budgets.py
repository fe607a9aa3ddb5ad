"""Budgets: drafted in versions, approved by somebody else, then final."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from costing.domain.vocabulary import BudgetState
from costing.models import Budget, RateSet
from programmes.models import Engagement
from programmes.services.locking import must_be_at
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import DomainError


class SelfApproval(DomainError):
    """Nobody approves their own work."""

    code = "self_approval"


class BudgetIsFinal(DomainError):
    """An approved budget, or one that was, does not change: there is a new version for that."""

    code = "budget_is_final"


@transaction.atomic
def draft_budget(*, engagement: Engagement, rate_set: RateSet | None = None, by: User) -> Budget:
    """Open the next version of the engagement's budget, with the rates that its lines will be converted at."""
    # Locked, so that two drafts at once get two numbers.
    engagement = Engagement.objects.select_for_update(of=["self"], no_key=True).get(pk=engagement.pk)
    require(by, Permission.BUDGET_CHANGE, engagement)
    last = engagement.budgets.aggregate(last=Max("version"))["last"] or 0
    budget = Budget.objects.create(
        engagement=engagement, version=last + 1, rate_set=rate_set, drafted_by=by, created_by=by, updated_by=by
    )
    audit.record("budget.drafted", target=budget, by=by, version=budget.version)
    return budget


@transaction.atomic
def approve_budget(*, budget: Budget, expected_version: int | None = None, by: User) -> Budget:
    """Make a draft the budget that counts; the one before it is superseded, and both are final from here on.

    Raises SelfApproval if `by` drafted it, BudgetIsFinal if it is no draft or a later version is approved already.
    """
    # The engagement first: two versions approved at once must not both stand.
    Engagement.objects.select_for_update(of=["self"], no_key=True).get(pk=budget.engagement_id)
    budget = Budget.objects.select_for_update(of=["self"]).get(pk=budget.pk)
    require(by, Permission.BUDGET_APPROVE, budget)
    must_be_at(budget, expected_version)
    if budget.state != BudgetState.DRAFT:
        raise BudgetIsFinal(_("Version {version} is approved already.").format(version=budget.version))
    if budget.drafted_by_id == by.pk:
        raise SelfApproval(_("Somebody else has to approve a budget that you drafted."))
    former = (
        Budget.objects.select_for_update(of=["self"])
        .filter(engagement_id=budget.engagement_id, state=BudgetState.APPROVED)
        .first()
    )
    if former is not None:
        _supersede(former, budget, by)

    budget.state, budget.approved_by, budget.approved_at = BudgetState.APPROVED, by, timezone.now()
    budget.updated_by = by
    budget.save(update_fields=["state", "approved_by", "approved_at", "updated_by"])
    audit.record("budget.approved", target=budget, by=by, version=budget.version)
    return budget


def _supersede(former: Budget, budget: Budget, by: User) -> None:
    if former.version > budget.version:
        raise BudgetIsFinal(
            _("Version {later} is approved: version {version} cannot follow it.").format(
                later=former.version, version=budget.version
            )
        )
    former.state, former.updated_by = BudgetState.SUPERSEDED, by
    former.save(update_fields=["state", "updated_by"])
    audit.record("budget.superseded", target=former, by=by, version=former.version)
