"""The form of a progress report: its figures, in total and by parts, and its words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.doubts import Doubt, doubts
from programmes.domain.reporting import TEXTS
from programmes.forms.figures import field_at, figure_field, first_of, labelled, made_of, parts_of, short
from programmes.models import Observation
from programmes.selectors.progress import Figure, size_of
from programmes.services.readings import Reading
from programmes.words import FIELDS
from programmes.words.doubts import DOUBTS
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput
from ta_portal.ui.fields import LanguageField, NumberInput, ProseField, TextField
from ta_portal.ui.forms import Difference, PortalForm

# Which button was pressed: it travels with the form through questions and conflicts.
ACT, SEND = "act", "send"
UNSURE = "unsure"

_PLACE = re.compile(r"observations\[(\d+)\]\.(\w+)")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked once of a figure that looks wrong. The tick is about one figure (`about`), and no other.

    `stands_above`: why it is asked is said with the figure already, since it was to be sent.
    """

    name: str
    about: str
    why: Sequence[str | Promise]
    said: bool
    stands_above: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One figure in reading order: what it is made of, what is asked of it, what may stand for it, and its parts."""

    figure: Figure
    made_of: Sequence[BoundField]
    question: Question | None
    instead: Sequence[BoundField]
    parts: Sequence[BoundField]

    @property
    def has_faults_in_parts(self) -> bool:
        return any(field.errors for field in self.parts)


class ReportForm(PortalForm):
    """A report's figures and words. `subject` is the figures; `hints` what is said at each place besides."""

    done = ProseField(label=FIELDS["done"], required=False, rows=4)
    obstacles = ProseField(label=FIELDS["obstacles"], required=False, rows=3)
    next_steps = ProseField(label=FIELDS["next_steps"], required=False, rows=3)
    # Left out, as by a page that stood open over an update: the writer's own.
    language = LanguageField(label=_("Language of these texts"))

    def __init__(
        self,
        data: Any = None,
        *,
        subject: Sequence[Figure],
        user: User,
        row: models.Model | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> None:
        self.hints = hints or {}
        # What was found wrong before the form was asked, by field: it says more than the form would.
        self.faults: Mapping[str, str] = {}
        self.readings: list[Reading] = []
        super().__init__(_with_what_stays(data, subject), subject=subject, user=user, row=row)

    def offer(self) -> None:
        for name in TEXTS:
            self.fields[name].help_text = self.hints.get(name, "")
        for name in ("done", "language"):
            _want(self.fields[name])
        for figure in self.subject:
            self._offer_figure(figure)

    def _offer_figure(self, figure: Figure) -> None:
        fields = made_of(figure)
        for name, word in fields:
            self.fields[field_at(figure, name)] = _want(figure_field(figure, name, word))
        self.fields[field_at(figure, fields[0][0])].help_text = self.hints.get(figure.indicator.code, "")
        if _may_stay(figure):
            same = forms.BooleanField(required=False, label=labelled(figure, _("No change")))
            self.fields[field_at(figure, "same")] = short(same, _("No change"))
        for disagg, name, word in parts_of(figure):
            self.fields[field_at(figure, name, disagg)] = _want(figure_field(figure, name, word))
        label = labelled(figure, _("Not reported, because"))
        because = TextField(label=label, required=False, max_length=2000)
        self.fields[field_at(figure, "not_reported_reason")] = short(because, _("Not reported, because"))

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        kept = super().initial_of(row)
        kept["language"] = kept.get("language") or get_language()
        for figure in self.subject:
            names = [*(name for name, _word in made_of(figure)), "not_reported_reason"]
            if figure.now is not None:
                kept |= {field_at(figure, name): getattr(figure.now, name) for name in names}
            said = {part.disagg: part.now for part in figure.split if part.now is not None}
            given = [(disagg, name) for disagg, name, _word in parts_of(figure) if disagg in said]
            kept |= {field_at(figure, name, disagg): getattr(said[disagg], name) for disagg, name in given}
        return kept

    def figures(self) -> list[Group]:
        """The groups of fields, one for each figure."""
        return [self._group(figure) for figure in self.subject]

    def texts(self) -> list[BoundField]:
        return [self[name] for name in (*TEXTS, "language")]

    @property
    def sends(self) -> bool:
        """Is it to be sent for review, or only kept?"""
        return bool(self.data.get(ACT) == SEND)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.readings = [reading for figure in self.subject for reading in self._readings(figure, cleaned)]
        for figure in self.subject:
            self._must_not_say_two_things(figure, cleaned)
        if self.sends:
            self._must_be_whole(cleaned)
            self._must_be_sure()
        for name, sentence in self.faults.items():
            self.errors.pop(name, None)
            self.add_error(name, sentence)
        return cleaned

    def values(self) -> dict[str, Any]:
        words = {name: self.cleaned_data[name] for name in (*TEXTS, "language")}
        return {"words": words | {"language": words["language"] or get_language()}, "readings": self.readings}

    def refuse(self, error: InvalidInput) -> None:
        """The service counts readings, and names indicators; each is one of our figures."""
        for fault in error.faults:
            name = self._named(fault.place)
            self.add_error(name if name in self.fields else None, fault.message)

    def against(self, standing: PortalForm) -> list[Difference]:
        """Whether the box “No change” was ticked is no difference: the value that it stands for is."""
        found = [one for one in super().against(standing) if not one.name.startswith("same_")]
        return [one for one in found if one.name != "language" or one.name in self.data]

    def settled(self, data: Any, standing: PortalForm) -> Any:
        chosen = super().settled(data, standing)
        for name in [name for name in chosen if name.startswith("same_")]:
            del chosen[name]
        return chosen

    def _group(self, figure: Figure) -> Group:
        parts = [field_at(figure, name, disagg) for disagg, name, _word in parts_of(figure)]
        fields = [field_at(figure, name) for name, _word in made_of(figure)]
        instead = [field_at(figure, name) for name in ("same", "not_reported_reason")]
        question = self._question(figure)
        if question is not None and self.has_error(first_of(figure), UNSURE):
            question = replace(question, stands_above=True)
        return Group(
            figure,
            [self[name] for name in fields],
            question,
            [self[name] for name in instead if name in self.fields],
            [self[name] for name in parts],
        )

    def _named(self, place: str) -> str:
        """The field that stands at a place as the service names it: `observations[0].value`, or `I01 2024-04-01`."""
        if found := _PLACE.match(place):
            reading = self.readings[int(found[1])]
            figure = next(one for one in self.subject if one.indicator.pk == reading.indicator.pk)
            return field_at(figure, found[2], reading.disagg)
        code = place.partition(" ")[0]
        return next((first_of(one) for one in self.subject if one.indicator.code == code), place)

    def _readings(self, figure: Figure, cleaned: Mapping[str, Any]) -> Iterator[Reading]:
        """What is said of the figure, and of its parts; nothing where nothing is, and nothing was."""
        because = cleaned.get(field_at(figure, "not_reported_reason")) or ""
        given = _given([name for name, _word in made_of(figure)], figure, "", cleaned)
        now = figure.now
        if now is not None or because or _is_any(given):
            # What pages do not ask for stays as it is.
            kept: dict[str, Any] = {"source": now.source, "text": "" if because else now.text} if now else {}
            reading = Reading(indicator=figure.indicator, not_reported_reason=because, **given, **kept)
            yield self._confirmed(figure, reading)
        for part in figure.split:
            given = _given(
                [name for disagg, name, _w in parts_of(figure) if disagg == part.disagg], figure, part.disagg, cleaned
            )
            if part.now is not None or _is_any(given):
                kept = {"source": part.now.source, "text": part.now.text} if part.now else {}
                yield Reading(indicator=figure.indicator, disagg=part.disagg, **given, **kept)

    def _confirmed(self, figure: Figure, reading: Reading) -> Reading:
        question = _question(figure, reading, self.data)
        said = question is not None and question.said
        reasons = [one.value for one in _doubts(figure, reading)] if said else []
        return replace(reading, confirmed=reasons)

    def _question(self, figure: Figure) -> Question | None:
        """What is asked of the figure as it was typed, if it was; else of the one that is kept."""
        typed = {one.indicator.pk: one for one in self.readings if not one.disagg}
        said = typed.get(figure.indicator.pk) or (None if self.is_bound else figure.now)
        return None if said is None else _question(figure, said, self.data)

    def _must_not_say_two_things(self, figure: Figure, cleaned: Mapping[str, Any]) -> None:
        first = made_of(figure)[0][0]
        value, same = cleaned.get(field_at(figure, first)), cleaned.get(field_at(figure, "same"))
        if value in (None, ""):
            return
        if same and figure.last is not None and value != getattr(figure.last, first):
            self.add_error(
                field_at(figure, first), _t("You gave a figure and ticked “No change”: leave one of the two.")
            )
        if cleaned.get(field_at(figure, "not_reported_reason")):
            self.add_error(
                field_at(figure, "not_reported_reason"), _t("A figure is given: clear it, or clear why there is none.")
            )

    def _must_be_whole(self, cleaned: Mapping[str, Any]) -> None:
        said = {reading.indicator.pk: reading for reading in self.readings if not reading.disagg}
        for figure in self.subject:
            reading, names = said.get(figure.indicator.pk), [field_at(figure, name) for name, _word in made_of(figure)]
            has_faults = any(name in self.errors for name in names)
            if not figure.needed or has_faults or (reading and (reading.reported or reading.not_reported_reason)):
                continue
            self.add_error(names[0], _t("Give the figure, or say why there is none."))
        if not (cleaned.get("done") or "").strip():
            self.add_error("done", _t("Say what was done, in a sentence or two."))

    def _must_be_sure(self) -> None:
        """A figure that looks wrong is sent once its author says that it is right."""
        for figure in self.subject:
            question = self._question(figure)
            if question is not None and not question.said and first_of(figure) not in self.errors:
                why = " ".join(str(one) for one in question.why)
                asked = _t("Is this right? %(why)s Correct it, or tick that it is.") % {"why": why}
                self.add_error(first_of(figure), ValidationError(asked, UNSURE))


def _given(names: Sequence[str], figure: Figure, disagg: str, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: cleaned.get(field_at(figure, name, disagg)) for name in names}
    return {name: None if value == "" else value for name, value in given.items()}


def _is_any(given: Mapping[str, Any]) -> bool:
    return any(value is not None for value in given.values())


def _doubts(figure: Figure, said: Reading | Observation) -> list[Doubt]:
    size = None if said.level is not None else size_of(said)
    return [] if size is None else doubts(size, figure.known)


def _question(figure: Figure, said: Reading | Observation, data: Mapping[str, Any]) -> Question | None:
    found, name = _doubts(figure, said), field_at(figure, "sure")
    if not found:
        return None
    about = "/".join(str(Fraction(one)) for one in (said.value, said.numerator, said.denominator) if one is not None)
    was_confirmed = isinstance(said, Observation) and set(found) <= set(said.confirmed)
    return Question(name, about, [DOUBTS[one] for one in found], was_confirmed or data.get(name) == about)


def _may_stay(figure: Figure) -> bool:
    """Can last time's figure be taken over? Only where it is a single one."""
    names = made_of(figure)
    return len(names) == 1 and figure.last is not None and getattr(figure.last, names[0][0]) is not None


def _want(field: Any) -> Any:
    """A draft may lack it, what is sent may not: so it is not called optional."""
    field.wanted = True
    return field


def _with_what_stays(data: Any, figures: Sequence[Figure]) -> Any:
    """What was sent, with last time's figure where “No change” is ticked and nothing is typed."""
    if data is None:
        return None
    settled = data.copy()
    for figure in figures:
        first = first_of(figure)
        if data.get(field_at(figure, "same")) and not data.get(first) and _may_stay(figure):
            last = getattr(figure.last, made_of(figure)[0][0])
            settled[first] = last if isinstance(last, str) else NumberInput().format_value(last)
    return settled
