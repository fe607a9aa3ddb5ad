"""Forms that add and change things: what was typed stays, what is wrong is said at its field, and nobody overwrites
what somebody else saved meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput

KEEP = "keep_"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which what the reader sent differs from what stands now."""

    name: str
    label: str
    yours: str
    theirs: str


class PortalForm(forms.Form):
    """A form over one row of something, or over a new one. Its fields are named as the service's parameters are.

    `groups` puts fields under headings, in reading order; without any they stand as declared.
    """

    row_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    groups: Sequence[tuple[str | Promise, Sequence[str]]] = ()
    # What a new row is given and an old one keeps.
    fixed: ClassVar[Sequence[str]] = ()
    # Where the service names a place that is no field of ours: `planned` is said at `planned_from`.
    places: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Any = None, *, subject: Any, user: User, row: models.Model | None = None) -> None:
        self.subject, self.user, self.row = subject, user, row
        super().__init__(data, initial=self.initial_of(row) if row is not None else self.initial_of_new())
        if row is not None:
            self.initial["row_version"] = getattr(row, "row_version", None)
        self.offer()
        for name in self.fixed if row is not None else ():
            self.fields[name].disabled = True
        for field in self.fields.values():
            # A browser would cut what is pasted without a word; here it is said to be too long.
            field.widget.attrs.pop("maxlength", None)

    # --- for subclasses ---

    def offer(self) -> None:
        """Fill the choices with what this reader may choose."""

    def initial_of_new(self) -> dict[str, Any]:
        return {}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        """What stands in the row, by field; those that are not its attributes are given by the subclass."""
        return {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}

    # --- what views use ---

    def leave_unjudged(self) -> None:
        """Show what was typed as it is: nobody has asked to save it yet, so nothing is said to be wrong with it."""
        self._errors, self.cleaned_data = ErrorDict(), {}

    def values(self) -> dict[str, Any]:
        """What the service is given."""
        left_out = {"row_version", *(self.fixed if self.row is not None else ())}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    def refuse(self, error: InvalidInput) -> None:
        """Say at the fields what the service found wrong; what has no field here is said on top."""
        for fault in error.faults:
            place = self.places.get(fault.place, fault.place.partition("[")[0])
            place = self.places.get(place, place)
            self.add_error(place if place in self.fields else None, fault.message)

    def sections(self) -> Iterator[tuple[str | Promise, list[BoundField]]]:
        grouped = {name for _heading, names in self.groups for name in names}
        rest = [field for field in self.visible_fields() if field.name not in grouped]
        if rest:
            yield "", rest
        for heading, names in self.groups:
            yield heading, [self[name] for name in names if name in self.fields]

    # --- two people on one form ---

    def against(self, standing: "PortalForm") -> list[Difference]:
        """Where what was sent here differs from what stands now (a fresh form over the same row), or in a draft."""
        return [
            Difference(name, str(field.label), _shown(field, self[name].value()), _shown(field, standing[name].value()))
            for name, field in self.fields.items()
            if name != "row_version" and self._differs(name, field, standing)
        ]

    def _differs(self, name: str, field: forms.Field, standing: "PortalForm") -> bool:
        typed = self[name].value()
        if standing.is_bound:
            return bool((typed or "") != (standing[name].value() or ""))
        return field.has_changed(standing.initial.get(name), typed)

    def settled(self, data: Any, standing: "PortalForm") -> Any:
        """The data as sent, with what the reader chose to leave as somebody else saved it."""
        chosen = data.copy()
        for name, field in self.fields.items():
            if data.get(f"{KEEP}{name}") == "theirs":
                value = field.widget.format_value(standing[name].value())
                chosen[name] = "" if value is None else value[0] if isinstance(value, list) and value else value
        return chosen


def _shown(field: forms.Field, value: Any) -> str:
    """A value as the two versions are compared: in words."""
    if value in (None, "", []):
        return _("nothing")
    if isinstance(field, forms.ChoiceField):
        return str(_choices(field).get(str(value), value))
    shown = field.widget.format_value(value)
    return str(shown if shown is not None else value)


def _choices(field: forms.ChoiceField) -> dict[str, Any]:
    """Every choice by what is sent for it, those under a heading too."""
    found: Any = field.choices
    alone = [choice for key, word in found for choice in (word if isinstance(word, list | tuple) else [(key, word)])]
    return {str(getattr(key, "value", key)): word for key, word in alone}
