"""What a scenario says, as frozen values: whatever reaches these is of the right kind and refers to what exists in it.

`place` is where in the file a part stands, for messages; it is no part of what is said.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from costing.domain.vocabulary import Category, LineStatus, Outside
from evaluations.domain.vocabulary import Criterion, EvaluationKind
from experts.domain.vocabulary import ExpertKind
from programmes.domain.vocabulary import (
    Direction,
    EngagementStatus,
    Frequency,
    Instrument,
    Method,
    Modality,
    OrganisationKind,
    RiskKind,
    RiskStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryPart(Part):
    iso2: str
    iso3: str | None
    name: str
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorPart(Part):
    code: str
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkstreamPart(Part):
    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementPart(Part):
    ref: str
    title: str
    area: str | None
    counterpart: str | None
    start: dt.date
    end: dt.date
    status: EngagementStatus
    iati_id: str | None
    sectors: tuple[SectorPart, ...]
    aid_type: str | None
    finance_type: str | None
    flow_type: str | None
    tied_status: str | None
    objective: str
    workstreams: tuple[WorkstreamPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Part):
    on: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPart(Part):
    code: str
    name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorPart(OrganisationPart):
    instrument: Instrument
    currency: str
    committed: Decimal
    received: tuple[Payment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRate(Part):
    """To the base currency: amount times this, exactly as written."""

    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Part):
    """1 `base` = `value` `quote`, from the first of the month."""

    on: dt.date
    base: str
    quote: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertPart(Part):
    code: str
    name: str
    role: str
    kind: ExpertKind
    currency: str | None
    daily_rate: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentPart(Part):
    code: str
    expert: str
    workstream: str | None
    mode: Modality
    start: dt.date
    end: dt.date
    fte: Decimal
    planned_days: Decimal
    actual_days: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLinePart(Part):
    code: str
    category: Category | None
    outside: Outside | None
    workstream: str | None
    description: str
    donor: str | None
    currency: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    amount: Decimal | None
    planned_on: dt.date
    deployment: str | None
    status: LineStatus
    actuals: tuple[Payment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Part):
    """A baseline or a target: a number, or a level of an ordinal's scale."""

    on: dt.date | None
    value: Decimal | None
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationPart(Part):
    starts: dt.date
    ends: dt.date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    weight: Decimal | None
    level: str | None
    by_part: Mapping[str, Decimal | None]

    @property
    def reported(self) -> bool:
        return any(given is not None for given in (self.value, self.numerator, self.level))


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPart(Part):
    code: str
    title: str
    workstream: str | None
    outcome: str | None
    catalogue: str | None
    unit: str
    method: Method
    direction: Direction
    frequency: Frequency
    scale: tuple[str, ...] | None
    baseline: Figure | None
    targets: tuple[Figure, ...]
    observations: tuple[ObservationPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePart(Part):
    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonePart(Part):
    code: str
    title: str
    workstream: str | None
    due: dt.date
    done: dt.date | None
    rating: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPart(Part):
    code: str
    kind: RiskKind
    title: str
    likelihood: int
    impact: int
    residual_likelihood: int | None
    residual_impact: int | None
    mitigation: str
    status: RiskStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsidePart(Part):
    """An engagement of others in the same field."""

    code: str
    donor: str
    title: str
    country: str
    counterpart: str
    start: dt.date
    end: dt.date | None
    sectors: tuple[str, ...]
    budget: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPart(Part):
    kind: EvaluationKind
    on: dt.date
    scale: str
    lowest: int
    points: int
    ratings: Mapping[Criterion, int]
    recommendations: int
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionPart(Part):
    name: str
    weight: Decimal
    start: int | None
    mid: int | None
    final: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    name: str
    base_currency: str
    country: CountryPart
    engagement: EngagementPart
    donors: tuple[DonorPart, ...]
    administrator: OrganisationPart | None
    budget_rates: tuple[BudgetRate, ...]
    quotes: tuple[Quote, ...]
    experts: tuple[ExpertPart, ...]
    deployments: tuple[DeploymentPart, ...]
    cost_lines: tuple[CostLinePart, ...]
    outcomes: tuple[OutcomePart, ...]
    outcome_objective: str
    indicators: tuple[IndicatorPart, ...]
    milestones: tuple[MilestonePart, ...]
    risks: tuple[RiskPart, ...]
    others: tuple[OutsidePart, ...]
    evaluations: tuple[EvaluationPart, ...]
    dimensions: tuple[DimensionPart, ...]
    # What no column takes, by its place: kept with the engagement, and told at load.
    not_mapped: Mapping[str, Any]
