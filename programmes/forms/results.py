"""Forms for the results framework: workstreams and milestones, outcomes, indicators with their targets."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import BaselineKind, Direction, Frequency, Method, Window
from programmes.models import CatalogueIndicator, Indicator, IndicatorTarget, Outcome, Workstream
from programmes.services.amendments import is_agreed_on
from programmes.services.results import Target
from programmes.words import BASELINE_KINDS, DIRECTIONS, FREQUENCIES, METHODS, WINDOWS, named
from ta_portal.ui.fields import (
    CodeInputField,
    DayField,
    FigureField,
    NumberField,
    NumberInput,
    ProseField,
    RowField,
    TextField,
    WholeField,
    WordField,
)
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.lines import Lines
from ta_portal.ui.shares import choice_of


class WorkstreamForm(PortalForm):
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: WS1."))
    title = forms.CharField(label=_("Title"), max_length=300)


class MilestoneForm(PortalForm):
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: M01."))
    title = forms.CharField(label=_("Title"), max_length=300, help_text=_("An event that either happens or does not."))
    workstream = RowField(label=_("Workstream"), required=False)
    due = DayField(label=_("Due on"))
    done = DayField(label=_("Done on"), required=False)
    rating = WholeField(
        label=_("Rating"), least=1, most=4, required=False, help_text=_("How fully: 1 not achieved, 4 fully.")
    )

    def offer(self) -> None:
        _offer_rows(self, "workstream", Workstream)


class OutcomeForm(PortalForm):
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: O1."))
    title = forms.CharField(label=_("Outcome"), max_length=500, help_text=_("The change of capacity that is wanted."))
    objective = ProseField(label=_("Objective"), required=False, rows=3)
    weight = NumberField(label=_("Weight"), help_text=_("1 for all, unless some count more."))

    def initial_of_new(self) -> dict[str, Any]:
        return {"weight": 1}


def _offer_rows(form: PortalForm, name: str, model: type[Workstream] | type[Outcome]) -> None:
    """Only what belongs to the engagement of the form."""
    choice_of(form, name).queryset = model._default_manager.filter(engagement=form.subject).order_by("code")


def _target_day(number: int, **place: Any) -> DayField:
    return DayField(label=_t("Target %(number)s: by") % {"number": number}, width="side", **place)


def _target_value(number: int, **place: Any) -> FigureField:
    label = _t("Target %(number)s: should be") % {"number": number}
    return FigureField(label=label, max_length=60, width="lead", **place)


# Where the indicator should stand by a day.
TARGETS = Lines("target", {"due": _target_day, "value": _target_value}, fewest=4, most=40)


class IndicatorForm(PortalForm):
    """An indicator of the catalogue, or its own. What is left open is taken from the catalogue's."""

    catalogue = RowField(
        label=_("From the catalogue"),
        required=False,
        help_text=_("Title, definition, unit, method and direction come from it where you leave them open."),
    )
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: I01."))
    title = forms.CharField(label=_("Title"), max_length=500, required=False)
    outcome = RowField(label=_("Shows the outcome"), required=False)
    workstream = RowField(label=_("Workstream"), required=False)
    definition = ProseField(label=_("Definition"), required=False, rows=3)
    unit = TextField(label=_("Unit"), max_length=120, required=False, help_text=_("percent, people, days …"))
    method = WordField(Method, METHODS, label=_("How periods are put together"), required=False)
    window = WordField(Window, WINDOWS, label=_("Over"), required=False, empty=_("As usual for the method"))
    direction = WordField(Direction, DIRECTIONS, label=_("Direction"), required=False)
    frequency = WordField(Frequency, FREQUENCIES, label=_("Asked for"))
    weight = NumberField(label=_("Weight"), help_text=_("1 for all, unless some count more."))
    scale = forms.CharField(
        label=_("Scale"),
        required=False,
        max_length=600,
        help_text=_("For a level only: from the lowest up, with commas between: D, D+, C, C+, B, B+, A."),
    )
    baseline = FigureField(label=_("Baseline"), width="short", required=False, max_length=60)
    baseline_on = DayField(label=_("Baseline on"), required=False)
    baseline_kind = WordField(BaselineKind, BASELINE_KINDS, label=_("What the baseline is"))
    source = ProseField(label=_("Source"), required=False, rows=2)
    responsible = TextField(label=_("Responsible unit"), max_length=300, required=False)
    assumptions = ProseField(label=_("Assumptions"), required=False, rows=2)

    places = {"targets": "target_1_due", "baseline_level": "baseline", "time_window": "window"}

    def offer(self) -> None:
        engagement, row = self.subject, self.row
        _offer_rows(self, "outcome", Outcome)
        _offer_rows(self, "workstream", Workstream)
        catalogue = choice_of(self, "catalogue")
        catalogue.queryset = _catalogue_for(engagement)
        catalogue.said = _in_words
        standing = targets_of(row) if isinstance(row, Indicator) else []
        targets = TARGETS.add_to(self, [{"due": one.due, "value": _written(one)} for one in standing])
        agreed_on = row is not None and is_agreed_on(engagement)
        self.groups = (
            (_("What is measured"), ("catalogue", "code", "title", "definition", "unit", "outcome", "workstream")),
            (_("How"), ("method", "window", "direction", "frequency", "weight", "scale")),
            (_("From where"), ("baseline", "baseline_on", "baseline_kind")),
            (_("To where"), tuple(targets)),
            (_("Who knows"), ("source", "responsible", "assumptions")),
            *([(_("The change"), ("reason",))] if agreed_on else []),
        )
        if agreed_on:
            self.fields["reason"] = ProseField(
                label=_("Why the targets change"),
                required=False,
                rows=2,
                help_text=_("Asked for where a target changes: the original stays beside it."),
            )

    def initial_of_new(self) -> dict[str, Any]:
        return {"weight": 1, "frequency": Frequency.QUARTERLY, "baseline_kind": BaselineKind.STOCK}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        assert isinstance(row, Indicator)  # noqa: S101 - for the type checker
        baseline = row.baseline_level if row.scale else row.baseline
        return {
            **super().initial_of(row),
            "window": row.time_window,
            "scale": ", ".join(row.scale or []),
            "baseline": baseline
            if isinstance(baseline, str) or baseline is None
            else NumberInput().format_value(baseline),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._from_catalogue(cleaned)
        cleaned["scale"] = [level.strip() for level in (cleaned.get("scale") or "").split(",") if level.strip()] or None
        for name in ("title", "method", "direction"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _t("Give it here, or choose an indicator of the catalogue."))
        self.targets = self._targets(cleaned)
        text = (cleaned.pop("baseline", "") or "").strip()
        cleaned["baseline_level"] = text if text and cleaned["scale"] else None
        cleaned["baseline"] = self.number("baseline", text) if text and not cleaned["scale"] else None
        return cleaned

    def values(self) -> dict[str, Any]:
        kept = TARGETS.without(super().values())
        if self.row is not None:
            kept["time_window"] = kept.pop("window")
        return {**kept, "targets": self.targets}

    def _targets(self, cleaned: Mapping[str, Any]) -> list[Target]:
        """The targets as given; a level where the indicator has a scale, else a number in the reader's writing."""
        found = []
        for number, values in TARGETS.given(self, cleaned):
            due, text = values["due"], (values["value"] or "").strip()
            if due is None or not text:
                place = TARGETS.field(number, "due")
                # What is no day was said to be none.
                if place not in self.errors:
                    self.add_error(place, _t("A target has a day and a value."))
            elif cleaned.get("scale"):
                found.append(Target(due, level=text))
            elif (value := self.number(TARGETS.field(number, "value"), text)) is not None:
                found.append(Target(due, value=value))
        return found

    def number(self, name: str, text: str) -> Decimal | None:
        """A number out of a field that may hold a level; what is none is said at the field."""
        field = self.fields[name]
        assert isinstance(field, FigureField)  # noqa: S101 - for the type checker
        try:
            return field.number(text)
        except forms.ValidationError as wrong:
            self.add_error(name, wrong)
            return None

    def _from_catalogue(self, cleaned: dict[str, Any]) -> None:
        chosen = cleaned.get("catalogue")
        if chosen is None:
            return
        for name, value in {
            "title": chosen.title,
            "definition": chosen.definition,
            "unit": chosen.unit,
            "method": Method(chosen.method),
            "direction": Direction(chosen.direction),
        }.items():
            cleaned[name] = cleaned.get(name) or value


def targets_of(indicator: Indicator) -> list[IndicatorTarget]:
    """The targets that count, by date: a revised one stands for the original of its day."""
    standing = {target.due: target for target in indicator.targets.order_by("due", "-is_original")}
    return list(standing.values())


def _in_words(row: Any) -> str:
    return f"{row.code} {named(row.title)}"


def _written(target: IndicatorTarget) -> str | None:
    return target.level if target.value is None else NumberInput().format_value(target.value)


def _catalogue_for(engagement: Any) -> models.QuerySet[CatalogueIndicator]:
    """The catalogue of the engagement's practice area; all of it where none is given yet."""
    rows = CatalogueIndicator.objects.order_by("code")
    return rows.filter(area=engagement.practice_area_id) if engagement.practice_area_id else rows
