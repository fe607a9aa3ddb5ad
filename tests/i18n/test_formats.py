"""How dates and numbers are written in each language."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from ta_portal.ui.formats import number, pct

SPACE = "\N{NO-BREAK SPACE}"
EACH = [code for code, _ in settings.LANGUAGES]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "1,234,567.50"),
        ("fr", f"1{SPACE}234{SPACE}567,50"),
        ("es", f"1{SPACE}234{SPACE}567,50"),
        ("pt", f"1{SPACE}234{SPACE}567,50"),
        ("ar", "1,234,567.50"),
    ],
)
def test_numbers_are_grouped_and_pointed_as_the_language_has_it(language, expected):
    with translation.override(language):
        assert number(Decimal("1234567.50")) == f'<bdi dir="ltr">{expected}</bdi>'


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "−88.4%"), ("fr", f"−88,4{SPACE}%"), ("es", f"−88,4{SPACE}%"), ("pt", "−88,4%"), ("ar", "−88.4%")],
)
def test_the_percent_sign_stands_where_the_language_puts_it(language, expected):
    with translation.override(language):
        assert pct(Decimal("-88.37"), 1) == f'<bdi dir="ltr">{expected}</bdi>'


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["5 Oct 2026", "5 Oct 2026, 09:40", "Oct 2026", "1 Jun 2026"]),
        ("fr", ["5 oct. 2026", "5 oct. 2026, 09:40", "oct. 2026", "1 juin 2026"]),
        ("es", ["5 oct 2026", "5 oct 2026, 09:40", "oct 2026", "1 jun 2026"]),
        ("pt", ["5 out 2026", "5 out 2026, 09:40", "out 2026", "1 jun 2026"]),
        ("ar", ["5 أكتوبر 2026", "5 أكتوبر 2026، 09:40", "أكتوبر 2026", "1 يونيو 2026"]),
    ],
)
def test_months_are_words_in_every_date(language, expected):
    at = datetime(2026, 10, 5, 9, 40)
    with translation.override(language):
        found = [date_format(at, f"{kind}_FORMAT") for kind in ("DATE", "DATETIME", "YEAR_MONTH")]
        assert [*found, date_format(date(2026, 6, 1))] == expected


@pytest.mark.parametrize("language", EACH)
def test_no_two_months_look_alike(language):
    with translation.override(language):
        assert len({date_format(date(2026, month, 1)) for month in range(1, 13)}) == 12
