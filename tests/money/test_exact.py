"""The conversion in SQL, its Python twin, and a third oracle that shares no code with either."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DataError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ta_portal.money.exact import ConversionError, convert, decimal_of_units, rounded, split_largest_remainder

IN_ONE_DATABASE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# As the columns hold them: amounts up to 10^15 with four decimals, rates from 10^-15 to 10^15.
amounts = st.integers(-(10**19), 10**19).map(lambda n: decimal_of_units(n, 4))
rates = st.integers(1, 10**30).map(lambda n: decimal_of_units(n, 15)) | st.sampled_from(
    [Decimal(text) for text in ("1", "2.70", "1.0905", "0.000000000000001", "3", "7", "0.370370370370")]
)
digits = st.integers(0, 4)


def nearest(amount, num, den, digits):
    """Half away from zero, by looking at both neighbours and choosing the nearer."""
    value = Fraction(amount) * Fraction(num) / Fraction(den) * 10**digits
    low = value.numerator // value.denominator
    below, above = value - low, low + 1 - value
    if below == above:
        return Fraction(low if value < 0 else low + 1, 10**digits)
    return Fraction(low if below < above else low + 1, 10**digits)


def in_sql(function, *arguments):
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({marks})", arguments)
        return cursor.fetchone()[0]


@IN_ONE_DATABASE
@given(amount=amounts, num=rates, den=rates, digits=digits)
@example(amount=Decimal("1000000000000003.37"), num=Decimal(1), den=Decimal("1.0905"), digits=2)
@example(amount=Decimal("-0.005"), num=Decimal(1), den=Decimal(1), digits=2)
@example(amount=Decimal("0.5"), num=Decimal(1), den=Decimal(1), digits=0)
def test_sql_python_and_oracle_convert_alike(db, amount, num, den, digits):
    by_python = convert(amount, num, den, digits)

    assert Fraction(by_python) == nearest(amount, num, den, digits)
    assert in_sql("ta_convert", amount, num, den, digits) == by_python
    assert -by_python.as_tuple().exponent == digits


@IN_ONE_DATABASE
@given(num=amounts, den=amounts.filter(bool), digits=digits)
def test_sql_and_python_round_a_ratio_alike(db, num, den, digits):
    assert in_sql("ta_round_ratio", num, den, digits) == rounded(Fraction(num) / Fraction(den), digits)


def test_a_ratio_over_zero_is_undefined_and_not_zero(db):
    assert in_sql("ta_round_ratio", 1, 0, 2) is None


@IN_ONE_DATABASE
@given(
    units=st.integers(-(10**12), 10**12),
    weights=st.lists(st.integers(0, 10**6).map(Decimal), min_size=1, max_size=8).filter(any),
    digits=st.integers(0, 3),
)
def test_parts_by_largest_remainder_add_up_and_stray_by_less_than_one_unit(db, units, weights, digits):
    total = decimal_of_units(units, digits)

    parts = split_largest_remainder(total, weights, digits)

    assert sum(parts) == total
    assert in_sql("ta_split_largest_remainder", total, weights, digits) == parts
    for part, weight in zip(parts, weights, strict=True):
        share = Fraction(total) * Fraction(weight) / Fraction(sum(weights))
        assert abs(Fraction(part) - share) < Fraction(1, 10**digits)


def test_no_rate_gives_no_amount(db):
    assert in_sql("ta_convert", 1, None, 1, 2) is None


@pytest.mark.parametrize(
    ("num", "den", "digits"), [(0, 1, 2), (1, 0, 2), (-1, 1, 2), (1, 1, 5), (Decimal("NaN"), 1, 2)]
)
def test_what_is_no_rate_is_refused_on_both_sides(db, num, den, digits):
    with pytest.raises(ConversionError):
        convert(Decimal(1), Decimal(num), Decimal(den), digits)
    with pytest.raises(DataError), transaction.atomic():
        in_sql("ta_convert", 1, num, den, digits)


def test_a_float_is_refused():
    with pytest.raises(ConversionError):
        convert(0.1, Decimal(1), Decimal(1), 2)
