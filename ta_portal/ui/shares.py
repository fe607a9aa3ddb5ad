"""Shares in a form: some lines of a choice and a percentage, and a few empty ones to add to. No script is needed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ta_portal.ui.fields import NumberField, RowField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.lines import Lines


class Shares:
    """The lines `name_1`, `name_1_pct`, `name_2` … of a form; together they give a mapping of rows to percentages."""

    def __init__(self, name: str, label: str | Promise, *, fewest: int = 3) -> None:
        self.label = label
        self.lines = Lines(name, {"": self._choice, "pct": self._share}, fewest=fewest)

    def add_to(self, form: PortalForm, rows: QuerySet[Any], standing: Mapping[Any, Decimal]) -> list[str]:
        """Puts the lines into the form, filled with what stands; gives their names, for a group."""
        names = self.lines.add_to(form, [{"": row.pk, "pct": share} for row, share in standing.items()])
        for name in names:
            field = form.fields[name]
            if isinstance(field, RowField):
                field.queryset = rows
        return names

    def read(self, form: PortalForm, data: Mapping[str, Any]) -> dict[Any, Decimal]:
        """The shares as given. A single one without a percentage is the whole. Says what is wrong at its line."""
        given = list(self.lines.given(form, data))
        found: dict[Any, Decimal] = {}
        for number, values in given:
            row, share = values[""], values["pct"]
            if row is None:
                self._refuse(form, number, "", _("Choose what this share is of."), "missing")
            elif row in found:
                self._refuse(form, number, "", _("This is chosen twice."), "twice")
            elif share is None and len(given) > 1:
                self._refuse(form, number, "pct", _("Give the share of each."), "missing")
            else:
                found[row] = Decimal(100) if share is None else share
        return found

    def _choice(self, number: int, **place: Any) -> RowField:
        return RowField(label=f"{self.label} {number}", width="lead", **place)

    def _share(self, number: int, **place: Any) -> NumberField:
        return NumberField(label=f"{self.label} {number}, %", width="side", **place)

    def _refuse(self, form: PortalForm, number: int, part: str, said: str, code: str) -> None:
        form.add_error(self.lines.field(number, part), ValidationError(said, code))


def choice_of(form: PortalForm, name: str) -> RowField:
    """A field of the form whose rows are to be offered."""
    field = form.fields[name]
    if not isinstance(field, RowField):
        raise TypeError(f"{name} offers no rows.")
    return field
