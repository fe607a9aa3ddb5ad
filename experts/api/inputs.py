"""What REST takes of who goes where and when."""

from experts.domain.vocabulary import DeploymentStatus
from experts.models import Expert, Position
from programmes.api.inputs import EngagementField, code_field
from programmes.domain.vocabulary import Modality
from programmes.models import Workstream
from ta_portal.api.fields import DayField
from ta_portal.api.inputs import FigureInput, Input, OneOf, OneWord


class DeploymentChange(Input):
    code = code_field()
    position = OneOf(Position, within="engagement", allow_null=True, required=False)
    workstream = OneOf(Workstream, within="engagement", allow_null=True, required=False)
    modality = OneWord(Modality)
    first_day = DayField()
    last_day = DayField(allow_null=True)
    fte = FigureInput(max_digits=3, decimal_places=2, help_text="Above 0, at most 1.")
    planned_days = FigureInput(max_digits=14)
    days_brought_forward = FigureInput(max_digits=14, required=False)


class DeploymentInput(DeploymentChange):
    engagement = EngagementField()
    expert = OneOf(Expert)
    status = OneWord(DeploymentStatus, required=False)


class DeploymentStatusInput(Input):
    to = OneWord(DeploymentStatus)
