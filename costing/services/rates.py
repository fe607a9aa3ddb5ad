"""Exchange rates as they are quoted, and the rates that a budget is made with."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from costing.domain.vocabulary import GRACE_DAYS, RateFrequency
from costing.models import ExchangeRate, RateSet, RateSetRate, RateSource
from costing.services.checks import check_number, known_currencies
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require_anywhere
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.changes.models import RateField
from ta_portal.errors import DomainError, InvalidInput, NotFound


class RateSourceDiffers(DomainError):
    """A source keeps its pivot and its age limit: rates that are stored already were read by them."""

    code = "rate_source_differs"


class RateSetDiffers(DomainError):
    """A set of budget rates is final: planned amounts rest on it."""

    code = "rate_set_differs"


@dataclass(frozen=True, slots=True)
class GivenQuote:
    """1 `base` = `value` `quote` from `on_date` on, as the source gives it."""

    base: str
    quote: str
    on_date: dt.date
    value: Decimal

    @property
    def of(self) -> tuple[str, str, dt.date]:
        """What it is a quote of: a later one of the same is a correction."""
        return self.base, self.quote, self.on_date


@transaction.atomic
def record_rate_source(
    *, code: str, pivot: str, frequency: RateFrequency, grace_days: int | None = None, by: User
) -> RateSource:
    """Name a source of rates, what all of them are quoted against, and how long one serves. Safe to repeat.

    Without `grace_days` a monthly rate serves 31 days beyond its month, a daily one 7 days. Raises RateSourceDiffers if
    the source is there with another pivot or age limit.
    """
    require_anywhere(by, Permission.RATE_CHANGE)
    currency = known_currencies([pivot], place="pivot")[pivot]
    days = GRACE_DAYS[frequency] if grace_days is None else grace_days
    if days < 0:
        raise InvalidInput.at("grace_days", _("A rate cannot serve less than its own day."))
    given = {"pivot": currency, "frequency": frequency.value, "grace_days": days}
    source, is_new = RateSource.objects.select_for_update().get_or_create(code=code, defaults=given)
    if is_new:
        audit.record("rate_source.recorded", target=source, by=by, code=code, pivot=pivot, frequency=frequency.value)
    elif (source.pivot, source.frequency, source.grace_days) != tuple(given.values()):
        raise RateSourceDiffers(
            _("The rate source “{code}” is there: {frequency}, against {pivot}, {days} days of grace.").format(
                code=code, frequency=source.frequency, pivot=source.pivot_id, days=source.grace_days
            )
        )
    return source


@transaction.atomic
def record_rates(*, source: str, quotes: Sequence[GivenQuote], by: User) -> list[ExchangeRate]:
    """Record what a source quotes and return what is new. Safe to repeat: the same value again is nothing.

    Another value for the same pair and date is a correction: it gets the next `seq`, and what was valued before stays
    as it is until somebody revalues it. Each quote is against the source's pivot, one way or the other.
    """
    require_anywhere(by, Permission.RATE_CHANGE)
    # Locked, so that two corrections at once get two numbers.
    found = RateSource.objects.select_for_update().filter(pk=source).first()
    if found is None:
        raise NotFound(_("There is no rate source “{code}”.").format(code=source))
    _check_quotes(found, quotes)

    standing = {
        (rate.base_id, rate.quote_id, rate.on_date): rate
        for rate in ExchangeRate.objects.filter(source=found, on_date__in={q.on_date for q in quotes}).order_by("seq")
    }
    rows = []
    for given in quotes:
        last = standing.get(given.of)
        if last is None or last.value != given.value:
            rate = ExchangeRate(
                source=found,
                base_id=given.base,
                quote_id=given.quote,
                on_date=given.on_date,
                value=given.value,
                seq=last.seq + 1 if last else 1,
            )
            rows.append(rate)
            standing[given.of] = rate
    if rows:
        ExchangeRate.objects.bulk_create(rows)
        corrections = sum(rate.seq > 1 for rate in rows)
        audit.record("rates.recorded", target=found, by=by, code=source, rates=len(rows), corrections=corrections)
    return rows


@transaction.atomic
def set_up_rate_set(*, code: str, base: str, rates: Mapping[str, tuple[Decimal, Decimal]], by: User) -> RateSet:
    """The rates of a budget, as given: `amount * num / den` is in `base`. Safe to repeat.

    Raises RateSetDiffers if the set is there with other rates: planned amounts rest on it.
    """
    require_anywhere(by, Permission.RATE_CHANGE)
    known_currencies([base], place="base")
    known_currencies(rates, place="rates")
    for currency, ratio in rates.items():
        for value in ratio:
            _check_rate(f"rates.{currency}", value)
    _check_base(base, rates)

    rate_set, is_new = RateSet.objects.select_for_update().get_or_create(code=code, defaults={"base_id": base})
    if is_new:
        RateSetRate.objects.bulk_create(
            RateSetRate(rate_set=rate_set, currency_id=currency, num=num, den=den)
            for currency, (num, den) in rates.items()
        )
        audit.record("rate_set.set_up", target=rate_set, by=by, code=code, base=base, rates=len(rates))
    elif rate_set.base_id != base or _rates_of(rate_set) != dict(rates):
        raise RateSetDiffers(_("The rate set “{code}” is there with other rates: make a new one.").format(code=code))
    return rate_set


def _rates_of(rate_set: RateSet) -> dict[str, tuple[Decimal, Decimal]]:
    return {code: (num, den) for code, num, den in rate_set.rates.values_list("currency", "num", "den")}


def _check_quotes(source: RateSource, quotes: Sequence[GivenQuote]) -> None:
    known_currencies({code for given in quotes for code in (given.base, given.quote)})
    for given in quotes:
        place = f"{given.base}/{given.quote} {given.on_date}"
        _check_rate(place, given.value)
        if given.base == given.quote or source.pivot_id not in (given.base, given.quote):
            raise InvalidInput.at(
                place,
                _("The rates of “{source}” are quoted against {pivot}.").format(source=source, pivot=source.pivot_id),
                "not_against_pivot",
            )


def _check_rate(place: str, value: Decimal) -> None:
    check_number(place, value, RateField)
    if value <= 0:
        raise InvalidInput.at(place, _("A rate is above 0, not {value}.").format(value=value), "not_above_zero")


def _check_base(base: str, rates: Mapping[str, tuple[Decimal, Decimal]]) -> None:
    num, den = rates.get(base, (Decimal(1), Decimal(1)))
    if num != den:
        raise InvalidInput.at(f"rates.{base}", _("One {base} is one {base}.").format(base=base), "base_is_one")
