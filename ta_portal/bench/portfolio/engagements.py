"""One synthetic engagement and what hangs directly on it: recipients, sectors, steps, milestones, risks."""

import datetime as dt
import random
from dataclasses import dataclass

from programmes.domain.vocabulary import EngagementStatus, Modality
from programmes.models import (
    Engagement,
    EngagementRecipient,
    EngagementSector,
    EngagementTransition,
    Milestone,
    Risk,
    Workstream,
)
from ta_portal.accounts.models import User
from ta_portal.audit.copying import Tables, days
from ta_portal.bench.portfolio.course import Course, add_months
from ta_portal.bench.portfolio.places import Institutions, Place, Plan
from ta_portal.bench.portfolio.words import AREAS, MILESTONES, RISKS, VERBS

_RISKS = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """An engagement as the rest of it needs to know it."""

    id: int
    ref: str
    area: str
    subject: str
    place: Place
    course: Course
    workstreams: list[int]


class Engagements:
    def __init__(self, tables: Tables, prefix: str, author: User) -> None:
        self._institutions = Institutions(tables, prefix)
        self._prefix = prefix
        self._table = tables.of(
            Engagement, "ref", "title", "programme_id", "institution_id", "practice_area_id", "modality", "objective",
            "exit_criteria", "status", "planned", "actual", "publication", sample=True,
        )  # fmt: skip
        self._recipients = tables.of(EngagementRecipient, "engagement_id", "country_id", "pct")
        self._sectors = tables.of(EngagementSector, "engagement_id", "sector_id", "pct")
        self._transitions = tables.of(
            EngagementTransition, "engagement_id", "from_status", "to_status", "at", "reason", by_id=author.pk
        )
        self._workstreams = tables.of(Workstream, "engagement_id", "code", "title")
        self._milestones = tables.of(
            Milestone, "engagement_id", "workstream_id", "code", "title", "due", "done", "rating"
        )
        self._risks = tables.of(
            Risk, "engagement_id", "code", "kind", "title", "likelihood", "impact", "residual_likelihood",
            "residual_impact", "mitigation", "status", "review_on",
        )  # fmt: skip

    def write(self, dice: random.Random, nth: int, plan: Plan, course: Course) -> Subject:
        area, place = AREAS[plan.area], dice.choice(plan.countries)
        subject = dice.choice(area.subjects)
        ref = f"{place.iso3}-{plan.area}-{course.starts.year}-{self._prefix}-{nth:04d}"
        ident = self._table.add(
            ref, f"{dice.choice(VERBS)} {subject} in {place.name}", plan.id,
            self._institutions.of(place, *dice.choice(area.institutions)), plan.area, dice.choice(list(Modality)).value,
            f"By {course.planned_to.year}, the staff carry out {subject} without outside advisers.",
            "Each function is done alone for a year; running costs are in the budget.", course.status.value,
            days(course.starts, course.planned_to), days(course.starts, course.ended) if course.has_begun else None,
            "published" if course.has_begun and nth % 3 == 0 else "internal",
        )  # fmt: skip
        self._share(dice, ident, plan, place)
        self._take_steps(ident, course)
        streams = [
            self._workstreams.add(ident, f"W{number}", title)
            for number, title in enumerate([f"Policy and law: {subject}", f"Systems and skills: {subject}"], start=1)
        ]
        self._set_milestones(dice, ident, course, streams)
        self._see_risks(dice, ident, course)
        return Subject(ident, ref, plan.area, subject, place, course, streams)

    def _share(self, dice: random.Random, ident: int, plan: Plan, place: Place) -> None:
        others = sorted({other.iso2 for other in plan.countries} - {place.iso2})
        if others and dice.random() < 0.1:
            self._recipients.add(ident, place.iso2, "66.6667")
            self._recipients.add(ident, dice.choice(others), "33.3333")
        else:
            self._recipients.add(ident, place.iso2, 100)
        sectors = dice.sample(AREAS[plan.area].sectors, dice.choice([1, 1, 2]))
        for sector, pct in zip(sectors, [100] if len(sectors) == 1 else [60, 40], strict=True):
            self._sectors.add(ident, sector, pct)

    def _take_steps(self, ident: int, course: Course) -> None:
        status = EngagementStatus.PIPELINE
        begins = min(course.starts, course.today)
        for step in course.way:
            on = {
                EngagementStatus.APPRAISAL: begins - dt.timedelta(days=150),
                EngagementStatus.APPROVED: begins - dt.timedelta(days=60),
                EngagementStatus.ACTIVE: course.starts,
                EngagementStatus.SUSPENDED: course.today - dt.timedelta(days=45),
            }.get(step, course.known_to)
            reason = (
                "Agreed with the ministry." if step in {EngagementStatus.SUSPENDED, EngagementStatus.CANCELLED} else ""
            )
            self._transitions.add(ident, status.value, step.value, f"{on}T00:00:00Z", reason)
            status = step

    def _set_milestones(self, dice: random.Random, ident: int, course: Course, streams: list[int]) -> None:
        gap = course.planned_months / len(MILESTONES)
        for number, title in enumerate(MILESTONES, start=1):
            due = add_months(course.starts, round(number * gap)) - dt.timedelta(days=1)
            done = due + dt.timedelta(days=dice.choice([-20, -5, 0, 0, 25, 70]))
            happened = course.has_begun and done < course.known_to and done >= course.starts and dice.random() < 0.93
            stream = streams[number % len(streams)]
            self._milestones.add(
                ident,
                stream,
                f"M{number}",
                title,
                due,
                done if happened else None,
                dice.randint(2, 4) if happened else None,
            )

    def _see_risks(self, dice: random.Random, ident: int, course: Course) -> None:
        for number, (kind, title, mitigation) in enumerate(dice.sample(RISKS, _RISKS), start=1):
            likelihood, impact = dice.randint(1, 5), dice.randint(2, 5)
            self._risks.add(
                ident, f"R{number}", kind, title, likelihood, impact, dice.randint(1, likelihood),
                dice.randint(1, impact), mitigation, "closed" if course.ended else "open",
                course.today + dt.timedelta(days=dice.randint(-20, 120)),
            )  # fmt: skip
