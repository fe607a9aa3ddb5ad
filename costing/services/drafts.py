"""The draft of a budget that is being written: an approved version is never changed, its lines go on into the next."""

from django.db import transaction

from costing.domain.vocabulary import BudgetState
from costing.models import Budget, CostLine
from costing.services.budgets import draft_budget
from programmes.models import Engagement
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit

_NOT_COPIED = {"id", "public_id", "row_version", "change_xid", "created_at", "updated_at"}


@transaction.atomic
def open_draft(*, engagement: Engagement, by: User) -> Budget:
    """The engagement's open draft, or else its next version, begun with the rates and lines of the approved one."""
    # Locked, so that two people who begin at once write in one draft.
    engagement = Engagement.objects.select_for_update(of=["self"], no_key=True).get(pk=engagement.pk)
    require(by, Permission.BUDGET_CHANGE, engagement)
    standing = engagement.budgets.filter(state=BudgetState.DRAFT).order_by("-version").first()
    if standing is not None:
        return standing
    approved = engagement.budgets.filter(state=BudgetState.APPROVED).select_related("rate_set").first()
    draft = draft_budget(engagement=engagement, rate_set=approved.rate_set if approved else None, by=by)
    if approved is not None:
        copied = CostLine.objects.bulk_create([_copy(line, draft, by) for line in approved.lines.order_by("pk")])
        audit.record("budget.lines_copied", target=draft, by=by, lines=len(copied), version=approved.version)
    return draft


def _copy(line: CostLine, draft: Budget, by: User) -> CostLine:
    kept = {
        field.attname: getattr(line, field.attname)
        for field in line._meta.concrete_fields
        if field.name not in _NOT_COPIED
    }
    return CostLine(**{**kept, "budget_id": draft.pk, "created_by_id": by.pk, "updated_by_id": by.pk})
