"""The forms around a change of figures: a reviewer puts them right, and the ministry says what it thinks of that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import ChangeReason
from programmes.forms.figures import field_at, figure_field, first_of, labelled, made_of, parts_of, short
from programmes.forms.report import ACT
from programmes.models import Observation
from programmes.selectors.progress import Figure
from programmes.services.figure_changes import NewFigure
from programmes.words.figure_changes import CHANGE_REASONS
from ta_portal.errors import InvalidInput
from ta_portal.ui.fields import TextField, WordField
from ta_portal.ui.forms import PortalForm

CONFIRM, OBJECTION = "confirm", "objection_"


@dataclass(frozen=True, slots=True)
class Correction:
    """One figure in reading order: as it is shown (`line`), what it and its parts are made of, and why they change."""

    line: Mapping[str, Any]
    fields: list[BoundField]
    why: list[BoundField]


class ChangesForm(PortalForm):
    """What was reported, each figure in a field; what differs in the end is a change.

    `subject` is the figures, `lines` how each is shown, by its indicator's code.
    """

    def __init__(self, data: Any = None, *, lines: Mapping[str, Mapping[str, Any]], **given: Any) -> None:
        self.lines = lines
        super().__init__(data, **given)

    def offer(self) -> None:
        self.corrected: list[tuple[Figure, str]] = []
        for figure in self._changeable():
            for row, name, word in _fields(figure):
                self.fields[field_at(figure, name, row.disagg)] = figure_field(figure, name, word)
            because, why = _("Reason of the change"), _("Why, in words")
            reason = WordField(ChangeReason, CHANGE_REASONS, label=labelled(figure, because), required=False)
            note = TextField(label=labelled(figure, why), required=False, max_length=2000)
            self.fields[field_at(figure, "reason")] = short(reason, because)
            self.fields[field_at(figure, "note")] = short(note, why)

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        return {
            field_at(figure, name, one.disagg): getattr(one, name)
            for figure in self._changeable()
            for one, name, _word in _fields(figure)
        }

    def corrections(self) -> list[Correction]:
        return [
            Correction(
                self.lines.get(figure.indicator.code, {}),
                [self[field_at(figure, name, row.disagg)] for row, name, _word in _fields(figure)],
                [self[field_at(figure, name)] for name in ("reason", "note")],
            )
            for figure in self._changeable()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.changes: list[NewFigure] = []
        for figure in self._changeable():
            reason, note = cleaned.get(field_at(figure, "reason")), cleaned.get(field_at(figure, "note")) or ""
            found = list(self._changed(figure, cleaned))
            if found and not reason:
                self.add_error(field_at(figure, "reason"), _t("Say what is wrong with what was reported."))
            if found and not note:
                self.add_error(field_at(figure, "note"), _t("Say why: the ministry reads it."))
            if not found and (reason or note) and not self.has_error(first_of(figure)):
                self._say_at(figure, _t("You said why, and changed nothing: change the figure, or clear why."))
            if reason and note:
                self.changes += [NewFigure(row, given, reason, note) for row, given in found]
                self.corrected += [(figure, row.disagg) for row, _given in found]
        return cleaned

    def values(self) -> dict[str, Any]:
        return {"changes": self.changes}

    def refuse(self, error: InvalidInput) -> None:
        """The service counts changes, and names indicators; each is one of our figures."""
        for fault in error.faults:
            name = self._named(fault.place)
            self.add_error(name if name in self.fields else None, fault.message)

    def _named(self, place: str) -> str:
        """The field at a place as the service names it: `changes[0].value`, or `I01 2024-04-01`."""
        at, _dot, name = place.partition(".")
        number = at.removeprefix("changes[").removesuffix("]")
        if number.isdigit():
            figure, disagg = self.corrected[int(number)]
            whole = name in ("reason", "note")
            return field_at(figure, name, "" if whole else disagg)
        code = place.partition(" ")[0]
        return next((self._first(one) for one in self._changeable() if one.indicator.code == code), place)

    def _say_at(self, figure: Figure, sentence: str) -> None:
        self.add_error(self._first(figure), sentence)

    def _first(self, figure: Figure) -> str:
        """The first of its fields here: the total may not have been reported, and its parts may."""
        row, name, _word = next(iter(_fields(figure)))
        return field_at(figure, name, row.disagg)

    def _changeable(self) -> list[Figure]:
        return [figure for figure in self.subject if any(_fields(figure))]

    def _changed(self, figure: Figure, cleaned: Mapping[str, Any]) -> Iterator[tuple[Observation, dict[str, Any]]]:
        found: dict[int, tuple[Observation, dict[str, Any]]] = {}
        for row, name, _word in _fields(figure):
            place = field_at(figure, name, row.disagg)
            given = cleaned.get(place)
            given = None if given == "" else given
            # What cannot be read is at fault already.
            if place in cleaned and given != getattr(row, name):
                found.setdefault(row.pk, (row, {}))[1][name] = given
        yield from found.values()


def _fields(figure: Figure) -> Iterator[tuple[Observation, str, Any]]:
    """What of a figure was reported, in total and by parts: the row, the name of its field and what that is called."""
    if figure.now is not None and figure.now.reported:
        for name, word in made_of(figure):
            yield figure.now, name, word
    parts = {part.disagg: part.now for part in figure.split if part.now is not None and part.now.reported}
    for disagg, name, word in parts_of(figure):
        if disagg in parts:
            yield parts[disagg], name, word


class AnswerForm(PortalForm):
    """The ministry's answer: every changed figure is right, or which are not and why.

    `subject` is the changed figures as they are shown: each has a `place`, and a `title`.
    """

    def offer(self) -> None:
        for one in self.subject:
            label = _t("What is wrong with the reviewer’s figure of “%(title)s”") % {"title": one["title"]}
            self.fields[f"{OBJECTION}{one['place']}"] = TextField(label=label, required=False, max_length=2000)

    def asked(self) -> list[dict[str, Any]]:
        """Every changed figure, each with the field for an objection."""
        return [{**one, "objection": self[f"{OBJECTION}{one['place']}"]} for one in self.subject]

    @property
    def confirms(self) -> bool:
        return bool(self.data.get(ACT) == CONFIRM)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = {name.removeprefix(OBJECTION): words for name, words in cleaned.items() if name.startswith(OBJECTION)}
        self.objections = {place: words for place, words in said.items() if words}
        if self.confirms and self.objections:
            first = next(iter(self.objections))
            sentence = _t("You said what is wrong: dispute the change, or clear what you wrote.")
            self.add_error(f"{OBJECTION}{first}", sentence)
        return cleaned

    def values(self) -> dict[str, Any]:
        return {"objections": self.objections}

    def refuse(self, error: InvalidInput) -> None:
        """What is missing is missing at the first figure."""
        first = next((name for name in self.fields if name.startswith(OBJECTION)), None)
        for fault in error.faults:
            self.add_error(first if fault.place == "objections" else None, fault.message)
