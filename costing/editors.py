"""What can be added, changed and removed of an engagement's money: lines of the draft budget, entries of the ledger."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from costing.domain.vocabulary import BudgetState
from costing.forms.money import CostLineForm, LedgerEntryForm
from costing.models import CostLine
from costing.services.cost_lines import add_cost_line, change_cost_line, remove_cost_line
from costing.services.drafts import open_draft
from costing.services.ledger import post_entry
from programmes.models import Engagement
from ta_portal.access.permissions import Permission
from ta_portal.registry.editors import Editor, Values, register_editor

PAGE, BACK = "engagement", "costing:costs"


def register() -> None:
    """Called when the app is ready."""
    for editor in EDITORS:
        register_editor(editor)


def _line(engagement: Engagement, code: str) -> CostLine | None:
    """The line of the draft: an approved version's cannot be changed."""
    lines = CostLine.objects.filter(budget__engagement=engagement, budget__state=BudgetState.DRAFT, key__code=code)
    return lines.select_related("key", "budget", "updated_by").order_by("-budget__version").first()


def _add_line(engagement: Engagement, values: Values, by: Any) -> CostLine:
    return add_cost_line(budget=open_draft(engagement=engagement, by=by), by=by, **values)


def _post(engagement: Engagement, values: Values, by: Any) -> Any:
    return post_entry(engagement=engagement, by=by, **values)


EDITORS = (
    Editor(
        page=PAGE,
        kind="cost-lines",
        permission=Permission.BUDGET_CHANGE,
        form=CostLineForm,
        find=_line,
        rows=lambda engagement: CostLine.objects.filter(
            budget__engagement=engagement, budget__state=BudgetState.DRAFT
        ).select_related("key"),
        key=lambda line: str(line.key.code),
        name=lambda line: f"{line.key.code} {line.description}",
        to_add=_("Add a budget line"),
        to_change=_("Change a budget line"),
        back=BACK,
        add=_add_line,
        change=lambda line, version, values, by: change_cost_line(line=line, expected_version=version, by=by, **values),
        remove=lambda line, version, reason, by: remove_cost_line(
            line=line, expected_version=version, reason=reason, by=by
        ),
    ),
    Editor(
        page=PAGE,
        kind="ledger-entries",
        permission=Permission.LEDGER_POST,
        form=LedgerEntryForm,
        find=lambda _engagement, _key: None,
        key=lambda entry: str(entry.public_id),
        name=lambda entry: str(entry.external_ref),
        to_add=_("Post a ledger entry"),
        to_change="",
        back=BACK,
        add=_post,
    ),
)
