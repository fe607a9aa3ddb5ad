"""Numbers as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ta_portal.i18n.numbers import NotANumber, TwoReadings, read_number

D = Decimal
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20.5", "20.5"),
        ("20,5", "20.5"),
        ("٢٠٫٥", "20.5"),
        ("۲۰٫۵", "20.5"),
        ("1 234,5", "1234.5"),
        ("1\N{NARROW NO-BREAK SPACE}234", "1234"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1'234'567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("-3", "-3"),
        ("\N{MINUS SIGN}3,25", "-3.25"),
        ("+7", "7"),
        ("88.37 %", "88.37"),
        ("\u200f12\u200f", "12"),
        (".5", "0.5"),
        ("0", "0"),
        ("0,000", "0"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("12.3456", "12.3456"),
    ],
)
def test_what_can_be_read_one_way_is_read(text, value):
    assert read_number(text, decimal_mark="x") == D(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "abc", "1.2.3", "1,23,456", "12 34", "1..2", "1.2,3.4", "1e5", "NaN", "Infinity",
     "١٢a", "1/2", "5 5 5", "9" * 31, "0x10", "½", "²", "1234,567.8.9", ",", "1.", "1-2"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        read_number(text)


@pytest.mark.parametrize("text", ["1.234", "1,234", "-12.500", "999,999"])
def test_what_has_two_readings_is_asked(text):
    found = read_number(text, decimal_mark="x")

    assert isinstance(found, TwoReadings)
    assert found.grouped == found.decimal * 1000


@pytest.mark.parametrize(("mark", "text", "value"), [(".", "1.234", "1.234"), (",", "1,234", "1.234")])
def test_the_readers_own_decimal_mark_is_taken_for_one(mark, text, value):
    assert read_number(text, decimal_mark=mark) == D(value)


@pytest.mark.parametrize("text", ["1,234", "1.234"])
def test_a_reading_with_more_decimals_than_the_field_has_is_not_meant(text):
    assert read_number(text, decimal_mark="x", places=2) == 1234


VALUES = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15)


@given(value=VALUES, digits=st.sampled_from([{}, EASTERN, PERSIAN]), style=st.sampled_from(["en", "fr", "de", "ar"]))
def test_every_value_written_in_a_style_of_its_language_comes_back(value, digits, style):
    group, mark = {"en": (",", "."), "fr": ("\N{NARROW NO-BREAK SPACE}", ","), "de": (".", ","), "ar": ("٬", "٫")}[
        style
    ]
    plain = f"{value:,.4f}"
    text = plain.replace(",", "G").replace(".", mark).replace("G", group).translate(digits)

    assert read_number(text, decimal_mark=mark) == value


@given(text=st.text(alphabet="0123456789.,-+ %٫٬٣'", max_size=12))
def test_whatever_is_typed_is_a_number_a_question_or_refused(text):
    try:
        found = read_number(text)
    except NotANumber:
        return
    assert isinstance(found, TwoReadings) or found.is_finite()
