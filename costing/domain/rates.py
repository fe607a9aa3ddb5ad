"""Which rate serves a currency on a day. Its twin is costing/sql/as_of_rate.sql, which states the rule in full.

A rate is a Fraction: what one unit of a currency is worth in the pivot, or in the base of a budget, exactly.
"""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from costing.domain.vocabulary import RateFrequency, Reason

Rate = Fraction | Reason
"""A rate, or why there is none."""


@dataclass(frozen=True, slots=True)
class Quote:
    """1 `base` = `value` `quote` from `on_date` on; a correction of the same date has a higher `seq`."""

    base: str
    quote: str
    on_date: dt.date
    value: Decimal
    seq: int
    known_at: dt.datetime


def serves_until(on_date: dt.date, frequency: RateFrequency, grace_days: int) -> dt.date:
    """The last day on which a quote serves: so many days beyond its month, or beyond its own day."""
    if frequency is RateFrequency.MONTHLY:
        on_date = on_date.replace(day=calendar.monthrange(on_date.year, on_date.month)[1])
    return on_date + dt.timedelta(days=grace_days)


@dataclass(frozen=True, slots=True)
class RateBook:
    """All quotes of one source, and for how long one of them serves."""

    pivot: str
    frequency: RateFrequency
    grace_days: int
    quotes: tuple[Quote, ...] = ()

    def to_pivot(self, currency: str, on_date: dt.date, *, cut_off: dt.datetime) -> Rate:
        """The rate of `currency` to the pivot as of a day, as known at the cut-off."""
        if currency == self.pivot:
            return Fraction(1)
        eligible = [
            quote
            for quote in self.quotes
            if {quote.base, quote.quote} == {currency, self.pivot}
            and quote.on_date <= on_date
            and quote.known_at <= cut_off
        ]
        if not eligible:
            return Reason.NO_RATE
        last = max(eligible, key=lambda quote: (quote.on_date, quote.quote == self.pivot, quote.seq))
        if on_date > serves_until(last.on_date, self.frequency, self.grace_days):
            return Reason.STALE_RATE
        value = Fraction(last.value)
        return value if last.quote == self.pivot else 1 / value


@dataclass(frozen=True, slots=True)
class BudgetRates:
    """A budget's own rates to its base, multiplied exactly as written; a market rate never stands in."""

    base: str
    rates: Mapping[str, Fraction]

    def to_base(self, currency: str) -> Rate:
        if currency == self.base:
            return Fraction(1)
        return self.rates.get(currency, Reason.NOT_IN_RATE_SET)
