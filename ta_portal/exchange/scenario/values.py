"""Values of a JSON file, taken out one by one: of the right kind, or refused in a sentence that names its place."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from django.utils.translation import gettext as _

from ta_portal.errors import InvalidInput

E = TypeVar("E", bound=StrEnum)

# Digits before and after the point that the columns hold.
MONEY = (20, 4)
QUANTITY = (10, 4)
RATE = (15, 15)
PERCENT = (3, 4)

# Beyond these years a date in such a file is a slip of the pen.
_YEARS = range(1950, 2151)
_NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_BYTES = 20_000_000


def refuse(place: str, sentence: str) -> NoReturn:
    raise InvalidInput.at(place, sentence)


def parse(content: bytes) -> Any:
    """The file as JSON values, numbers exact. Refuses what JSON does not know: NaN, a key twice."""
    if len(content) > _MOST_BYTES:
        refuse("", _("The file is larger than {size} MB.").format(size=_MOST_BYTES // 1_000_000))
    try:
        found = json.loads(
            content.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_each_key_once,
        )
    except UnicodeDecodeError as fault:
        refuse("", _("The file is not UTF-8: byte {byte} cannot be read.").format(byte=fault.start))
    except json.JSONDecodeError as fault:
        refuse(f"line {fault.lineno}, column {fault.colno}", _("This is not JSON: {reason}.").format(reason=fault.msg))
    except RecursionError:
        refuse("", _("The file is nested too deeply."))
    _texts_are_texts(found, "")
    return found


def _no_constant(name: str) -> NoReturn:
    refuse("", _("{name} is not a number.").format(name=name))


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        refuse(
            "", _("The key “{key}” stands twice in one object.").format(key=next(k for k in keys if keys.count(k) > 1))
        )
    return found


def _texts_are_texts(value: Any, place: str) -> None:
    """No NUL and no half of a character pair: the database takes neither."""
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        refuse(place, _("This text holds a character that cannot be kept."))
    if isinstance(value, dict):
        for key, inner in value.items():
            _texts_are_texts(key, place)
            _texts_are_texts(inner, _under(place, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            _texts_are_texts(inner, f"{place}[{number}]")


def _under(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


class Values:
    """One object of the file. What nobody takes from it is left over, and told under a name that outlasts its place."""

    def __init__(self, given: Any, place: str, name: str | None = None) -> None:
        if not isinstance(given, dict):
            refuse(place, _("An object with named values is expected here."))
        self._given: dict[str, Any] = given
        self._untaken = dict(given)
        self._inside: list[Values] = []
        self.place = place
        self._name = place if name is None else name

    def at(self, key: str) -> str:
        return _under(self.place, key)

    def refuse(self, key: str, sentence: str) -> NoReturn:
        refuse(self.at(key), sentence)

    def names(self) -> list[str]:
        return list(self._given)

    def left_over(self) -> Iterator[tuple[str, Any]]:
        """What was not taken, here and inside, by its place; a row of a list goes by its code where it has one."""
        for key, value in self._untaken.items():
            yield _under(self._name, key), value
        for inner in self._inside:
            yield from inner.left_over()

    def _take(self, key: str) -> Any:
        return self._untaken.pop(key, self._given.get(key))

    def _needed(self, key: str, value: Any) -> Any:
        if value is None:
            self.refuse(key, _("This is missing."))
        return value

    # Texts

    def text_or_none(self, key: str, longest: int) -> str | None:
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(key, _("A text is expected here."))
        if len(value) > longest:
            self.refuse(
                key,
                _("This text has {length} characters; at most {longest} fit.").format(
                    length=len(value), longest=longest
                ),
            )
        return value.strip() or None

    def text(self, key: str, longest: int) -> str:
        found: str = self._needed(key, self.text_or_none(key, longest))
        return found

    def choice(self, key: str, kinds: type[E], names: Mapping[str, E] | None = None) -> E:
        """One of a closed list, by its own word or by one that the format uses for it."""
        text = self.text(key, 60)
        known = {kind.value: kind for kind in kinds} | dict(names or {})
        if text not in known:
            self.refuse(key, _("“{text}” is not one of: {known}.").format(text=text, known=", ".join(known)))
        return known[text]

    # Numbers

    def number_or_none(self, key: str, digits: tuple[int, int], least: int | None = None) -> Decimal | None:
        value = self._take(key)
        return None if value is None else self.as_number(key, value, digits, least)

    def number(self, key: str, digits: tuple[int, int], least: int | None = None) -> Decimal:
        found: Decimal = self._needed(key, self.number_or_none(key, digits, least))
        return found

    def as_number(self, key: str, value: Any, digits: tuple[int, int], least: int | None = None) -> Decimal:
        """A number as the file gives it, in quotes or not; only as long as its column holds exactly."""
        before, after = digits
        written = _written(value)
        match = _NUMBER.fullmatch(written)
        if match is None:
            self.refuse(key, _("“{text}” is not a number such as 1234.50.").format(text=written[:40]))
        if len(match[1].lstrip("0")) > before or len((match[2] or "").rstrip("0")) > after:
            self.refuse(
                key,
                _("{text} has too many digits: at most {before} before the point and {after} after it.").format(
                    text=written[:40], before=before, after=after
                ),
            )
        found = Decimal(written)
        if least is not None and found < least:
            self.refuse(key, _("{text} is below {least}.").format(text=written, least=least))
        return found

    def whole_or_none(self, key: str, least: int, most: int) -> int | None:
        found = self.number_or_none(key, (9, 4))
        if found is None:
            return None
        if found != found.to_integral_value() or not least <= found <= most:
            self.refuse(
                key,
                _("{text} is not a whole number from {least} to {most}.").format(text=found, least=least, most=most),
            )
        return int(found)

    def whole(self, key: str, least: int, most: int) -> int:
        found: int = self._needed(key, self.whole_or_none(key, least, most))
        return found

    # Days

    def day_or_none(self, key: str) -> dt.date | None:
        text = self.text_or_none(key, 60)
        return None if text is None else self.as_day(key, text)

    def day(self, key: str) -> dt.date:
        found: dt.date = self._needed(key, self.day_or_none(key))
        return found

    def as_day(self, key: str, text: str) -> dt.date:
        try:
            found = dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None:
            self.refuse(key, _("“{text}” is not a date such as 2025-12-31.").format(text=text))
        if found.year not in _YEARS:
            self.refuse(key, _("The year of {text} is not one that a programme lives in.").format(text=text))
        return found

    # What is inside

    def inside(self, key: str) -> "Values | None":
        value = self._take(key)
        if value is None:
            return None
        found = Values(value, self.at(key), _under(self._name, key))
        self._inside.append(found)
        return found

    def needed(self, key: str) -> "Values":
        found = self.inside(key)
        if found is None:
            self.refuse(key, _("This is missing."))
        return found

    def objects(self, key: str) -> list["Values"]:
        """The objects of a list; none where the list is missing."""
        found = [
            Values(value, f"{self.at(key)}[{number}]", f"{_under(self._name, key)}[{_code_of(value, number)}]")
            for number, value in enumerate(self._list(key))
        ]
        self._inside += found
        return found

    def texts_or_none(self, key: str, longest: int) -> tuple[str, ...] | None:
        if self._given.get(key) is None:
            self._take(key)
            return None
        found = self._list(key)
        for number, value in enumerate(found):
            if not isinstance(value, str) or not value or len(value) > longest:
                self.refuse(
                    f"{key}[{number}]", _("A text of at most {longest} characters is expected.").format(longest=longest)
                )
        return tuple(found)

    def _list(self, key: str) -> list[Any]:
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(key, _("A list is expected here."))
        return value


def _code_of(row: Any, number: int) -> str:
    code = row.get("code") if isinstance(row, dict) else None
    return code if isinstance(code, str) else str(number)


def _written(value: Any) -> str:
    """A number as text, whichever way the file has it. Never by way of a float."""
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 60 else str(value)
    return value if isinstance(value, str) else json.dumps(value, default=str)
