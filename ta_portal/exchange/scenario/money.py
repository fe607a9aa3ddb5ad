"""How a scenario writes money: who pays, rates as quoted, planned lines and what was paid."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from costing.domain.vocabulary import Category, LineStatus, Outside
from programmes.domain.vocabulary import Instrument, OrganisationKind
from ta_portal.exchange.scenario.content import (
    BudgetRate,
    CostLinePart,
    DonorPart,
    OrganisationPart,
    Payment,
    Quote,
)
from ta_portal.exchange.scenario.values import MONEY, QUANTITY, RATE, Values

_INSTRUMENTS = {"loan": Instrument.LOAN_TIED}
_QUOTE = re.compile(r"([a-z]{3})_per_([a-z]{3})")
_BUDGET_RATES = re.compile(r"budget_rates_([a-z]{3})_per_unit")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_currency(values: Values, key: str) -> str:
    code = values.text(key, 60)
    if not _CURRENCY.fullmatch(code):
        values.refuse(key, _("“{code}” is not a currency's code of three capitals.").format(code=code))
    return code


def _organisation(values: Values) -> dict[str, Any]:
    return {
        "place": values.place,
        "code": values.text("code", 60),
        "name": values.text("name", 300),
        "kind": values.choice("type", OrganisationKind),
    }


def read_donor(values: Values) -> DonorPart:
    return DonorPart(
        **_organisation(values),
        instrument=values.choice("kind", Instrument, _INSTRUMENTS),
        currency=read_currency(values, "currency"),
        committed=values.number("committed", MONEY, least=0),
        received=tuple(_payment(row) for row in values.objects("received")),
    )


def read_administrator(root: Values) -> OrganisationPart | None:
    values = root.inside("administrator")
    return None if values is None else OrganisationPart(**_organisation(values))


def _payment(values: Values) -> Payment:
    """Money that went or came on a day; below 0 it went back."""
    amount = values.number("amount", MONEY)
    if amount == 0:
        values.refuse("amount", _("A payment is not 0."))
    return Payment(place=values.place, on=values.day("date"), amount=amount)


def read_budget_rates(root: Values, base: str) -> tuple[BudgetRate, ...]:
    """Keys like `budget_rates_usd_per_unit`: one unit of each currency in the base currency."""
    keys = [key for key in root.names() if _BUDGET_RATES.fullmatch(key)]
    if len(keys) > 1:
        root.refuse(keys[1], _("The budget's rates are given twice."))
    if not keys:
        return ()
    to = _BUDGET_RATES.fullmatch(keys[0])
    if to is None or to[1].upper() != base:
        root.refuse(keys[0], _("The budget's rates lead to the base currency, {base}.").format(base=base))
    values = root.needed(keys[0])
    found = []
    for code in values.names():
        if not _CURRENCY.fullmatch(code):
            values.refuse(code, _("“{code}” is not a currency's code of three capitals.").format(code=code))
        value = values.number_or_none(code, RATE)
        if value is not None:
            found.append(BudgetRate(place=values.at(code), currency=code, value=_rate(values, code, value)))
            if code == base and value != 1:
                values.refuse(code, _("One {base} is one {base}.").format(base=base))
    return tuple(found)


def read_monthly_rates(root: Values, base: str) -> tuple[Quote, ...]:
    found: dict[dt.date, list[Quote]] = {}
    for values in root.objects("monthly_rates"):
        month = values.text("month", 60)
        if not _MONTH.fullmatch(month):
            values.refuse("month", _("“{month}” is not a month such as 2024-01.").format(month=month))
        on = values.as_day("month", f"{month}-01")
        if on in found:
            values.refuse("month", _("The month {month} is there twice.").format(month=month))
        found[on] = list(_quotes(values, on, base))
    return tuple(quote for quotes in found.values() for quote in quotes)


def _quotes(values: Values, on: dt.date, base: str) -> Iterator[Quote]:
    """A month's quotes. `usd_per_eur` says how many USD one EUR is; a missing one is simply not there."""
    for key in values.names():
        match = _QUOTE.fullmatch(key)
        value = values.number_or_none(key, RATE) if match else None
        if match is None or value is None:
            continue
        quote, of = match[1].upper(), match[2].upper()
        if base not in (quote, of) or quote == of:
            values.refuse(key, _("A rate is quoted between {base} and another currency.").format(base=base))
        yield Quote(place=values.at(key), on=on, base=of, quote=quote, value=_rate(values, key, value))


def _rate(values: Values, key: str, value: Decimal) -> Decimal:
    if value <= 0:
        values.refuse(key, _("A rate is above 0; leave it out where there is none."))
    return value


def read_cost_line(values: Values) -> CostLinePart:
    category, outside = _heading(values)
    return CostLinePart(
        place=values.place,
        code=values.text("code", 60),
        category=category,
        outside=outside,
        workstream=values.text_or_none("workstream", 60),
        description=values.text_or_none("description", 500) or "",
        donor=values.text_or_none("donor", 60),
        currency=read_currency(values, "currency"),
        quantity=values.number("planned_quantity", QUANTITY, least=0),
        unit=values.text("unit", 40),
        unit_cost=values.number("unit_cost", MONEY, least=0),
        amount=values.number_or_none("planned_amount", MONEY, least=0),
        planned_on=values.day("planned_date"),
        deployment=values.text_or_none("deployment", 60),
        status=values.choice("status", LineStatus),
        actuals=tuple(_payment(row) for row in values.objects("actuals")),
    )


def _heading(values: Values) -> tuple[Category | None, Outside | None]:
    """One of the five, or what stands outside the formula; nothing where the source does not say."""
    text = values.text_or_none("category", 60)
    if text is None:
        return None, None
    if text in {kind.value for kind in Category}:
        return Category(text), None
    if text not in {kind.value for kind in Outside}:
        known = ", ".join(kind.value for kind in (*Category, *Outside))
        values.refuse("category", _("“{text}” is not one of: {known}.").format(text=text, known=known))
    return None, Outside(text)
