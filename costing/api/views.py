"""What it costs and who pays, over REST. What leads to a named person's rate leaves without RATE_VIEW."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request

from costing import services
from costing.api import inputs, serializers
from costing.api.answers import comparison_answer, cost_answer, funding_answer
from costing.domain.items import Unconverted
from costing.domain.openness import OPEN_GROUPINGS, is_open_day, tells_salaries_apart
from costing.domain.vocabulary import Basis, By, Category
from costing.models import Budget, CostLine, CostLineKey, ExchangeRate, LedgerEntry
from costing.selectors import costs as selectors
from programmes.api.doors import EngagementDoor
from programmes.api.serializers import AsOfParameters
from programmes.models import Engagement, Programme
from ta_portal.access.deleted import deleted as tombstones_in_reach
from ta_portal.access.grants import Grants, grants_of
from ta_portal.access.permissions import Permission
from ta_portal.api.bulk import BulkViewSet
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.api.writing import Act, NoInput, Service, WritableViewSet
from ta_portal.changes.models import Tombstone
from ta_portal.errors import NotPermitted

_A_SALARY = Q(category=Category.SALARIES.value)
_OF_A_PERSON = _A_SALARY | Q(deployment__isnull=False)


class BudgetViewSet(WritableViewSet):
    """Versions of what engagements are meant to cost."""

    resource = "budgets"
    queryset = Budget.objects.all()
    row = serializers.BudgetRow
    view_permission = Permission.COST_DETAIL_VIEW
    engagement_path = "engagement"
    filter_fields = ("version", "state", "rate_set", "approved_at", "updated_at")
    ordering_fields = ("version", "state", "approved_at", "updated_at")
    acts = {
        "create": Act.adding(inputs.BudgetInput, Permission.BUDGET_CHANGE),
        "approve": Act.changing(NoInput, Permission.BUDGET_APPROVE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Open the next version of an engagement's budget, as a draft."""
        return self.add(services.draft_budget)

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, **named: Any) -> HttpResponse:
        """Approve a draft of somebody else's: it counts from now on, and is final."""
        return self.change(named, services.approve_budget, "budget")


class CostLineViewSet(BulkViewSet):
    """Planned costs, line by line, in every version of the budget; salaries with RATE_VIEW only."""

    resource = "cost-lines"
    queryset = CostLine.objects.all()
    row = serializers.CostLineRow
    view_permission = Permission.COST_DETAIL_VIEW
    engagement_path = "budget__engagement"
    filter_fields = (
        "budget",
        "budget_version",
        "code",
        "category",
        "outside",
        "status",
        "workstream",
        "agreement",
        "deployment",
        "currency",
        "amount",
        "first_day",
        "last_day",
        "updated_at",
    )
    ordering_fields = ("budget_version", "code", "category", "status", "amount", "first_day", "updated_at")
    search_fields = ("code", "description")
    described_as = "CostLine"
    acts = {
        "create": Act.adding(inputs.CostLineInput, Permission.BUDGET_CHANGE),
        "partial_update": Act.changing(inputs.CostLineChange, Permission.BUDGET_CHANGE),
        "destroy": Act.removing(Permission.BUDGET_CHANGE),
    }

    def visible(self) -> QuerySet[Any]:
        if grants_of(self.user).everywhere(Permission.RATE_VIEW):
            return super().visible()
        with_rates = CostLine.objects.permitted(self.user, Permission.RATE_VIEW).order_by().values("pk")
        return super().visible().filter(~_OF_A_PERSON | Q(pk__in=with_rates))

    def deleted(self, grants: Grants) -> QuerySet[Tombstone]:
        of_a_person = Q(scope__category=Category.SALARIES.value) | Q(was_deployment_id__isnull=False)
        with_rates = tombstones_in_reach(CostLine, grants, Permission.RATE_VIEW).values("pk")
        return super().deleted(grants).filter(~of_a_person | Q(pk__in=with_rates))

    def create(self, request: Request) -> HttpResponse:
        """Plan a cost in a draft, or up to 1,000."""
        return self.add(services.add_cost_line)

    def add_each(self, given: Sequence[dict[str, Any]], _service: Service) -> Sequence[Any]:
        return self.add_together(given, services.add_cost_lines, group="budget", rows_as="lines")

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change a line of a draft; its amount is made anew."""
        return self.change(named, services.change_cost_line, "line")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Take a line out of a draft."""
        return self.remove(named, services.remove_cost_line, "line")


class LedgerEntryViewSet(BulkViewSet):
    """Money promised, spent or received; salaries with RATE_VIEW only."""

    resource = "ledger-entries"
    queryset = LedgerEntry.objects.all()
    row = serializers.LedgerEntryRow
    view_permission = Permission.COST_DETAIL_VIEW
    engagement_path = "engagement"
    filter_fields = (
        "kind",
        "on_date",
        "amount",
        "currency",
        "category",
        "outside",
        "line",
        "workstream",
        "agreement",
        "is_advance",
        "source",
        "external_ref",
        "posted_at",
    )
    ordering_fields = ("on_date", "amount", "kind", "category", "posted_at")
    search_fields = ("description", "external_ref", "line")
    described_as = "LedgerEntry"
    acts = {
        "create": Act.adding(inputs.LedgerEntryInput, Permission.LEDGER_POST),
        "reverse": Act(
            frozenset({Permission.LEDGER_POST}), inputs.ReversalInput, verb="create", answers=HTTPStatus.CREATED
        ),
    }
    written_at = "posted_at"

    def visible(self) -> QuerySet[Any]:
        if grants_of(self.user).everywhere(Permission.RATE_VIEW):
            return super().visible()
        with_rates = LedgerEntry.objects.permitted(self.user, Permission.RATE_VIEW).order_by().values("pk")
        # An entry without a category may still be booked on somebody's line.
        personal_lines = CostLineKey.objects.filter(lines__in=CostLine.objects.filter(_OF_A_PERSON)).values("pk")
        of_a_person = _A_SALARY | Q(line_key__isnull=False, line_key__in=personal_lines)
        return super().visible().filter(~of_a_person | Q(pk__in=with_rates))

    def create(self, request: Request) -> HttpResponse:
        """Post money promised, spent or received: an entry, or up to 1,000. Entries never change."""
        return self.add(services.post_entry)

    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, **named: Any) -> HttpResponse:
        """Take an entry back by one of the negated amount, which is the answer."""
        return self.change(named, services.reverse_entry, "entry")


class ExchangeRateViewSet(ScopedViewSet):
    """Rates as quoted, from the sources of the programmes that the caller sees."""

    resource = "exchange-rates"
    queryset = ExchangeRate.objects.all()
    row = serializers.ExchangeRateRow
    view_permission = Permission.COST_VIEW
    filter_fields = ("source", "base", "quote", "on_date", "value", "seq", "known_at")
    ordering_fields = ("source", "on_date", "base", "quote", "known_at")
    written_at = "known_at"

    def visible(self) -> QuerySet[Any]:
        programmes = Programme.objects.permitted(self.user, self.view_permission).order_by()
        return self.queryset.filter(source__in=programmes.values("rate_source"))

    def exportable(self) -> QuerySet[Any]:
        programmes = Programme.objects.permitted(self.user, Permission.EXPORT).order_by()
        return self.visible().filter(source__in=programmes.values("rate_source"))


class _MoneyDoor(EngagementDoor):
    view_permission = Permission.COST_VIEW

    def sees_rates(self, engagement: Engagement) -> bool:
        """Does the caller hold RATE_VIEW here? One query, none for those who hold it nowhere."""
        if not grants_of(self.user).anywhere(Permission.RATE_VIEW):
            return False
        return Engagement.objects.permitted(self.user, Permission.RATE_VIEW).filter(pk=engagement.pk).exists()

    def question(self, engagement: Engagement, asked: dict[str, Any]) -> dict[str, Any]:
        """What the costing service is asked. Raises NotPermitted for what would tell a person's rate."""
        by = By(asked["by"])
        if by not in OPEN_GROUPINGS and not self.sees_rates(engagement):
            raise NotPermitted(
                _("Costs by {by} lead to the rates of named persons: that needs the permission {permission}.").format(
                    by=by, permission=Permission.RATE_VIEW
                )
            )
        return {"by": by, "currency": asked.get("currency"), **self.clocks(engagement, asked)}

    def clocks(self, engagement: Engagement, asked: dict[str, Any]) -> dict[str, Any]:
        """Valid time as asked, knowledge time now. Raises NotPermitted for a day that would tell single payments."""
        today = timezone.localdate()
        as_of = asked.get("as_of") or today
        if not is_open_day(as_of, today) and not self.sees_rates(engagement):
            raise NotPermitted(
                _(
                    "Costs as of a day within a year lead to the rates of named persons: ask for today or for the end "
                    "of a year, or hold the permission {permission}."
                ).format(permission=Permission.RATE_VIEW)
            )
        return {"as_of": as_of, "cut_off": timezone.now()}

    def with_salaries(
        self, engagement: Engagement, asked: dict[str, Any], left_out: Sequence[Unconverted]
    ) -> dict[str, bool]:
        """Whether single salaries are listed. Raises NotPermitted for a currency that would tell some from others."""
        sees_rates = self.sees_rates(engagement)
        in_another = asked.get("currency") not in (None, engagement.programme.currency_id)
        if in_another and not sees_rates and tells_salaries_apart(left_out):
            raise NotPermitted(
                _(
                    "Some salaries cannot be converted to {currency}; the others alone would lead to the rates of "
                    "named persons: that needs the permission {permission}."
                ).format(currency=asked["currency"], permission=Permission.RATE_VIEW)
            )
        return {"with_salaries": sees_rates}


class CostsView(_MoneyDoor):
    """What the engagement costs on one basis, grouped as asked; every grouping adds up to the total."""

    resource = "costs"
    parameters = serializers.CostParameters
    answer_shape = serializers.CostsShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        question = self.question(engagement, asked)
        found = selectors.cost_summaries([engagement.pk], basis=Basis(asked["basis"]), **question)[engagement.pk]
        return cost_answer(found, **self.with_salaries(engagement, asked, found.unconverted))


class CostComparisonView(_MoneyDoor):
    """Planned, committed and actual side by side."""

    resource = "cost-comparison"
    parameters = serializers.ComparisonParameters
    answer_shape = serializers.ComparisonShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        found = selectors.cost_comparisons([engagement.pk], **self.question(engagement, asked))[engagement.pk]
        return comparison_answer(found, **self.with_salaries(engagement, asked, found.unconverted))


class FundingView(_MoneyDoor):
    """What each donor promised, brought in and paid for."""

    resource = "funding"
    parameters = AsOfParameters
    answer_shape = serializers.FundingShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        found = selectors.funding([engagement.pk], **self.clocks(engagement, asked))
        return funding_answer(found[engagement.pk], with_salaries=self.sees_rates(engagement))
