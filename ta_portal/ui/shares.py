"""Shares in a form: some lines of a choice and a percentage, and a few empty ones to add to. No script is needed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ta_portal.ui.fields import NumberField, RowField
from ta_portal.ui.forms import PortalForm

SPARE_LINES = 2
FEWEST_LINES = 3


class Shares:
    """The lines `name_1`, `name_1_pct`, `name_2` … of a form; together they give a mapping of rows to percentages."""

    def __init__(self, name: str, label: str | Promise, *, fewest: int = FEWEST_LINES) -> None:
        self.name, self.label, self.fewest = name, label, fewest

    def add_to(self, form: PortalForm, rows: QuerySet[Any], standing: Mapping[Any, Decimal]) -> list[str]:
        """Puts the lines into the form, filled with what stands; gives their names, for a group."""
        names: list[str] = []
        for number in range(1, self._lines(form, standing) + 1):
            choice, pct = self._names(number)
            place: dict[str, Any] = {"required": False, "follows": number > 1}
            form.fields[choice] = RowField(rows, label=f"{self.label} {number}", width="lead", **place)
            form.fields[pct] = NumberField(label=f"{self.label} {number}, %", width="side", **place)
            names += [choice, pct]
        for number, (row, share) in enumerate(standing.items(), start=1):
            choice, pct = self._names(number)
            form.initial.update({choice: row.pk, pct: share})
        return names

    def read(self, form: PortalForm, data: Mapping[str, Any]) -> dict[Any, Decimal]:
        """The shares as given. A single one without a percentage is the whole. Says what is wrong at its line."""
        lines = [self._names(number) for number in range(1, self._count(form) + 1)]
        given = [(choice, pct, data.get(choice), data.get(pct)) for choice, pct in lines]
        chosen = [line for line in given if line[2] is not None or line[3] is not None]
        found: dict[Any, Decimal] = {}
        for choice, pct, row, share in chosen:
            if row is None:
                form.add_error(choice, ValidationError(_("Choose what this share is of."), "missing"))
            elif row in found:
                form.add_error(choice, ValidationError(_("This is chosen twice."), "twice"))
            elif share is None and len(chosen) > 1:
                form.add_error(pct, ValidationError(_("Give the share of each."), "missing"))
            else:
                found[row] = Decimal(100) if share is None else share
        return found

    def owns(self, field: str) -> bool:
        return field.startswith(f"{self.name}_")

    def _names(self, number: int) -> tuple[str, str]:
        return f"{self.name}_{number}", f"{self.name}_{number}_pct"

    def _lines(self, form: PortalForm, standing: Mapping[Any, Decimal]) -> int:
        sent = [int(key.split("_")[-1]) for key in (form.data or {}) if self._is_choice(key)]
        return min(max([self.fewest, len(standing) + SPARE_LINES, *sent]), 60)

    def _is_choice(self, key: str) -> bool:
        rest = key.removeprefix(f"{self.name}_")
        return rest != key and rest.isascii() and rest.isdigit() and len(rest) < 3

    def _count(self, form: PortalForm) -> int:
        return sum(1 for name in form.fields if self._is_choice(name))


def without(values: Mapping[str, Any], lines: Sequence[Shares]) -> dict[str, Any]:
    """The form's values without the lines of shares, which the service takes as mappings."""
    return {name: value for name, value in values.items() if not any(one.owns(name) for one in lines)}


def choice_of(form: PortalForm, name: str) -> RowField:
    """A field of the form whose rows are to be offered."""
    field = form.fields[name]
    if not isinstance(field, RowField):
        raise TypeError(f"{name} offers no rows.")
    return field
