"""What REST takes of money. Amounts are texts, so that no binary fraction is ever between two systems."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from costing.domain.vocabulary import Category, EntryKind, LineStatus, Outside
from costing.models import Budget, CostLineKey, LedgerEntry
from experts.models import Deployment
from programmes.api.inputs import EngagementField, code_field, text_field
from programmes.models import FundingAgreement, Workstream
from ta_portal.access.permissions import Permission
from ta_portal.api.fields import DayField
from ta_portal.api.inputs import FigureInput, Input, OneOf, OneWord


def currency_field() -> serializers.CharField:
    return serializers.CharField(max_length=3, help_text="ISO 4217.")


class BudgetInput(Input):
    """Opens the next version of the engagement's budget, as a draft."""

    engagement = EngagementField()


class CostLineChange(Input):
    description = text_field(500)
    category = OneWord(Category, allow_null=True, required=False)
    outside = OneWord(Outside, allow_null=True, required=False)
    status = OneWord(LineStatus, required=False)
    workstream = OneOf(Workstream, within="engagement", allow_null=True, required=False)
    agreement = OneOf(FundingAgreement, within="engagement", allow_null=True, required=False)
    deployment = OneOf(Deployment, within="engagement", allow_null=True, required=False)
    quantity = FigureInput(max_digits=14)
    unit = serializers.CharField(max_length=40)
    unit_cost = FigureInput()
    currency = currency_field()
    first_day = DayField()
    last_day = DayField(required=False, help_text="The first day by default.")


class CostLineInput(CostLineChange):
    budget = OneOf(Budget, by="public_id", permission=Permission.COST_DETAIL_VIEW, help_text="The id of a draft.")
    code = code_field(help_text="The line's identity in all versions of the budget.")

    def engagement_of(self, values: Mapping[str, Any]) -> int | None:
        found: int = values["budget"].engagement_id
        return found


class LedgerEntryInput(Input):
    engagement = EngagementField()
    kind = OneWord(EntryKind)
    on_date = DayField()
    amount = FigureInput(help_text="Signed; not 0.")
    currency = currency_field()
    category = OneWord(Category, allow_null=True, required=False)
    outside = OneWord(Outside, allow_null=True, required=False)
    line = OneOf(CostLineKey, within="engagement", allow_null=True, required=False)
    workstream = OneOf(Workstream, within="engagement", allow_null=True, required=False)
    agreement = OneOf(FundingAgreement, within="engagement", allow_null=True, required=False)
    is_advance = serializers.BooleanField(required=False)
    settles = OneOf(
        LedgerEntry, by="public_id", permission=Permission.COST_DETAIL_VIEW, allow_null=True, required=False
    )
    booked_amount = FigureInput(allow_null=True, required=False, help_text="As the accounts booked it.")
    description = text_field(500)
    source = serializers.CharField(max_length=100)  # type: ignore[assignment]
    external_ref = serializers.CharField(max_length=200, help_text="What the source calls it; posted once.")


class ReversalInput(Input):
    reason = serializers.CharField(max_length=500, help_text="Why: it stays on record.")
