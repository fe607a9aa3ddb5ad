"""Forms for budget lines and ledger entries."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from costing.domain.vocabulary import Category, EntryKind, Outside
from costing.models import CostLine, CostLineKey
from costing.words import CATEGORIES, ENTRY_KINDS, OUTSIDE
from programmes.models import Currency, Engagement, FundingAgreement, Workstream
from ta_portal.ui.fields import ChoiceField, CodeInputField, DayField, NumberField, RowField, TextField, WordField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.shares import choice_of


class HeadingField(ChoiceField):
    """Where a cost belongs: one of the five categories of the formula, or a heading that stands outside it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Category"), **kwargs)
        self.choices = [
            ("", _("Not categorised")),
            (_("In the formula"), [(category.value, CATEGORIES[category]) for category in Category]),
            (_("Outside the formula"), [(outside.value, OUTSIDE[outside]) for outside in Outside]),
        ]


def heading_values(chosen: str) -> dict[str, Category | Outside | None]:
    """The choice as the services take it."""
    return {
        "category": Category(chosen) if chosen in list(Category) else None,
        "outside": Outside(chosen) if chosen in list(Outside) else None,
    }


class CostLineForm(PortalForm):
    """One planned cost: so many of something, at so much each."""

    code = CodeInputField(label=_("Code"), help_text=_("The line's identity in every version of the budget: C01."))
    description = forms.CharField(label=_("What it is"), max_length=500, required=False)
    heading = HeadingField(required=False)
    quantity = NumberField(label=_("Quantity"))
    unit = TextField(label=_("Unit"), max_length=40, width="short", help_text=_("days, trips, nights, sets"))
    unit_cost = NumberField(label=_("Cost of one"))
    currency = ChoiceField(label=_("Currency"), width="short")
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False)
    workstream = RowField(label=_("Workstream"), required=False)
    agreement = RowField(label=_("Paid from the agreement"), required=False)

    groups = (
        (_("What"), ("code", "description", "heading", "workstream", "agreement")),
        (_("How much"), ("quantity", "unit", "unit_cost", "currency")),
        (_("When"), ("first_day", "last_day")),
    )
    places = {"category": "heading", "outside": "heading", "planned": "first_day"}
    # The ledger knows the line by it.
    fixed = ("code",)

    def offer(self) -> None:
        offer_parts(self, self.subject)

    def initial_of_new(self) -> dict[str, Any]:
        return {"currency": self.subject.programme.currency_id, "first_day": self.subject.planned.lower}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        assert isinstance(row, CostLine)  # noqa: S101 - for the type checker
        last = row.planned.upper - dt.timedelta(days=1) if row.planned.upper else None
        return {
            **super().initial_of(row),
            "code": row.key.code,
            "heading": row.category or row.outside or "",
            "currency": row.currency_id,
            "first_day": row.planned.lower,
            "last_day": last,
        }

    def values(self) -> dict[str, Any]:
        given = super().values()
        heading, last_day = given.pop("heading"), given.pop("last_day") or given["first_day"]
        return {**given, **heading_values(heading), "last_day": last_day}


class LedgerEntryForm(PortalForm):
    """Money promised, spent or received. An entry is never changed: a mistake is reversed."""

    kind = WordField(EntryKind, ENTRY_KINDS, label=_("Kind"))
    on_date = DayField(label=_("Date"))
    amount = NumberField(label=_("Amount"), help_text=_("Below 0 for a refund."))
    currency = ChoiceField(label=_("Currency"), width="short")
    line = RowField(
        label=_("Budget line"), required=False, help_text=_("Category, workstream and agreement come from it.")
    )
    heading = HeadingField(required=False)
    workstream = RowField(label=_("Workstream"), required=False)
    agreement = RowField(label=_("Agreement"), required=False)
    is_advance = forms.BooleanField(label=_("It is an advance, to be settled by expenditure"), required=False)
    booked_amount = NumberField(
        label=_("Booked amount"), required=False, help_text=_("What the accounts hold in the agreement's currency.")
    )
    description = forms.CharField(label=_("What it was for"), max_length=500, required=False)
    source = CodeInputField(label=_("Source"), max_length=100, help_text=_("The accounts or the file it comes from."))
    external_ref = CodeInputField(label=_("Reference there"), max_length=200, help_text=_("Posted once in its source."))

    groups = (
        (_("What"), ("kind", "on_date", "amount", "currency", "description")),
        (_("Where it belongs"), ("line", "heading", "workstream", "agreement", "is_advance", "booked_amount")),
        (_("Where it comes from"), ("source", "external_ref")),
    )
    places = {"category": "heading", "outside": "heading"}

    def offer(self) -> None:
        offer_parts(self, self.subject)
        lines = CostLineKey.objects.filter(engagement=self.subject).order_by("code")
        choice_of(self, "line").queryset = lines

    def initial_of_new(self) -> dict[str, Any]:
        return {"currency": self.subject.programme.currency_id, "source": "manual"}

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount == 0:
            raise forms.ValidationError(_t("An entry of 0 says nothing."), "zero")
        return amount

    def values(self) -> dict[str, Any]:
        given = super().values()
        heading = given.pop("heading")
        return {**given, **heading_values(heading)}


def offer_parts(form: PortalForm, engagement: Engagement) -> None:
    """The engagement's own workstreams and agreements; every currency, its programme's first."""
    choice_of(form, "workstream").queryset = Workstream.objects.filter(engagement=engagement).order_by("code")
    choice_of(form, "agreement").queryset = FundingAgreement.objects.filter(engagement=engagement).order_by("code")
    own = engagement.programme.currency_id
    field = form.fields["currency"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    others = Currency.objects.exclude(pk=own).values_list("pk", flat=True)
    field.choices = [(code, code) for code in (own, *others)]
