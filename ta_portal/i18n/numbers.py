"""Reading a number as a person writes it: comma or point, Arabic digits, grouped or not. Two readings are asked about.

Pure Python: the reader's decimal separator is given, not looked up.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

MOST_DIGITS = 30

# Arabic-Indic and Persian digits, the Arabic decimal and thousands separators, and the minus signs of keyboards.
_DIGITS = {
    ord(letter): str(number) for letters in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for number, letter in enumerate(letters)
}
_SIGNS = {ord(letter): "-" for letter in "\N{MINUS SIGN}\N{EN DASH}\N{FIGURE DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"}
_ALIKE = _DIGITS | _SIGNS | {ord("٫"): "D", ord("٬"): " ", ord("’"): " ", ord("'"): " "}
# Marks of direction that a copied text brings along.
_UNSEEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_FORM = re.compile(r"([+-]?)\s*([0-9][0-9.,D\s]*|[.,D][0-9]+)\s*%?")
_GROUPS = re.compile(r"[0-9]{1,3}(?:(?P<mark>[.,\s])[0-9]{3})(?:(?P=mark)[0-9]{3})*")


class NotANumber(ValueError):
    """The text cannot be read as a number in any way."""


@dataclass(frozen=True, slots=True)
class TwoReadings:
    """A text such as 1.234, that is one thing where the point groups and another where it is the decimal mark."""

    grouped: Decimal
    decimal: Decimal


def read_number(text: str, *, decimal_mark: str = ".", places: int | None = None) -> Decimal | TwoReadings:
    """The number that `text` says, with all of its digits; a trailing percent sign is ignored.

    `decimal_mark` is the one of the reader's language, `places` the decimals that the field can hold: a reading with
    more is not meant. Two marks tell each other apart (1.234,5); one mark before exactly three digits does not, unless
    it is the reader's own decimal mark (then it is that) or `places` rules one reading out. Raises NotANumber for
    anything else, for more than 30 digits, and for groups that are not of three.
    """
    found = _FORM.fullmatch(_UNSEEN.sub("", text).translate(_ALIKE).strip())
    if found is None:
        raise NotANumber(text)
    sign, body = found[1], re.sub(r"\s+", " ", found[2]).strip()
    readings = [value for value in (_as_decimal(body), _as_grouped(body)) if value is not None]
    if not readings or sum(letter.isdigit() for letter in body) > MOST_DIGITS:
        raise NotANumber(text)
    signed = [-value if sign == "-" else value for value in readings]
    return signed[0] if len(signed) == 1 else _choose(signed, body, decimal_mark, places)


def _choose(readings: list[Decimal], body: str, decimal_mark: str, places: int | None) -> Decimal | TwoReadings:
    decimal, grouped = readings
    if decimal == grouped:
        return decimal
    if places is not None and -int(decimal.as_tuple().exponent) > places:
        return grouped
    if decimal_mark in body or body.lstrip("+-").startswith("0"):
        return decimal
    return TwoReadings(grouped=grouped, decimal=decimal)


def _as_decimal(body: str) -> Decimal | None:
    """With the last mark as the decimal one: what stands before it is whole, or in groups of three of another mark."""
    mark = max((body.rfind(letter), letter) for letter in ".,D")
    if mark[0] < 0:
        return None
    whole, fraction = body[: mark[0]], body[mark[0] + 1 :]
    if mark[1] in whole or not fraction.isdigit():
        return None
    if whole and not whole.isdigit():
        grouped = _as_grouped(whole)
        return None if grouped is None else Decimal(f"{grouped}.{fraction}")
    return Decimal(f"{whole or '0'}.{fraction}")


def _as_grouped(body: str) -> Decimal | None:
    """Without a decimal mark: plain digits, or groups of three."""
    if body.isdigit():
        return Decimal(body)
    return Decimal(re.sub(r"[.,\s]", "", body)) if _GROUPS.fullmatch(body) else None
