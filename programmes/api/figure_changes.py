"""Figures that reviewers changed, as they stand in the row of their report."""

from django.db.models import OuterRef
from rest_framework import serializers

from programmes.domain.vocabulary import ChangeReason, ChangeState
from programmes.models import FigureChange
from ta_portal.api.fields import DayField, FigureField, RowsField, WordField


class FigureChangeRow(serializers.Serializer[FigureChange]):
    """One figure as the ministry reported it (`reported_…`), and as a reviewer accepted it."""

    observation = serializers.UUIDField(source="observation.public_id")
    indicator = serializers.CharField(source="observation.indicator.code")
    disagg = serializers.CharField(source="observation.disagg", help_text="The part; empty for the total.")
    reported_value = FigureField(source="original.value", allow_null=True)
    reported_numerator = FigureField(source="original.numerator", allow_null=True)
    reported_denominator = FigureField(source="original.denominator", allow_null=True)
    reported_weight = FigureField(source="original.weight", allow_null=True)
    reported_level = serializers.CharField(source="original.level", allow_null=True)
    reported_text = serializers.CharField(source="original.text")
    value = FigureField(source="changed.value", allow_null=True)
    numerator = FigureField(source="changed.numerator", allow_null=True)
    denominator = FigureField(source="changed.denominator", allow_null=True)
    weight = FigureField(source="changed.weight", allow_null=True)
    level = serializers.CharField(source="changed.level", allow_null=True)
    text = serializers.CharField(source="changed.text")
    reason = WordField(ChangeReason)
    note = serializers.CharField()
    by = serializers.CharField(source="by.full_name")
    confirm_by = DayField(help_text="Unanswered by the end of this day it counts as confirmed.")
    state = WordField(ChangeState, help_text="What the ministry says. The changed figure counts all the while.")
    answered_by = serializers.CharField(source="answered_by.full_name", allow_null=True)
    answer = serializers.CharField(help_text="What the ministry says against it.")


def changes_field() -> RowsField:
    """The changed figures of a report, in the order in which they were made."""
    return RowsField(
        of=FigureChangeRow(),
        query=FigureChange.objects.filter(report=OuterRef("pk")).order_by("pk"),
        help_text="Figures that a reviewer put in the place of the ministry's.",
    )
