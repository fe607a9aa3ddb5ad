"""Who pays: the form of a funding agreement."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import Instrument
from programmes.models import Currency, FundingAgreement, Organisation
from programmes.services.instalments import Instalment
from programmes.words import INSTRUMENTS
from ta_portal.ui.fields import CodeInputField, DayField, NumberField, RowField, WordField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.lines import Lines
from ta_portal.ui.shares import choice_of


def _due(number: int, **place: Any) -> DayField:
    return DayField(label=_t("Instalment %(number)s: due on") % {"number": number}, width="side", **place)


def _amount(number: int, **place: Any) -> NumberField:
    return NumberField(label=_t("Instalment %(number)s: amount") % {"number": number}, width="side", **place)


def _received(number: int, **place: Any) -> DayField:
    return DayField(label=_t("Instalment %(number)s: received on") % {"number": number}, width="side", **place)


INSTALMENTS = Lines("instalment", {"due": _due, "amount": _amount, "received": _received})


class AgreementForm(PortalForm):
    """What a contributor promises, in its own currency; who runs it, and through whom, where these are others."""

    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: A1."))
    contributor = RowField(label=_("Contributor"), help_text=_("Whose money it is."))
    administrator = RowField(
        label=_("Administrator"), required=False, help_text=_("Who runs it, if somebody else does.")
    )
    provider = RowField(label=_("Provider"), required=False, help_text=_("Whose experts are sent."))
    instrument = WordField(Instrument, INSTRUMENTS, label=_("Instrument"))
    amount = NumberField(label=_("Amount"))
    currency = RowField(label=_("Currency"), width="short")
    first_day = DayField(label=_("First day"), required=False)
    last_day = DayField(label=_("Last day"), required=False)
    fee_pct = NumberField(label=_("Fee, %"), required=False)

    places = {"during": "last_day", "instalments": "instalment_1_amount"}
    # Another promise is another agreement.
    fixed = ("contributor", "currency")

    def offer(self) -> None:
        known = Organisation.objects.permitted(self.user).order_by("name")
        for name in ("contributor", "administrator", "provider"):
            choice_of(self, name).queryset = known
        choice_of(self, "currency").queryset = Currency.objects.all()
        self.groups = (
            (_("Who"), ("code", "contributor", "administrator", "provider", "instrument")),
            (_("How much"), ("amount", "currency", "fee_pct")),
            (_("When"), ("first_day", "last_day")),
            (_("Instalments"), tuple(INSTALMENTS.add_to(self, self._standing()))),
        )

    def initial_of_new(self) -> dict[str, Any]:
        return {"currency": self.subject.programme.currency_id, "instrument": Instrument.GRANT}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        assert isinstance(row, FundingAgreement)  # noqa: S101 - for the type checker
        first, upper = (row.during.lower, row.during.upper) if row.during else (None, None)
        last = upper - dt.timedelta(days=1) if upper else None
        return {**super().initial_of(row), "first_day": first, "last_day": last}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instalments = []
        for number, values in INSTALMENTS.given(self, cleaned):
            if values["due"] is None or values["amount"] is None:
                self.add_error(
                    INSTALMENTS.field(number, "due"), _t("An instalment has a day on which it is due and an amount.")
                )
            else:
                self.instalments.append(Instalment(values["due"], values["amount"], values["received"]))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {**INSTALMENTS.without(super().values()), "instalments": self.instalments}

    def _standing(self) -> list[dict[str, Any]]:
        rows = self.row.tranches.order_by("due", "pk") if isinstance(self.row, FundingAgreement) else ()
        return [{"due": row.due, "amount": row.amount, "received": row.received_on} for row in rows]
