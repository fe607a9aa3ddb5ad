"""What is checked of figures before they are stored: exact, in range, and in decimals that their currency has."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext as _

from costing.domain.vocabulary import Category, Outside
from programmes.models import Currency, Engagement
from ta_portal.changes.models import ExactField
from ta_portal.errors import InvalidInput


def known_currencies(codes: Iterable[str], *, place: str = "currency") -> dict[str, Currency]:
    """The currencies by code. One query. Raises InvalidInput at `place` for a code that is not there."""
    wanted = set(codes)
    found = Currency.objects.in_bulk(wanted)
    return {code: currency_among(found, code, place=place) for code in sorted(wanted)}


def currency_among(found: Mapping[str, Currency], code: str, *, place: str = "currency") -> Currency:
    """The currency of that code. Raises InvalidInput at `place` where it was not found."""
    if code not in found:
        raise InvalidInput.at(
            place,
            _("There is no currency “{code}”: give a code of ISO 4217, such as USD.").format(code=code),
            "unknown_currency",
        )
    return found[code]


def check_number(place: str, value: Decimal, kind: type[ExactField[Any, Any]]) -> None:
    """Refuse what a column of that kind would not keep exactly as given: NaN, infinities, too many digits."""
    whole_and_decimals, decimals = kind.digits
    if not value.is_finite():
        raise InvalidInput.at(place, _("{value} is no number.").format(value=value), "not_a_number")
    if value.adjusted() >= whole_and_decimals - decimals:
        raise InvalidInput.at(place, _("This number is too large to be an amount."), "too_large")
    if _decimals(value) > decimals:
        raise InvalidInput.at(
            place,
            _("{value} has more than {decimals} decimals.").format(value=f"{value:f}", decimals=decimals),
            "too_many_decimals",
        )


def check_amount(place: str, amount: Decimal, currency: Currency, kind: type[ExactField[Any, Any]]) -> None:
    """The same for money, which has no more decimals than its currency."""
    check_number(place, amount, kind)
    if _decimals(amount) > currency.minor_units:
        raise InvalidInput.at(
            place,
            _("{amount} has more decimals than {currency} has: {decimals}.").format(
                amount=f"{amount:f}", currency=currency.code, decimals=currency.minor_units
            ),
            "too_many_decimals",
        )


def one_of_five_or_outside(category: Category | None, outside: Outside | None) -> None:
    if category is not None and outside is not None:
        raise InvalidInput.at(
            "outside",
            _("A cost falls in one of the five categories or outside them, not in both."),
            "category_and_outside",
        )


class OfAnEngagement(Protocol):
    engagement_id: int


def belong_to(engagement: Engagement, **rows: OfAnEngagement | None) -> None:
    """Refuse what belongs to another engagement, at the name that it was given under."""
    for place, row in rows.items():
        if row is not None and row.engagement_id != engagement.pk:
            raise InvalidInput.at(place, _("It belongs to another engagement."), "of_another_engagement")


def _decimals(value: Decimal) -> int:
    """How many decimals count: 1.50 has one."""
    return len(f"{value:f}".partition(".")[2].rstrip("0"))
