"""The fields of the portal's forms: numbers in the reader's own writing, days, codes, choices of the field's words."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import numberformat
from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from ta_portal.i18n.numbers import NotANumber, TwoReadings, read_number

# What the answer to "which of the two did you mean?" is named, and how it begins: a value that is read as it stands.
MEANT, ASKED = "__meant", "__asked"
_AS_IT_STANDS = "="


class Placed:
    """How a field stands in its form: `width` is a class of the style sheet, and several narrow ones share a line.

    A field of a line (`lead` and `side`) is one of several of its kind, and all may be left open: nothing says so at
    each. One that `follows` stands under another, which names both: its own name is for ears only. One that is `wanted`
    may be left open in a draft, but not for good: it is not called optional.
    """

    width = "half"
    follows = False
    wanted = False

    def __init__(self, *args: Any, width: str = "", follows: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.width, self.follows = width or self.width, follows

    @property
    def in_line(self) -> bool:
        return self.width in {"lead", "side"}


class AskedInput(forms.TextInput):
    """A text that may be a number with two readings: of these the form asks which is meant."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The reading that was chosen, as long as the text is still the one that the question was about."""
        text, meant = data.get(name), data.get(name + MEANT)
        return f"{_AS_IT_STANDS}{meant}" if meant and text == data.get(name + ASKED) else text

    def format_value(self, value: Any) -> str | None:
        """What was chosen is shown as the number that it is, once there is something else to mend."""
        if isinstance(value, str) and value.startswith(_AS_IT_STANDS):
            try:
                return _written(_plain(read_number(value.removeprefix(_AS_IT_STANDS), decimal_mark=".")))
            except NotANumber:
                return value
        return None if value is None else str(value)


class NumberInput(AskedInput):
    """Shows a number in the reader's writing, without groups, so that it reads back the same."""

    def __init__(self) -> None:
        super().__init__(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off", "class": "num"})

    def format_value(self, value: Any) -> str | None:
        return _written(value) if isinstance(value, Decimal | int) else super().format_value(value)


class NumberField(Placed, forms.Field):
    """An exact number with at most `places` decimals. A text with two readings is asked about, never guessed."""

    widget = NumberInput
    width = "short"
    default_error_messages = {
        "invalid": gettext_lazy("This is not a number: write it as 1234.5 or 1234,5."),
        "places": gettext_lazy("At most %(places)s decimals can be kept here."),
        "two_readings": gettext_lazy("“%(text)s” can be read two ways: choose the one you mean."),
    }

    def __init__(self, *, places: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = places
        # Of whoever wrote the text, where that is not the reader.
        self.decimal_mark = ""
        # The two readings, once the text was found to have them; the form offers them.
        self.readings: TwoReadings | None = None
        self.text = ""

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        number = self._read(text)
        if -int(number.as_tuple().exponent) > self.places and number != round(number, self.places):
            raise ValidationError(self.error_messages["places"], "places", {"places": self.places})
        return number

    def _read(self, text: str) -> Decimal:
        try:
            if text.startswith(_AS_IT_STANDS):
                return _plain(read_number(text.removeprefix(_AS_IT_STANDS), decimal_mark="."))
            found = read_number(
                text, decimal_mark=self.decimal_mark or get_format("DECIMAL_SEPARATOR"), places=self.places
            )
        except NotANumber as wrong:
            raise ValidationError(self.error_messages["invalid"], "invalid") from wrong
        if isinstance(found, TwoReadings):
            self.readings, self.text = found, text
            raise ValidationError(self.error_messages["two_readings"], "two_readings", {"text": text})
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


def _written(number: Decimal | int) -> str:
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    places = len(plain.partition(".")[2])
    # Not number_format: it groups wherever the settings do, and “1,000” is read two ways.
    return str(numberformat.format(Decimal(plain), get_format("DECIMAL_SEPARATOR"), places, use_l10n=False))


def _plain(found: Decimal | TwoReadings) -> Decimal:
    return found.decimal if isinstance(found, TwoReadings) else found


class WholeField(Placed, forms.IntegerField):
    """A whole number from `least` to `most`, such as a rating.

    It stands in a field for text: one for numbers sends nothing of what it cannot read, and what was typed is lost.
    """

    widget = NumberInput
    width = "short"

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        said = format_lazy(gettext_lazy("Give a whole number from {least} to {most}."), least=least, most=most)
        wrong = dict.fromkeys(("invalid", "min_value", "max_value"), said)
        super().__init__(min_value=least, max_value=most, error_messages=wrong, **kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """None of a field for numbers."""
        return {}


class DayField(Placed, forms.DateField):
    """A day. Browsers send it as 2026-10-05; whoever types may write it as the reader's language does."""

    width = "short"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        found = super().to_python(value)
        if found is not None and not dt.date(1900, 1, 1) <= found <= dt.date(2200, 12, 31):
            raise ValidationError(_("Give a day between 1900 and 2200."), "out_of_range")
        return found


class TextField(Placed, forms.CharField):
    """A few words, on less than a line."""


class FigureField(TextField):
    """A number in the reader's writing, or a word of a scale: the form knows which of the two is asked for."""

    widget = AskedInput
    readings: TwoReadings | None = None
    text = ""

    def number(self, text: str) -> Decimal | None:
        """What was typed as a number. Raises ValidationError for what is none, or has two readings."""
        reader = NumberField(required=False)
        try:
            return reader.clean(text)  # type: ignore[no-any-return]
        finally:
            self.readings, self.text = reader.readings, reader.text


class ChoiceField(Placed, forms.ChoiceField):
    """One of some words that the form gives."""


def _languages() -> list[tuple[str, str]]:
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class LanguageField(ChoiceField):
    """In which of the portal's languages something is written, each as its own speakers call it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": _languages, "required": False, **kwargs})


class CodeInputField(Placed, forms.CharField):
    """A short code, such as M1 or FIN-TAX-2024."""

    def __init__(self, *, max_length: int = 60, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.widget.attrs |= {"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "class": "code"}


class ProseField(forms.CharField):
    """A text of some lines; its direction follows its language."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10_000)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Browsers send their own line ends: those alone are no change."""
        return super().has_changed(_lines(initial), _lines(data))


def _lines(text: Any) -> Any:
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


class WordField(Placed, forms.TypedChoiceField):
    """One of a closed list of the field, by what it is called; gives the member, or None where it may be left open."""

    def __init__(
        self, members: type[StrEnum], words: Mapping[str, str | Promise], *, empty: str | Promise = "", **kwargs: Any
    ) -> None:
        choices = [(member.value, words[member]) for member in members if member in words]
        left_open = gettext_lazy("Choose one") if kwargs.get("required", True) else gettext_lazy("Not said")
        choices = [("", empty or left_open), *choices]
        super().__init__(choices=choices, coerce=members, empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.value if isinstance(value, StrEnum) else value


class RowField(Placed, forms.ModelChoiceField[Any]):
    """One row of those that the reader may choose from: the form gives the queryset, already permitted.

    `said` is what a row is called in the list.
    """

    def __init__(self, queryset: Any = None, *, said: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self.said = said
        left_open = gettext_lazy("Choose one") if kwargs.get("required", True) else gettext_lazy("None")
        kwargs.setdefault("empty_label", left_open)
        super().__init__(queryset, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return self.said(obj)
