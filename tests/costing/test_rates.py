"""Which rate serves a day, read by the domain and by SQL; and what recording rates does."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone

from costing import services
from costing.domain.rates import Quote, RateBook, serves_until
from costing.domain.vocabulary import RateFrequency, Reason
from costing.models import ExchangeRate, RateSetRate
from costing.services.rates import RateSetDiffers, RateSourceDiffers
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotFound, NotPermitted

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def quote(base: str, against: str, on: str, value: str) -> services.GivenQuote:
    return services.GivenQuote(base, against, day(on), Decimal(value))


@pytest.fixture
def monthly(author):
    return services.record_rate_source(code="imf", pivot="USD", frequency=RateFrequency.MONTHLY, by=author)


@pytest.fixture
def daily(author):
    return services.record_rate_source(code="ecb", pivot="EUR", frequency=RateFrequency.DAILY, by=author)


def as_of(source, currency: str, on: str, cut_off=None) -> Fraction | Reason:
    """The answer of SQL, which has to be the domain's."""
    cut_off = cut_off or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT num, den, reason FROM ta_rate_as_of(%s, %s, %s, %s)", [source.pk, currency, day(on), cut_off]
        )
        num, den, reason = cursor.fetchone()
    book = RateBook(
        source.pivot_id,
        RateFrequency(source.frequency),
        source.grace_days,
        tuple(
            Quote(rate.base_id, rate.quote_id, rate.on_date, rate.value, rate.seq, rate.known_at)
            for rate in source.rates.all()
        ),
    )
    found = Reason(reason) if reason else Fraction(num) / Fraction(den)
    assert book.to_pivot(currency, day(on), cut_off=cut_off) == found
    return found


@pytest.mark.parametrize(
    ("frequency", "grace", "on", "until"),
    [
        (RateFrequency.MONTHLY, 31, "2024-01-01", "2024-03-02"),
        (RateFrequency.MONTHLY, 31, "2024-02-29", "2024-03-31"),
        (RateFrequency.MONTHLY, 0, "2023-02-10", "2023-02-28"),
        (RateFrequency.DAILY, 7, "2024-02-26", "2024-03-04"),
    ],
)
def test_a_quote_serves_so_long(frequency, grace, on, until):
    assert serves_until(day(on), frequency, grace) == day(until)


def test_a_monthly_rate_serves_31_days_beyond_its_month_and_then_no_more(monthly, author):
    services.record_rates(source="imf", quotes=[quote("EUR", "USD", "2024-01-01", "1.0905")], by=author)
    assert as_of(monthly, "EUR", "2023-12-31") is Reason.NO_RATE
    assert as_of(monthly, "EUR", "2024-01-01") == Fraction("1.0905")
    assert as_of(monthly, "EUR", "2024-03-02") == Fraction("1.0905")
    assert as_of(monthly, "EUR", "2024-03-03") is Reason.STALE_RATE
    assert as_of(monthly, "JPY", "2024-01-31") is Reason.NO_RATE
    assert as_of(monthly, "USD", "1999-01-01") == 1


def test_a_daily_rate_serves_7_days(daily, author):
    services.record_rates(source="ecb", quotes=[quote("EUR", "KWD", "2024-02-26", "0.333")], by=author)
    assert as_of(daily, "KWD", "2024-03-04") == 1 / Fraction("0.333")
    assert as_of(daily, "KWD", "2024-03-05") is Reason.STALE_RATE


def test_the_direct_quote_wins_on_its_date_and_the_newer_date_wins_over_it(monthly, author):
    services.record_rates(
        source="imf",
        quotes=[
            quote("EUR", "USD", "2024-01-01", "1.1"),
            quote("USD", "EUR", "2024-01-01", "0.8"),
            quote("USD", "EUR", "2024-02-01", "0.5"),
        ],
        by=author,
    )
    assert as_of(monthly, "EUR", "2024-01-31") == Fraction("1.1")
    assert as_of(monthly, "EUR", "2024-02-01") == 2


def test_a_stale_newer_quote_is_not_jumped_over(daily, author):
    services.record_rates(
        source="ecb",
        quotes=[quote("USD", "EUR", "2024-01-01", "0.9"), quote("EUR", "USD", "2024-01-02", "1.1")],
        by=author,
    )
    assert as_of(daily, "USD", "2024-01-08") == 1 / Fraction("1.1")
    assert as_of(daily, "USD", "2024-01-20") is Reason.STALE_RATE


def test_a_source_that_does_not_exist_has_no_rates(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rate_id, num, den, reason FROM ta_rate_as_of('none', 'USD', '2024-01-01', now())")
        assert cursor.fetchone() == (None, None, None, "no_rate")


def test_the_same_value_again_is_nothing_and_another_is_a_correction(monthly, author):
    first = services.record_rates(source="imf", quotes=[quote("EUR", "USD", "2024-01-01", "1.0905")], by=author)
    before = timezone.now()
    same = services.record_rates(source="imf", quotes=[quote("EUR", "USD", "2024-01-01", "1.09050")], by=author)
    corrected = services.record_rates(source="imf", quotes=[quote("EUR", "USD", "2024-01-01", "1.1")], by=author)
    back = services.record_rates(source="imf", quotes=[quote("EUR", "USD", "2024-01-01", "1.0905")], by=author)
    assert [rate.seq for rate in (*first, *same, *corrected, *back)] == [1, 2, 3]
    assert as_of(monthly, "EUR", "2024-01-15") == Fraction("1.0905")
    assert as_of(monthly, "EUR", "2024-01-15", cut_off=corrected_at(2)) == Fraction("1.1")
    assert as_of(monthly, "EUR", "2024-01-15", cut_off=before) == Fraction("1.0905")
    assert as_of(monthly, "EUR", "2024-01-15", cut_off=LONG_AGO) is Reason.NO_RATE
    assert AuditEvent.objects.filter(verb="rates.recorded").count() == 3


def corrected_at(seq: int) -> dt.datetime:
    return ExchangeRate.objects.get(seq=seq).known_at


@pytest.mark.parametrize(
    ("quotes", "place", "code"),
    [
        ([quote("EUR", "USD", "2024-01-01", "0")], "EUR/USD 2024-01-01", "not_above_zero"),
        ([quote("EUR", "USD", "2024-01-01", "-1.1")], "EUR/USD 2024-01-01", "not_above_zero"),
        ([quote("EUR", "USD", "2024-01-01", "NaN")], "EUR/USD 2024-01-01", "not_a_number"),
        ([quote("EUR", "USD", "2024-01-01", "1.0000000000000001")], "EUR/USD 2024-01-01", "too_many_decimals"),
        ([quote("EUR", "USD", "2024-01-01", "1E15")], "EUR/USD 2024-01-01", "too_large"),
        ([quote("EUR", "XCD", "2024-01-01", "2.9")], "EUR/XCD 2024-01-01", "not_against_pivot"),
        ([quote("USD", "USD", "2024-01-01", "1")], "USD/USD 2024-01-01", "not_against_pivot"),
        ([quote("ZZZ", "USD", "2024-01-01", "1")], "currency", "unknown_currency"),
    ],
)
def test_a_quote_that_cannot_be_kept_is_refused_and_nothing_is_stored(monthly, author, quotes, place, code):
    good = quote("EUR", "USD", "2024-02-01", "1.08")
    with pytest.raises(InvalidInput) as refused:
        services.record_rates(source="imf", quotes=[good, *quotes], by=author)
    assert [(fault.place, fault.code) for fault in refused.value.faults] == [(place, code)]
    assert not ExchangeRate.objects.exists()


def test_rates_of_a_source_that_is_not_there_are_refused(author):
    with pytest.raises(NotFound):
        services.record_rates(source="nowhere", quotes=[], by=author)


def test_a_source_keeps_what_its_rates_were_read_by(monthly, author):
    again = services.record_rate_source(code="imf", pivot="USD", frequency=RateFrequency.MONTHLY, by=author)
    assert again == monthly
    with pytest.raises(RateSourceDiffers):
        services.record_rate_source(code="imf", pivot="EUR", frequency=RateFrequency.MONTHLY, by=author)
    with pytest.raises(InvalidInput):
        services.record_rate_source(code="x", pivot="USD", frequency=RateFrequency.DAILY, grace_days=-1, by=author)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PROGRAMME_OFFICER, Role.LIAISON])
def test_rates_are_recorded_by_those_who_may(member, monthly, role):
    with pytest.raises(NotPermitted):
        services.record_rates(source="imf", quotes=[quote("EUR", "USD", "2024-01-01", "1")], by=member(role))


def test_a_rate_set_is_final(author):
    rates = {"EUR": (Decimal("1.08"), Decimal(1)), "XCD": (Decimal(1), Decimal("2.70"))}
    made = services.set_up_rate_set(code="B1", base="USD", rates=rates, by=author)
    assert services.set_up_rate_set(code="B1", base="USD", rates=rates, by=author) == made
    with pytest.raises(RateSetDiffers):
        services.set_up_rate_set(code="B1", base="USD", rates={"EUR": (Decimal("1.09"), Decimal(1))}, by=author)
    assert RateSetRate.objects.count() == 2


def test_a_rate_set_says_that_its_base_is_one(author):
    two = {"USD": (Decimal(2), Decimal(1))}
    with pytest.raises(InvalidInput) as refused:
        services.set_up_rate_set(code="B1", base="USD", rates=two, by=author)
    assert refused.value.faults[0].place == "rates.USD"
