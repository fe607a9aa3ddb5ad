"""The forms around a report: a period is opened, and what was reported is decided on."""

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import ReturnReason
from programmes.forms.report import ACT
from programmes.selectors.progress import first_days_to_ask_for
from programmes.services.progress import DAYS_TO_REPORT
from programmes.words import RETURN_REASONS
from ta_portal.ui.fields import DayField, ProseField, TextField, WordField
from ta_portal.ui.forms import PortalForm

ACCEPT = "accept"
ASKED = "question_"
MONTHS_OF_A_PERIOD = 3
_REVIEWERS_REASONS = {reason: word for reason, word in RETURN_REASONS.items() if reason != ReturnReason.DISPUTED}


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


class DueDateForm(PortalForm):
    """More time, or less, for one report."""

    due = DayField(label=_("Due on"))
    reason = ProseField(label=_("Why"), rows=2, max_length=2000, help_text=_("It stays on record."))

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        return {**super().initial_of(row), "due": self.subject.due}


class ReopenForm(PortalForm):
    """Why an accepted report is opened again."""

    reason = ProseField(
        label=_("What should be corrected"),
        rows=3,
        max_length=5000,
        help_text=_("Its authors read it. What was accepted goes on counting until a corrected report is accepted."),
    )


class ReviewForm(PortalForm):
    """What is decided on a report: accepted as it is, or given back with what is asked.

    `subject` is its figures and its texts as they are shown: each has a `place`, and a `title`.
    """

    reason = WordField(ReturnReason, _REVIEWERS_REASONS, label=_("Why it is returned"), required=False)
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
