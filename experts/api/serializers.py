"""What REST shows of who goes where and when. Rates are in none of it."""

from rest_framework import serializers

from experts.domain.vocabulary import DeploymentStatus, ExpertKind
from programmes.domain.vocabulary import Modality
from ta_portal.api.fields import CountField, DayField, FigureField, FirstDayField, LastDayField, WordField
from ta_portal.api.rows import Row

_WITHHELD = "Null where you may not know it: days by person need the permission rate.view."


class ExpertRow(Row):
    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    source_code = serializers.CharField(allow_null=True, help_text="What a loaded file calls them.")
    name = serializers.CharField(source="person.name", allow_null=True)
    role = serializers.CharField(source="person.role", allow_null=True)
    kind = WordField(ExpertKind)
    grade = serializers.CharField(source="grade.code", allow_null=True)
    updated_at = serializers.DateTimeField()


class DeploymentRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    code = serializers.CharField()
    expert = serializers.CharField(source="expert.code")
    position = serializers.CharField(source="position.code", allow_null=True)
    workstream = serializers.CharField(source="workstream.code", allow_null=True)
    modality = WordField(Modality)
    status = WordField(DeploymentStatus)
    first_day = FirstDayField(source="during")
    last_day = LastDayField(source="during", allow_null=True)
    fte = FigureField()
    planned_days = FigureField(allow_null=True, help_text=_WITHHELD)
    days_brought_forward = FigureField(allow_null=True, help_text=_WITHHELD)
    updated_at = serializers.DateTimeField()


class ExpertSummaryShape(serializers.Serializer[dict[str, object]]):
    """One expert's time on an engagement. What the caller may not know is null, and `withheld` says why."""

    deployments = CountField()
    planned_days = FigureField(allow_null=True)
    actual_days = FigureField(allow_null=True)
    person_months = FigureField(allow_null=True, help_text="Actual days ÷ 21.")
    daily_rate = FigureField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    planned_cost_native = FigureField(allow_null=True)
    actual_cost_native = FigureField(allow_null=True)
    withheld = serializers.CharField(allow_null=True)


class TotalDaysShape(serializers.Serializer[dict[str, object]]):
    planned = FigureField()
    actual = FigureField()


class OverloadShape(serializers.Serializer[dict[str, object]]):
    """Days on which one expert's deployments here run side by side."""

    expert = serializers.CharField()
    deployments = serializers.ListField(child=serializers.CharField())
    first_day = DayField()
    last_day = DayField(allow_null=True)
    peak_fte = FigureField()


class DeploymentSummaryShape(serializers.Serializer[dict[str, object]]):
    engagement = serializers.CharField()
    experts = serializers.DictField(child=ExpertSummaryShape())
    total_days = TotalDaysShape(allow_null=True)
    overlaps = serializers.ListField(child=OverloadShape())
