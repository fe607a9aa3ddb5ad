"""The fields of an indicator's figures, in total and by parts, as every form that takes figures has them."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import Method
from programmes.selectors.progress import Figure
from programmes.words import PARTS, named
from ta_portal.ui.fields import ChoiceField, NumberField
from ta_portal.ui.formats import isolated

Names = tuple[tuple[str, str | Promise], ...]
# What a figure is made of, by its indicator's method.
_MADE_OF: dict[str, Names] = {
    Method.RATIO_OF_SUMS: (("numerator", _("Numerator")), ("denominator", _("Denominator"))),
    Method.WEIGHTED_MEAN: (("value", _("Value")), ("weight", _("Weight"))),
}
_ONE_VALUE: Names = (("value", _("Value")),)
_LEVEL: Names = (("level", _("Level")),)


def made_of(figure: Figure) -> Names:
    """What a figure is made of: the names of its fields, and what they are called."""
    return _LEVEL if figure.indicator.scale else _MADE_OF.get(figure.indicator.method, _ONE_VALUE)


def parts_of(figure: Figure) -> list[tuple[str, str, str]]:
    """For each part what it is made of and what that is called. A part may be told by its value alone."""
    found = []
    for part in figure.split:
        before = part.now or part.last
        is_value = before is not None and before.value is not None and before.numerator is None
        names = _ONE_VALUE if is_value and before and before.weight is None else made_of(figure)
        called = str(PARTS.get(part.disagg, part.disagg))
        for name, word in names:
            both = _t("%(title)s: %(part)s") % {"title": called, "part": word}
            found.append((part.disagg, name, called if len(names) == 1 else both))
    return found


def field_at(figure: Figure, name: str, disagg: str = "") -> str:
    """A field's name. By the indicator's key: an indicator that is added meanwhile must not shift the figures."""
    return f"{name}_{figure.indicator.pk}" + (f"__{disagg}" if disagg else "")


def first_of(figure: Figure) -> str:
    """The field at which a figure as a whole is spoken of."""
    return field_at(figure, made_of(figure)[0][0])


def labelled(figure: Figure, word: str | Promise) -> str:
    """A label that says all by itself: in the list of what is wrong, and where two versions are compared."""
    return _t("%(title)s: %(part)s") % {"title": isolated(named(figure.indicator.title)), "part": word}


def short(field: Any, word: str | Promise) -> Any:
    """What the field is called under the heading of its figure."""
    field.short = word
    return field


def figure_field(figure: Figure, name: str, word: str | Promise) -> Any:
    """A number, or one of the levels of the scale."""
    label = labelled(figure, word)
    if name != "level":
        return short(NumberField(label=label, required=False), word)
    levels = [(level, level) for level in figure.indicator.scale or []]
    choices = [("", _t("No level yet")), *levels]
    return short(ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect, width=" "), word)
