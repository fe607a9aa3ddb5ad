"""Monthly rates of the synthetic portfolio against the US dollar, with gaps: there entries stay unconverted."""

import datetime as dt
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from costing.domain.rates import serves_until
from costing.domain.vocabulary import GRACE_DAYS, RateFrequency
from costing.models import ExchangeRate, RateSource
from ta_portal.audit.copying import Table, Tables
from ta_portal.bench.portfolio.course import add_months
from ta_portal.bench.portfolio.words import ABOUT_PER_USD

PIVOT = "USD"
MONTHLY = RateFrequency.MONTHLY
YEARS = 11
# Quoted the other way round: so many dollars for one of them.
_DIRECT = {"EUR", "GBP", "AUD", "KWD"}
_WITH_GAPS = 3


@dataclass(frozen=True, slots=True)
class Serving:
    """An entry's valuation: `amount * num / den` in dollars."""

    rate_id: int | None
    num: Decimal
    den: Decimal


@dataclass(slots=True)
class Rates:
    source: str
    about: dict[str, Decimal] = field(default_factory=dict)
    _months: dict[tuple[str, dt.date], Serving] = field(default_factory=dict)

    def keep(self, currency: str, on: dt.date, rate: Serving) -> None:
        self._months[currency, on] = rate

    def serving(self, currency: str, on: dt.date) -> Serving | None:
        """The quote that serves the day, as `ta_rate_as_of` finds it; None where none does."""
        if currency == PIVOT:
            return Serving(None, Decimal(1), Decimal(1))
        for back in range(3):
            quoted_on = add_months(on, -back)
            found = self._months.get((currency, quoted_on))
            if found is not None:
                return found if on <= serves_until(quoted_on, MONTHLY, GRACE_DAYS[MONTHLY]) else None
        return None

    def exchanged(self, units: int, currency: str, to: str) -> int:
        """About as much in another currency, in whole units and never 0: for plausible amounts, not for accounts."""
        return round(units * self.about[to] / self.about[currency]) or 1


def write_rates(tables: Tables, code: str, currencies: Collection[str], today: dt.date) -> Rates:
    rates = Rates(code, about={PIVOT: Decimal(1)})
    sources = tables.of(RateSource, "code", "pivot_id", "frequency", "grace_days")
    quotes = tables.of(ExchangeRate, "source_id", "base_id", "quote_id", "on_date", "value", "known_at")
    sources.add(code, PIVOT, MONTHLY.value, GRACE_DAYS[MONTHLY])
    for currency in sorted({*currencies, *ABOUT_PER_USD} - {PIVOT}):
        dice = random.Random(f"{code}/{currency}")
        level = Decimal(str(ABOUT_PER_USD.get(currency) or round(10 ** dice.uniform(0.4, 3.1), 4)))
        rates.about[currency] = level
        gaps = _gaps(dice) if currency not in ABOUT_PER_USD else set()
        for month in range(12 * YEARS):
            level = (level * Decimal(dice.randint(982, 1019)) / 1000).quantize(Decimal("0.000001"))
            on = add_months(today, month - 12 * YEARS + 1)
            if month not in gaps:
                _write_quote(quotes, rates, currency, on, level)
    return rates


def _gaps(dice: random.Random) -> set[int]:
    return {start + place for start in dice.sample(range(12 * YEARS - 3), _WITH_GAPS) for place in range(3)}


def _write_quote(quotes: Table, rates: Rates, currency: str, on: dt.date, per_usd: Decimal) -> None:
    known = f"{on}T00:00:00Z"
    if currency in _DIRECT:
        value = (1 / per_usd).quantize(Decimal("0.000001"))
        row = quotes.add(rates.source, currency, PIVOT, on, value, known)
        rates.keep(currency, on, Serving(row, value, Decimal(1)))
    else:
        row = quotes.add(rates.source, PIVOT, currency, on, per_usd, known)
        rates.keep(currency, on, Serving(row, Decimal(1), per_usd))
