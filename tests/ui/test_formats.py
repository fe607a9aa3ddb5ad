import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ta_portal.money.exact import ConversionError
from ta_portal.ui import formats

AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=4)


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Decimal("1234567.50"), None, "1,234,567.50"),
        (Decimal("2650000.00"), 0, "2,650,000"),
        (Decimal("88.365"), 2, "88.37"),
        (Decimal("-0.5"), 0, "−1"),
        (Decimal("-0.4"), 0, "0"),
        (0, None, "0"),
        ("1632.4", None, "1,632.4"),
        (Fraction(2, 3), 2, "0.67"),
    ],
)
def test_a_number_is_grouped_and_rounded_half_away_from_zero_once(value, places, shown):
    assert text_of(formats.number(value, places)) == shown


@given(amount=AMOUNTS, places=st.integers(0, 4))
def test_a_number_of_any_size_is_shown_exactly_as_rounded(amount, places):
    expected = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=Context(prec=40))

    shown = text_of(formats.number(amount, places))

    assert Decimal(shown.replace(",", "").replace("−", "-")) == expected
    assert re.fullmatch(r"−?\d{1,3}(,\d{3})*(\.\d+)?", shown)


def test_a_float_is_refused_because_it_is_not_exact():
    with pytest.raises(ConversionError):
        formats.number(0.1, 2)


@pytest.mark.parametrize(
    "html",
    [
        formats.number(None),
        formats.signed(None),
        formats.pct(None),
        formats.points(None),
        formats.money(None, "USD"),
        formats.day(None),
        formats.moment(None),
    ],
)
def test_what_is_missing_is_a_dash_to_see_and_a_word_to_hear_and_never_zero(html):
    assert '<span aria-hidden="true">–</span>' in html
    assert re.search(r'<span class="vh">(not reported|no data|no date)</span>', html)
    assert "0" not in html


def test_a_difference_carries_its_sign():
    assert text_of(formats.signed(Decimal(40))) == "+40"
    assert text_of(formats.signed(Decimal(-165))) == "−165"
    assert text_of(formats.signed(0)) == "0"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, "+1 point"), (Decimal("-3.0"), "−3.0 points"), (Decimal("1.5"), "+1.5 points"), (0, "0 points")],
)
def test_points_agree_with_their_number(value, shown):
    assert text_of(formats.points(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(2, "+2 نقطتان"), (3, "+3 نقاط"), (11, "+11 نقطة"), (Decimal("3.5"), "+3.5 نقطة")]
)
def test_points_agree_with_their_number_in_arabic(arabic, value, shown):
    assert text_of(formats.points(value)) == shown


def test_money_is_code_and_amount_in_the_minor_units_that_it_comes_in():
    assert text_of(formats.money(Decimal("2410000.50"), "USD")) == "USD\N{NO-BREAK SPACE}2,410,000.50"
    assert text_of(formats.money(Decimal(-1200), "JPY")) == "JPY\N{NO-BREAK SPACE}−1,200"
    assert text_of(formats.money("1.250", "KWD")) == "KWD\N{NO-BREAK SPACE}1.250"


def test_figures_run_left_to_right_inside_arabic_with_western_digits(arabic):
    assert formats.pct(Decimal("1234.5")) == '<bdi dir="ltr">1,234.5%</bdi>'


def test_a_change_in_percent_and_the_sides_of_a_ratio_keep_their_order_inside_arabic(arabic):
    assert formats.signed_pct(Decimal("4.6")) == '<bdi dir="ltr">+4.6%</bdi>'
    assert formats.signed_pct(Decimal("-17.1")) == '<bdi dir="ltr">−17.1%</bdi>'
    sides = formats.number(30), formats.number(37)
    assert re.fullmatch(r'<bdi dir="ltr">.*30.* / .*37.*</bdi>', formats.ratio(*sides))


def test_a_day_is_written_with_its_month_in_words():
    assert formats.day(date(2026, 10, 5)) == '<time datetime="2026-10-05">5 Oct 2026</time>'


def test_a_day_is_written_in_arabic(arabic):
    assert text_of(formats.day(date(2026, 10, 5))) == "5 أكتوبر 2026"


def test_a_moment_shows_the_time_in_the_portals_time_zone():
    html = formats.moment(datetime(2026, 10, 6, 9, 40, 30, tzinfo=UTC))

    assert html == '<time datetime="2026-10-06T09:40:30+00:00">6 Oct 2026, 09:40</time>'


def test_a_name_cannot_bring_markup_into_the_page():
    assert formats.bdi("<b>x</b>") == "<bdi>&lt;b&gt;x&lt;/b&gt;</bdi>"
    assert "<script>" not in formats.money(1, "<script>")


@pytest.mark.parametrize(("language", "mark"), [("en", "\N{LEFT-TO-RIGHT MARK}"), ("ar", "\N{RIGHT-TO-LEFT MARK}")])
def test_a_name_in_plain_words_keeps_its_direction_and_leaves_theirs(language, mark):
    with translation.override(language):
        label = f"{formats.isolated('Tax (of 6)')}: x"

    # What stands around a name goes by the reader's language: so a colon after it is not drawn to its other end.
    assert label == f"{mark}\N{FIRST STRONG ISOLATE}Tax (of 6)\N{POP DIRECTIONAL ISOLATE}: x"


def test_for_a_sheet_numbers_and_days_are_plain_in_every_language_and_only_there():
    with translation.override("fr"), formats.for_a_sheet():
        plain = [formats.number(Decimal("-1234567.50"), 2), formats.day(date(2026, 10, 5)), formats.money(1200, "USD")]
    with translation.override("fr"):
        after = formats.day(date(2026, 10, 5))

    assert [text_of(one) for one in plain] == ["-1234567.50", "2026-10-05", "USD\N{NO-BREAK SPACE}1200"]
    assert text_of(after) == "5 oct. 2026"
