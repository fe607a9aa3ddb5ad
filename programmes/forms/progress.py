"""The forms of progress: a period is opened, its figures and words are written, and the report is decided on."""

import calendar
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.reporting import TEXTS
from programmes.domain.vocabulary import Method, ReturnReason
from programmes.selectors.progress import Figure, first_days_to_ask_for
from programmes.services.progress import DAYS_TO_REPORT
from programmes.services.readings import Reading
from programmes.words import FIELDS, RETURN_REASONS, named
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput
from ta_portal.ui.fields import ChoiceField, DayField, NumberField, NumberInput, ProseField, TextField, WordField
from ta_portal.ui.forms import Difference, PortalForm

# Which button was pressed: it travels with the form through questions and conflicts.
ACT, SEND, ACCEPT = "act", "send", "accept"
ASKED = "question_"
MONTHS_OF_A_PERIOD = 3

_PLACE = re.compile(r"observations\[(\d+)\]\.(\w+)")
# What a figure is made of, by its indicator's method.
_PARTS: dict[str, tuple[tuple[str, str | Promise], ...]] = {
    Method.RATIO_OF_SUMS: (("numerator", _("Numerator")), ("denominator", _("Denominator"))),
    Method.WEIGHTED_MEAN: (("value", _("Value")), ("weight", _("Weight"))),
}
_ONE_VALUE: tuple[tuple[str, str | Promise], ...] = (("value", _("Value")),)
_LEVEL: tuple[tuple[str, str | Promise], ...] = (("level", _("Level")),)


class PeriodForm(PortalForm):
    """A stretch of days to ask progress for."""

    starts = DayField(label=_("First day"))
    ends = DayField(label=_("Last day"))
    due = DayField(label=_("Due on"), required=False, help_text=_("30 days after the last day if you leave it open."))

    def initial_of_new(self) -> dict[str, Any]:
        first = first_days_to_ask_for(self.subject)
        last = _after(first, MONTHS_OF_A_PERIOD) - dt.timedelta(days=1)
        return {"starts": first, "ends": last, "due": last + dt.timedelta(days=DAYS_TO_REPORT)}


def _after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one figure, in reading order."""

    figure: Figure
    fields: Sequence[BoundField]


class ReportForm(PortalForm):
    """A report's figures and words. `subject` is the figures; `hints` what is said at each place besides."""

    done = ProseField(label=FIELDS["done"], required=False, rows=4)
    obstacles = ProseField(label=FIELDS["obstacles"], required=False, rows=3)
    next_steps = ProseField(label=FIELDS["next_steps"], required=False, rows=3)

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
        super().__init__(_with_what_stays(data, subject), subject=subject, user=user, row=row)

    def offer(self) -> None:
        for name in TEXTS:
            self.fields[name].help_text = self.hints.get(name, "")
        _want(self.fields["done"])
        for figure in self.subject:
            parts = _parts(figure)
            for name, word in parts:
                self.fields[_at(figure, name)] = _want(_field(figure, name, word))
            self.fields[_at(figure, parts[0][0])].help_text = self.hints.get(figure.indicator.code, "")
            if _may_stay(figure):
                same = forms.BooleanField(required=False, label=_labelled(figure, _("No change")))
                self.fields[_at(figure, "same")] = _short(same, _("No change"))
            label = _labelled(figure, _("Not reported, because"))
            because = TextField(label=label, required=False, max_length=2000)
            self.fields[_at(figure, "not_reported_reason")] = _short(because, _("Not reported, because"))

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        kept = {
            _at(figure, name): getattr(figure.now, name)
            for figure in self.subject
            if figure.now is not None
            for name in (*(name for name, _word in _parts(figure)), "not_reported_reason")
        }
        return {**super().initial_of(row), **kept}

    def figures(self) -> list[Group]:
        """The groups of fields, one for each figure."""
        return [
            Group(figure, [self[name] for name in self.fields if name.endswith(_at(figure, ""))])
            for figure in self.subject
        ]

    def texts(self) -> list[BoundField]:
        return [self[name] for name in TEXTS]

    @property
    def sends(self) -> bool:
        """Is it to be sent for review, or only kept?"""
        return bool(self.data.get(ACT) == SEND)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.readings = [reading for figure in self.subject if (reading := self._reading(figure, cleaned))]
        for figure in self.subject:
            self._must_not_say_two_things(figure, cleaned)
        if self.sends:
            self._must_be_whole(cleaned)
        return cleaned

    def values(self) -> dict[str, Any]:
        return {"words": {name: self.cleaned_data[name] for name in TEXTS}, "readings": self.readings}

    def refuse(self, error: InvalidInput) -> None:
        """The service counts readings; each is one of our figures."""
        for fault in error.faults:
            found = _PLACE.match(fault.place)
            name = f"{found[2]}_{self.readings[int(found[1])].indicator.pk}" if found else fault.place
            self.add_error(name if name in self.fields else None, fault.message)

    def against(self, standing: PortalForm) -> list[Difference]:
        """Whether the box “No change” was ticked is no difference: the value that it stands for is."""
        return [one for one in super().against(standing) if not one.name.startswith("same_")]

    def settled(self, data: Any, standing: PortalForm) -> Any:
        chosen = super().settled(data, standing)
        for name in [name for name in chosen if name.startswith("same_")]:
            del chosen[name]
        return chosen

    def _reading(self, figure: Figure, cleaned: Mapping[str, Any]) -> Reading | None:
        """What is said of the figure; None where nothing is, and nothing was."""
        names = [name for name, _word in _parts(figure)]
        given: dict[str, Any] = {name: cleaned.get(_at(figure, name)) for name in names}
        given = {name: None if value == "" else value for name, value in given.items()}
        because = cleaned.get(_at(figure, "not_reported_reason")) or ""
        if figure.now is None and not because and all(value is None for value in given.values()):
            return None
        # What pages do not ask for stays as it is.
        now = figure.now
        kept: dict[str, Any] = {"source": now.source, "text": "" if because else now.text} if now else {}
        return Reading(indicator=figure.indicator, not_reported_reason=because, **given, **kept)

    def _must_not_say_two_things(self, figure: Figure, cleaned: Mapping[str, Any]) -> None:
        first = _parts(figure)[0][0]
        value, same = cleaned.get(_at(figure, first)), cleaned.get(_at(figure, "same"))
        if value in (None, ""):
            return
        if same and figure.last is not None and value != getattr(figure.last, first):
            self.add_error(_at(figure, first), _t("You gave a figure and ticked “No change”: leave one of the two."))
        if cleaned.get(_at(figure, "not_reported_reason")):
            self.add_error(
                _at(figure, "not_reported_reason"), _t("A figure is given: clear it, or clear why there is none.")
            )

    def _must_be_whole(self, cleaned: Mapping[str, Any]) -> None:
        said = {reading.indicator.pk: reading for reading in self.readings}
        for figure in self.subject:
            reading, names = said.get(figure.indicator.pk), [_at(figure, name) for name, _word in _parts(figure)]
            has_faults = any(name in self.errors for name in names)
            if not figure.needed or has_faults or (reading and (reading.reported or reading.not_reported_reason)):
                continue
            self.add_error(names[0], _t("Give the figure, or say why there is none."))
        if not (cleaned.get("done") or "").strip():
            self.add_error("done", _t("Say what was done, in a sentence or two."))


class ReviewForm(PortalForm):
    """What is decided on a report: accepted as it is, or given back with what is asked.

    `subject` is its figures and its texts as they are shown: each has a `place`, and a `title`.
    """

    reason = WordField(ReturnReason, RETURN_REASONS, label=_("Why it is returned"), required=False)
    note = ProseField(label=_("What should be mended"), required=False, rows=3, max_length=5000)

    places: ClassVar[Mapping[str, str]] = {"questions": "note"}

    def offer(self) -> None:
        for one in self.subject:
            label = _t("Question about “%(title)s”") % {"title": one["title"]}
            self.fields[f"{ASKED}{one['place']}"] = TextField(label=label, required=False, max_length=2000)

    def asked(self) -> list[dict[str, Any]]:
        """Everything that is reported, each with the field for a question about it."""
        return [{**one, "question": self[f"{ASKED}{one['place']}"]} for one in self.subject]

    def decision(self) -> list[BoundField]:
        return [self["reason"], self["note"]]

    @property
    def accepts(self) -> bool:
        return bool(self.data.get(ACT) == ACCEPT)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = {name.removeprefix(ASKED): said for name, said in cleaned.items() if name.startswith(ASKED)}
        self.questions = {place: said for place, said in asked.items() if said}
        if self.accepts and (self.questions or cleaned.get("note")):
            self.add_error("note", _t("You asked something: return the report, or clear what you asked."))
        if not self.accepts and not cleaned.get("reason"):
            self.add_error("reason", _t("Say why it is returned."))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {
            "reason": self.cleaned_data["reason"],
            "note": self.cleaned_data["note"],
            "questions": self.questions,
        }


def _parts(figure: Figure) -> tuple[tuple[str, str | Promise], ...]:
    return _LEVEL if figure.indicator.scale else _PARTS.get(figure.indicator.method, _ONE_VALUE)


def _may_stay(figure: Figure) -> bool:
    """Can last time's figure be taken over? Only where it is a single one."""
    parts = _parts(figure)
    return len(parts) == 1 and figure.last is not None and getattr(figure.last, parts[0][0]) is not None


def _at(figure: Figure, name: str) -> str:
    """A field's name. By the indicator's key: an indicator that is added meanwhile must not shift the figures."""
    return f"{name}_{figure.indicator.pk}"


def _labelled(figure: Figure, word: str | Promise) -> str:
    """A label that says all by itself: in the list of what is wrong, and where two versions are compared."""
    return _t("%(title)s: %(part)s") % {"title": named(figure.indicator.title), "part": word}


def _want(field: Any) -> Any:
    """A draft may lack it, what is sent may not: so it is not called optional."""
    field.wanted = True
    return field


def _short(field: Any, word: str | Promise) -> Any:
    """What the field is called under the heading of its figure."""
    field.short = word
    return field


def _field(figure: Figure, name: str, word: str | Promise) -> Any:
    label = _labelled(figure, word)
    if name != "level":
        return _short(NumberField(label=label, required=False), word)
    levels = [(level, level) for level in figure.indicator.scale or []]
    choices = [("", _t("No level yet")), *levels]
    return _short(ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect, width=" "), word)


def _with_what_stays(data: Any, figures: Sequence[Figure]) -> Any:
    """What was sent, with last time's figure where “No change” is ticked and nothing is typed."""
    if data is None:
        return None
    settled = data.copy()
    for figure in figures:
        first = _at(figure, _parts(figure)[0][0])
        if data.get(_at(figure, "same")) and not data.get(first) and _may_stay(figure):
            last = getattr(figure.last, _parts(figure)[0][0])
            settled[first] = last if isinstance(last, str) else NumberInput().format_value(last)
    return settled
