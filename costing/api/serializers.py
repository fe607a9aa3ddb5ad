"""What REST shows of money. Every amount has its currency beside it and that currency's minor units."""

from rest_framework import serializers

from costing.domain.vocabulary import DEFAULT_BASIS, Basis, BudgetState, By, Category, EntryKind, LineStatus, Outside
from programmes.api.serializers import AsOfParameters
from ta_portal.api.fields import (
    CodeField,
    CountField,
    DayField,
    FigureField,
    FirstDayField,
    LastDayField,
    MoneyField,
    WordField,
)
from ta_portal.api.rows import Row


class BudgetRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    version = CountField()
    state = WordField(BudgetState)
    rate_set = serializers.CharField(source="rate_set.code", allow_null=True)
    drafted_by = serializers.CharField(source="drafted_by.full_name")
    approved_by = serializers.CharField(source="approved_by.full_name", allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()


class CostLineRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="budget.engagement.ref")
    budget = serializers.UUIDField(source="budget.public_id")
    budget_version = CountField(source="budget.version")
    code = serializers.CharField(source="key.code")
    description = serializers.CharField()
    category = WordField(Category, allow_null=True, help_text="One of the five of the formula.")
    outside = WordField(Outside, allow_null=True, help_text="What stands outside the formula.")
    status = WordField(LineStatus)
    workstream = serializers.CharField(source="workstream.code", allow_null=True)
    agreement = serializers.CharField(source="agreement.code", allow_null=True)
    deployment = serializers.CharField(source="deployment.code", allow_null=True)
    quantity = FigureField()
    unit = serializers.CharField()
    unit_cost = MoneyField()
    currency = CodeField(source="currency_id")
    amount = MoneyField()
    first_day = FirstDayField(source="planned")
    last_day = LastDayField(source="planned", allow_null=True)
    derived = serializers.BooleanField()
    override_reason = serializers.CharField()
    updated_at = serializers.DateTimeField()


class LedgerEntryRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    kind = WordField(EntryKind)
    on_date = DayField()
    amount = MoneyField(help_text="Signed: a reversal is negative.")
    currency = CodeField(source="currency_id")
    category = WordField(Category, allow_null=True)
    outside = WordField(Outside, allow_null=True)
    line = serializers.CharField(source="line_key.code", allow_null=True)
    workstream = serializers.CharField(source="workstream.code", allow_null=True)
    agreement = serializers.CharField(source="agreement.code", allow_null=True)
    is_advance = serializers.BooleanField()
    booked_amount = MoneyField(
        currency="agreement__currency",
        allow_null=True,
        help_text="As the accounts booked it, in the agreement's.",
    )
    description = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    external_ref = serializers.CharField()
    settles = serializers.UUIDField(source="settles.public_id", allow_null=True)
    reverses = serializers.UUIDField(source="reverses.public_id", allow_null=True)
    posted_at = serializers.DateTimeField()


class ExchangeRateRow(Row):
    """1 `base` = `value` `quote`, as quoted."""

    id = serializers.UUIDField(source="public_id")
    source = CodeField(source="source_id")  # type: ignore[assignment]
    base = CodeField(source="base_id")
    quote = CodeField(source="quote_id")
    on_date = DayField()
    value = FigureField()
    seq = CountField(help_text="The highest known counts; a correction has the next one.")
    known_at = serializers.DateTimeField()


class ComparisonParameters(AsOfParameters):
    by = WordField(By, default=By.CATEGORY.value, help_text="Other than category or year needs rate.view.")
    currency = serializers.CharField(
        required=False, max_length=3, help_text="ISO 4217; the programme's own by default."
    )


class CostParameters(ComparisonParameters):
    basis = WordField(Basis, default=DEFAULT_BASIS.value)


class UnconvertedShape(serializers.Serializer[dict[str, object]]):
    """A line or entry that no rate was found for: left out of the totals, never counted at 1 or 0."""

    kind = serializers.CharField()
    id = serializers.CharField()
    amount = FigureField()
    currency = serializers.CharField()
    date = DayField()
    reason = serializers.CharField()


class CostsShape(serializers.Serializer[dict[str, object]]):
    """`total` is the five categories, `charged` all of it; `groups` add up to the total."""

    engagement = serializers.CharField()
    basis = WordField(Basis)
    currency = serializers.CharField()
    total = FigureField()
    by = WordField(By)
    groups = serializers.DictField(child=FigureField())
    outside = serializers.DictField(child=FigureField())
    uncategorised = FigureField()
    charged = FigureField()
    unconverted = serializers.ListField(child=UnconvertedShape())
    as_of = DayField()


class NativeShape(serializers.Serializer[dict[str, object]]):
    planned = FigureField()
    committed = FigureField()
    actual = FigureField()


class CostRowShape(serializers.Serializer[dict[str, object]]):
    """Variance is actual − planned: over is positive."""

    planned = FigureField()
    committed = FigureField()
    actual = FigureField()
    variance = FigureField()
    variance_pct = FigureField(allow_null=True)
    share_of_actual_pct = FigureField(allow_null=True)
    native = NativeShape(required=False, help_text="By currency only: the sums in it.")


class CountsShape(serializers.Serializer[dict[str, object]]):
    lines = CountField()
    entries = CountField()


class ComparisonShape(serializers.Serializer[dict[str, object]]):
    engagement = serializers.CharField()
    currency = serializers.CharField()
    by = WordField(By)
    total = CostRowShape()
    groups = serializers.DictField(child=CostRowShape())
    outside = serializers.DictField(child=CostRowShape())
    uncategorised = CostRowShape()
    charged = CostRowShape()
    counts = CountsShape()
    unconverted = serializers.ListField(child=UnconvertedShape())
    as_of = DayField()


class DonorFundingShape(serializers.Serializer[dict[str, object]]):
    """Native figures are in the agreement's currency, `_base` ones in the programme's."""

    currency = serializers.CharField(allow_null=True)
    committed = FigureField(allow_null=True)
    received = FigureField(allow_null=True)
    undrawn = FigureField(allow_null=True)
    committed_base = FigureField()
    received_base = FigureField()
    spent_base = FigureField()
    balance_base = FigureField()
    spent_pct = FigureField(allow_null=True)


class FundingShape(serializers.Serializer[dict[str, object]]):
    engagement = serializers.CharField()
    currency = serializers.CharField()
    donors = serializers.DictField(child=DonorFundingShape())
    cost_share_pct = FigureField(allow_null=True)
    unconverted = serializers.ListField(child=UnconvertedShape())
    as_of = DayField()
