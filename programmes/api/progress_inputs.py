"""What clients send about progress: figures, reports, and what is decided on them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from programmes.api.inputs import EngagementField, text_field
from programmes.domain.vocabulary import ChangeReason, ReturnReason
from programmes.models import Indicator, Observation, ProgressReport
from programmes.services.figure_changes import NewFigure
from ta_portal.api.fields import DayField
from ta_portal.api.inputs import FigureInput, Input, OneOf, OneWord


class ObservationChange(Input):
    value = FigureInput(allow_null=True, required=False)
    numerator = FigureInput(allow_null=True, required=False)
    denominator = FigureInput(allow_null=True, required=False)
    weight = FigureInput(allow_null=True, required=False)
    level = serializers.CharField(max_length=60, allow_null=True, required=False)
    text = text_field()
    not_reported_reason = text_field()
    source = text_field(300)  # type: ignore[assignment]


class ObservationInput(ObservationChange):
    """One figure in a progress report that is open. Nothing given means not reported, which is not zero."""

    progress_report = OneOf(ProgressReport, by="public_id")
    indicator = OneOf(Indicator, within="engagement")
    period_start = DayField(source="starts", required=False, help_text="The report's own period by default.")
    period_end = DayField(source="ends", required=False)
    disagg = text_field(200, help_text="The part, such as `sex=f`; empty for the total.")

    def engagement_of(self, values: Mapping[str, Any]) -> int | None:
        found: int = values["progress_report"].period.engagement_id
        return found


class PeriodInput(Input):
    """A stretch of days that progress is asked for; it shares none with another of the engagement."""

    engagement = EngagementField()
    period_start = DayField(source="starts")
    period_end = DayField(source="ends")
    due = DayField(required=False, help_text="30 days after the last day by default.")
    places = {"starts": "period_start", "ends": "period_end"}


class ReportChange(Input):
    language = serializers.CharField(
        max_length=10,
        required=False,
        allow_blank=True,
        help_text="Of its texts: en, fr, es, pt or ar.",
    )
    done = text_field()
    obstacles = text_field()
    next_steps = text_field()


class ReturnInput(Input):
    """Why a report is given back: a note, or questions; one of the two is needed."""

    reason = OneWord(ReturnReason, required=False)
    note = text_field(5000, help_text="What should be mended.")
    questions = serializers.DictField(
        child=serializers.CharField(max_length=2000),
        required=False,
        help_text="By place, an indicator's code, `done`, `obstacles` or `next_steps`: what is asked there.",
    )


class DueInput(Input):
    due = DayField(help_text="After the period's last day.")
    reason = serializers.CharField(help_text="Why; it stays on record.")


class ReopenInput(Input):
    reason = serializers.CharField(help_text="What should be corrected; its authors read it.")


class VisaRefusal(Input):
    note = serializers.CharField(max_length=5000, help_text="What should be mended.")


class ReplacementInput(Input):
    person = serializers.EmailField(max_length=254, help_text="Who decides instead, by their address.")
    reason = serializers.CharField(max_length=2000, help_text="Why; it stays on record.")


class NewFigureInput(Input):
    """One figure as it should read, and what was wrong with it; what is left out of a figure stays as reported."""

    observation = OneOf(Observation, by="public_id")
    value = FigureInput(allow_null=True, required=False)
    numerator = FigureInput(allow_null=True, required=False)
    denominator = FigureInput(allow_null=True, required=False)
    weight = FigureInput(allow_null=True, required=False)
    level = serializers.CharField(max_length=60, allow_null=True, required=False)
    text = text_field()
    reason = OneWord(ChangeReason)
    note = serializers.CharField(max_length=2000, help_text="Why, in words; the ministry reads it.")


class ChangesInput(Input):
    changes = serializers.ListField(child=NewFigureInput(), min_length=1, max_length=1000)

    def validate_changes(self, given: list[Mapping[str, Any]]) -> list[NewFigure]:
        return [_new_figure(**one) for one in given]


class DisputeInput(Input):
    objections = serializers.DictField(
        child=serializers.CharField(max_length=2000),
        help_text="By the indicator's code: what is wrong with the changed figure. Others are confirmed.",
    )


def _new_figure(observation: Observation, reason: ChangeReason, note: str, **figures: Any) -> NewFigure:
    return NewFigure(observation, figures, reason, note)
