"""The words of deployments."""

from enum import StrEnum


class ExpertKind(StrEnum):
    INTERNATIONAL = "international"
    REGIONAL = "regional"
    NATIONAL = "national"


class DeploymentStatus(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    IN_FIELD = "in_field"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


# These occupy an expert: on no day may they add up to more than one full-time equivalent.
COUNTS_AS_LOAD = (DeploymentStatus.CONFIRMED, DeploymentStatus.IN_FIELD, DeploymentStatus.COMPLETED)

# Working days in a person-month, the convention of the field.
DAYS_PER_PERSON_MONTH = 21

_S = DeploymentStatus
DEPLOYMENT_STEPS: dict[DeploymentStatus, frozenset[DeploymentStatus]] = {
    _S.PROPOSED: frozenset({_S.CONFIRMED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.IN_FIELD, _S.CANCELLED}),
    _S.IN_FIELD: frozenset({_S.COMPLETED, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}
