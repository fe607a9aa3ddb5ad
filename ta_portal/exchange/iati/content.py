"""What an IATI activity says, as frozen values: what reaches these is of the right kind.

`place` is where in the file a part stands, for messages; it is no part of what is said.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from costing.domain.vocabulary import EntryKind
from programmes.domain.vocabulary import Direction, EngagementStatus, OrganisationKind
from ta_portal.exchange.scenario.content import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPart(Part):
    """Known by its reference where it has one, else by its name. `role` is 1 to 4, or 0 for who reports."""

    role: str
    ref: str | None
    name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePart(Part):
    """A share of the whole in percent, of a country, a region or a sector."""

    code: str
    percent: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesPart(Part):
    planned_from: dt.date
    planned_to: dt.date | None
    actual_from: dt.date | None
    actual_to: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionPart(Part):
    """Money promised, spent or received. `number` is its place among the transactions of the file."""

    number: int
    ref: str | None
    kind: EntryKind
    on: dt.date
    amount: Decimal
    currency: str
    description: str
    provider: tuple[str | None, str]
    finance_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPart(Part):
    """What is planned for some days; a revised one stands for the original of the same days."""

    code: str
    starts: dt.date
    ends: dt.date
    amount: Decimal
    currency: str
    revised: bool
    committed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualPart(Part):
    """What was observed in a period, in total or for a part; nothing given means not reported."""

    starts: dt.date
    ends: dt.date
    disagg: str
    value: Decimal | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPart(Part):
    due: dt.date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Part):
    """A baseline or a target that is no number: on a day where it has one."""

    on: dt.date | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPart(Part):
    code: str
    title: str
    description: str
    measure: str
    direction: Direction
    baseline: Decimal | None
    baseline_on: dt.date | None
    targets: tuple[TargetPart, ...]
    baseline_in_words: Words | None
    targets_in_words: tuple[Words, ...]
    actuals: tuple[ActualPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPart(Part):
    code: str
    kind: str
    title: str
    description: str
    indicators: tuple[IndicatorPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Part):
    identifier: str
    language: str
    currency: str
    titles: tuple[tuple[str, str], ...]
    descriptions: tuple[tuple[str, str, str], ...]
    reporting: OrganisationPart
    organisations: tuple[OrganisationPart, ...]
    status: EngagementStatus
    iati_status: str
    dates: DatesPart
    countries: tuple[SharePart, ...]
    regions: tuple[SharePart, ...]
    sectors: tuple[SharePart, ...]
    aid_type: str | None
    finance_type: str | None
    flow_type: str | None
    tied_status: str | None
    transactions: tuple[TransactionPart, ...]
    budgets: tuple[BudgetPart, ...]
    results: tuple[ResultPart, ...]
    # What no column takes, by kind: how often, and what it said where that is small.
    left_out: Mapping[str, int]
    kept: Mapping[str, Any]
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def title(self) -> str:
        return self.titles[0][1]

    @property
    def objective(self) -> str:
        """Its objectives where it states them apart (type 2), else its general description."""
        by_kind = {kind: text for kind, _language, text in reversed(self.descriptions)}
        return next((by_kind[kind] for kind in ("2", "1", "3", "4") if kind in by_kind), "")
