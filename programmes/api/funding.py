"""Who pays, over REST: funding agreements with their instalments."""

from typing import Any

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.request import Request

from programmes.api import inputs, serializers
from programmes.models import FundingAgreement
from programmes.services import agreements
from ta_portal.access.permissions import Permission
from ta_portal.api.writing import Act, WritableViewSet


class AgreementViewSet(WritableViewSet):
    """What contributors promised to engagements, each in its own currency, with the instalments it comes in."""

    resource = "agreements"
    queryset = FundingAgreement.objects.all()
    row = serializers.AgreementRow
    view_permission = Permission.COST_DETAIL_VIEW
    engagement_path = "engagement"
    filter_fields = (
        "code",
        "contributor",
        "administrator",
        "provider",
        "instrument",
        "amount",
        "currency",
        "first_day",
        "last_day",
        "updated_at",
    )
    ordering_fields = ("code", "contributor", "instrument", "amount", "first_day", "last_day", "updated_at")
    search_fields = ("code", "contributor", "administrator", "provider")
    acts = {
        "create": Act.adding(inputs.AgreementInput, Permission.BUDGET_CHANGE),
        "partial_update": Act.changing(inputs.AgreementChange, Permission.BUDGET_CHANGE),
        "tranches": Act.changing(inputs.TrancheInput, Permission.BUDGET_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Record what a contributor promised to an engagement."""
        return self.add_to_engagement(agreements.add_agreement)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change the terms of an agreement; its contributor and its currency stay."""
        return self.change(named, agreements.change_agreement, "agreement_id")

    @action(detail=True, methods=["post"])
    def tranches(self, request: Request, **named: Any) -> HttpResponse:
        """Add an instalment; the answer is the agreement with all of them."""
        return self.change(named, agreements.add_tranche, "agreement_id")
