"""Experts, and when each of them is free: nobody is ever booked for more than one full-time job."""

import datetime as dt
import heapq
import random
from dataclasses import dataclass
from decimal import Decimal

from experts.domain.vocabulary import DeploymentStatus, ExpertKind
from experts.models import Deployment, Expert, ExpertPerson, RateCard
from programmes.domain.vocabulary import EngagementStatus, Modality
from ta_portal.audit.copying import Tables, days
from ta_portal.bench.portfolio.course import Course, add_months, months_between
from ta_portal.bench.portfolio.rates import YEARS
from ta_portal.bench.portfolio.words import AREAS, FAMILY_NAMES, GIVEN_NAMES

DEPLOYMENTS = 5
WORKING_DAYS_IN_MONTH = 21
# How a job is shared, and how many such jobs make a full one.
_SHARES = [
    ("1.00", 1, Modality.RESIDENT),
    ("0.50", 2, Modality.HYBRID),
    ("0.25", 4, Modality.PERIPATETIC),
    ("0.20", 5, Modality.MISSION),
    ("0.20", 5, Modality.REMOTE),
]
_KINDS = [ExpertKind.INTERNATIONAL, ExpertKind.INTERNATIONAL, ExpertKind.REGIONAL, ExpertKind.NATIONAL]
_DAY_RATES = {ExpertKind.INTERNATIONAL: (650, 1100), ExpertKind.REGIONAL: (400, 650), ExpertKind.NATIONAL: (150, 350)}


@dataclass(frozen=True, slots=True)
class Posting:
    """A deployment as the budget needs it: its number, days, a day's rate in dollars and who it is."""

    id: int
    planned_days: int
    day_rate: int
    role: str


class People:
    """Whoever is free in the area takes the next job; where nobody is, somebody new is taken on."""

    def __init__(self, tables: Tables, prefix: str, first_code: int, today: dt.date) -> None:
        self._experts = tables.of(Expert, "code", "source_code", "kind", source=f"generated:{prefix}")
        self._persons = tables.of(ExpertPerson, "expert_id", "name", "role")
        self._cards = tables.of(RateCard, "expert_id", "during", "amount", currency_id="USD")
        self._deployments = tables.of(
            Deployment,
            "engagement_id",
            "code",
            "expert_id",
            "workstream_id",
            "modality",
            "during",
            "fte",
            "planned_days",
            "days_brought_forward",
            "status",
        )
        self._prefix, self._next_code, self._since = prefix, first_code, add_months(today, -12 * YEARS)
        # (free from, number, day rate) of each share of a job, by area and share.
        self._free: dict[tuple[str, str], list[tuple[dt.date, int, int]]] = {}

    def deploy(
        self, dice: random.Random, engagement: int, area: str, course: Course, workstreams: list[int]
    ) -> list[Posting]:
        found = []
        for nth, (fte, parts, modality) in enumerate(_SHARES, start=1):
            first, after = _stretch(dice, course, nth)
            expert, rate = self._book(dice, area, fte, parts, first, after)
            planned = round(months_between(first, after) * WORKING_DAYS_IN_MONTH * Decimal(fte))
            status = _status(course, first, after)
            before = planned // 10 if status is DeploymentStatus.COMPLETED and dice.random() < 0.5 else 0
            ident = self._deployments.add(
                engagement,
                f"D{nth}",
                expert,
                workstreams[nth % len(workstreams)],
                modality.value,
                days(first, after),
                Decimal(fte),
                planned,
                before,
                status.value,
            )
            found.append(Posting(ident, planned, rate, AREAS[area].roles[nth % len(AREAS[area].roles)]))
        return found

    def _book(
        self, dice: random.Random, area: str, fte: str, parts: int, first: dt.date, after: dt.date
    ) -> tuple[int, int]:
        free = self._free.setdefault((area, fte), [])
        if not free or free[0][0] > first:
            expert, rate = self._take_on(dice, area)
            for _ in range(parts):
                heapq.heappush(free, (self._since, expert, rate))
        _, expert, rate = heapq.heapreplace(free, (after, free[0][1], free[0][2]))
        return expert, rate

    def _take_on(self, dice: random.Random, area: str) -> tuple[int, int]:
        kind = dice.choice(_KINDS)
        rate = dice.randrange(*_DAY_RATES[kind], 10)
        expert = self._experts.add(f"E-{self._next_code:04d}", f"X-{self._experts.count + 1:05d}", kind.value)
        self._next_code += 1
        name = f"{dice.choice(GIVEN_NAMES)} {dice.choice(FAMILY_NAMES)}"
        self._persons.add(expert, name, dice.choice(AREAS[area].roles))
        self._cards.add(expert, days(self._since, None), rate)
        return expert, rate


def _stretch(dice: random.Random, course: Course, nth: int) -> tuple[dt.date, dt.date]:
    """The first day of a deployment and the day after its last; the first one spans the whole engagement."""
    length = max(2, months_between(course.starts, course.ends))
    start = 0 if nth == 1 else dice.randint(0, length // 2)
    return add_months(course.starts, start), add_months(
        course.starts, length if nth == 1 else dice.randint(start + 1, length)
    )


def _status(course: Course, first: dt.date, after: dt.date) -> DeploymentStatus:
    if course.status is EngagementStatus.CANCELLED and after > course.known_to:
        return DeploymentStatus.CANCELLED
    if not course.has_begun:
        return DeploymentStatus.PROPOSED
    if after <= course.today:
        return DeploymentStatus.COMPLETED
    return DeploymentStatus.IN_FIELD if first <= course.today else DeploymentStatus.CONFIRMED
