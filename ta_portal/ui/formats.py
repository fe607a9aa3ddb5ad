"""How a figure, a date or a name is written on a page: in the reader's language, and never as 0 when it is missing.

Every function takes an exact value (`int`, `Decimal`, a `Fraction` with `places`, or a figure as text; a float is
refused) or None, and gives HTML.
Digits run left to right in every language, so each number stands in a `<bdi dir="ltr">` of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _

from ta_portal.money.exact import Exact, exact, rounded

Figure = Exact | str | None

_for_a_sheet: ContextVar[bool] = ContextVar("for_a_sheet", default=False)
_MINUS = "\N{MINUS SIGN}"
# The plural that every language uses for fractions ("other") is the one that it uses for 100.
_AS_A_FRACTION = 100


@contextmanager
def for_a_sheet() -> Iterator[None]:
    """Within it figures and days are 1234.50 and 2026-10-05, as files have them in every language."""
    token = _for_a_sheet.set(True)
    try:
        yield
    finally:
        _for_a_sheet.reset(token)


def number(value: Figure, places: int | None = None) -> SafeString:
    """1,234.50 as given, or rounded half up to `places` decimals; a dash where nothing was reported."""
    return missing(_("not reported")) if value is None else _left_to_right(_digits(value, places))


def signed(value: Figure, places: int | None = None) -> SafeString:
    """A difference, with its sign: +40, −165, 0."""
    return missing(_("no data")) if value is None else _left_to_right(_plus(value) + _digits(value, places))


def pct(value: Figure, places: int | None = None) -> SafeString:
    """A percentage that is given in percent: 88.37 is written 88.37%."""
    return missing(_("no data")) if value is None else _left_to_right(pct_text(value, places))


def signed_pct(value: Figure, places: int | None = None) -> SafeString:
    """A change in percent, with its sign: +4.6%, −17.1%."""
    return missing(_("no data")) if value is None else _left_to_right(_plus(value) + pct_text(value, places))


def ratio(numerator: SafeString, denominator: SafeString) -> SafeString:
    """Two figures, the upper before the lower: 30.15 / 37.20."""
    return format_html('<bdi dir="ltr">{} / {}</bdi>', numerator, denominator)


def pct_text(value: Exact | str, places: int | None = None) -> str:
    """The same for a sentence: without markup. French and Spanish set a space before the sign."""
    return pgettext("a percentage", "%(value)s%%") % {"value": _digits(value, places)}


def points(value: Figure, places: int | None = None) -> SafeString:
    """A difference between two percentages: +9 points, −3 points."""
    if value is None:
        return missing(_("no data"))
    size = abs(exact(_plain(value)))
    count = size.numerator if size.denominator == 1 else _AS_A_FRACTION
    pattern = ngettext("%(value)s point", "%(value)s points", count)
    return format_html(pattern.replace("%(value)s", "{}"), signed(value, places))


def money(value: Figure, currency: str, places: int | None = None) -> SafeString:
    """USD 1,234.50. The amount comes in its currency's minor units: it is rounded only if `places` asks."""
    if value is None:
        return missing(_("no data"))
    return _left_to_right(f"{currency}\N{NO-BREAK SPACE}{_digits(value, places)}")


def day(value: date | datetime | None) -> SafeString:
    """5 Oct 2026."""
    if value is None:
        return missing(_("no date"))
    on = _local(value).date() if isinstance(value, datetime) else value
    return _time(on.isoformat(), date_format(on, "DATE_FORMAT"))


def day_words(on: date) -> str:
    """The same for a sentence: without markup, and not to be broken."""
    return str(date_format(on, "DATE_FORMAT")).replace(" ", "\N{NO-BREAK SPACE}")


def moment(value: datetime | None) -> SafeString:
    """5 Oct 2026, 09:40."""
    if value is None:
        return missing(_("no date"))
    at = _local(value)
    return _time(at.isoformat(timespec="seconds"), date_format(at, "DATETIME_FORMAT"))


def bdi(text: object, direction: str = "") -> SafeString:
    """A name or a code whose own direction must not disturb the sentence around it; "ltr" for codes."""
    if direction:
        return format_html('<bdi dir="{}">{}</bdi>', direction, text)
    return format_html("<bdi>{}</bdi>", text)


def isolated(text: object) -> str:
    """The same as `bdi` in plain words, such as a label, by marks that are not seen or heard.

    Words that begin with it keep the direction of the reader's language, where they are isolated in turn.
    """
    direction = "\N{RIGHT-TO-LEFT MARK}" if get_language_bidi() else "\N{LEFT-TO-RIGHT MARK}"
    return f"{direction}\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def missing(word: str | Promise) -> SafeString:
    """What stands where a value would: a dash to see, the word to hear."""
    return format_html('<span aria-hidden="true">–</span><span class="vh">{}</span>', word)


def _digits(value: Exact | str, places: int | None) -> str:
    plain = _plain(value)
    if places is None:
        places = max(-int(plain.as_tuple().exponent), 0) if isinstance(plain, Decimal) else 0
    shown = rounded(plain, places)
    if _for_a_sheet.get():
        return format(shown, "f")
    sign = _MINUS if shown < 0 else ""
    return sign + number_format(shown.copy_abs(), decimal_pos=places, use_l10n=True, force_grouping=True)


def _time(iso: str, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', iso, iso if _for_a_sheet.get() else words)


def _plain(value: Exact | str) -> Exact:
    return Decimal(value) if isinstance(value, str) else value


def _plus(value: Exact | str) -> str:
    return "+" if exact(_plain(value)) > 0 else ""


def _left_to_right(text: str) -> SafeString:
    return bdi(text, "ltr")


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
