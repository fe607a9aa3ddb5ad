"""How far a synthetic engagement is: outcomes, indicators with targets, and what was reported and accepted."""

import datetime as dt
import random
from dataclasses import dataclass

from programmes.domain.vocabulary import Frequency, ReviewState
from programmes.models import (
    Indicator,
    IndicatorTarget,
    Observation,
    ObservationRevision,
    Outcome,
    ProgressReport,
    ReportingPeriod,
)
from ta_portal.accounts.models import User
from ta_portal.audit.copying import Tables
from ta_portal.bench.portfolio.course import MONTHS_IN_PERIOD, Course, add_months
from ta_portal.bench.portfolio.engagements import Subject
from ta_portal.bench.portfolio.readings import Reading, Sheet, Trend, catalogue_sheets, own_sheets, parts_of
from ta_portal.bench.portfolio.words import DONE, NEXT, NOT_REPORTED, OBSTACLES, OUTCOMES

INDICATORS = 10
FROM_CATALOGUE = 6
# Per engagement that has begun; with those that have not, twenty for each indicator of the whole portfolio.
OBSERVATIONS = 450

_SUBMITTED_AFTER, _DECIDED_AFTER = dt.timedelta(days=20), dt.timedelta(days=26)
_SILENT, _UNREPORTED, _CORRECTED = 0.04, 0.04, 0.03


@dataclass(frozen=True, slots=True)
class Filed:
    """A quarter's progress report: where it stands and since when it is known."""

    report: int
    first: dt.date
    last: dt.date
    state: ReviewState
    known_at: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often an indicator is reported, in months, and whether in parts."""

    months: int
    in_parts: bool

    @property
    def frequency(self) -> Frequency:
        return {1: Frequency.MONTHLY, 3: Frequency.QUARTERLY, 12: Frequency.YEARLY}[self.months]


class Results:
    def __init__(self, tables: Tables, author: User, approver: User) -> None:
        self._outcomes = tables.of(
            Outcome, "engagement_id", "code", "title", "objective", "assigned_rating", "assigned_reason"
        )
        self._indicators = tables.of(
            Indicator,
            "engagement_id",
            "outcome_id",
            "workstream_id",
            "code",
            "title",
            "catalogue_id",
            "method",
            "direction",
            "unit",
            "frequency",
            "scale",
            "baseline",
            "baseline_level",
            "baseline_on",
            "definition",
            source="Register of the department",
            responsible="Planning unit",
        )
        self._targets = tables.of(IndicatorTarget, "indicator_id", "due", "value", "level", "is_original")
        self._periods = tables.of(ReportingPeriod, "engagement_id", "starts", "ends", "due", "state")
        self._reports = tables.of(
            ProgressReport,
            "period_id",
            "state",
            "done",
            "obstacles",
            "next_steps",
            "submitted_by_id",
            "submitted_at",
            "decided_by_id",
            "decided_at",
        )
        figures = ("value", "numerator", "denominator", "weight", "level")
        self._observations = tables.of(
            Observation,
            "indicator_id",
            "period_start",
            "period_end",
            "disagg",
            "report_id",
            "status",
            "reported",
            "not_reported_reason",
            *figures,
        )
        self._revisions = tables.of(
            ObservationRevision, "observation_id", "seq", "status", "reported", *figures, "known_at", by_id=author.pk
        )
        self._author, self._approver = author.pk, approver.pk
        self._catalogue, self._own = catalogue_sheets(), own_sheets()

    def write(self, dice: random.Random, subject: Subject) -> None:
        filed = [self._file(dice, subject, *period) for period in subject.course.periods()]
        outcomes = [self._outcome(dice, subject, nth, text) for nth, text in enumerate(OUTCOMES, start=1)]
        standard = self._catalogue[subject.area]
        sheets = dice.sample(standard, min(FROM_CATALOGUE, len(standard)))
        sheets += dice.sample(self._own, INDICATORS - len(sheets))
        # Scores are given once a year: first, so that the others know how many rows are left for them.
        sheets.sort(key=lambda sheet: sheet.scale is None)
        reported = [quarter for quarter in filed if quarter.state is not ReviewState.DRAFT]
        left = OBSERVATIONS
        for nth, sheet in enumerate(sheets, start=1):
            rhythm = _rhythm(sheet, left / (INDICATORS - nth + 1) / max(1, len(reported)))
            indicator = self._indicator(subject, nth, sheet, rhythm, outcomes[nth % len(outcomes)])
            self._aim(dice, subject.course, indicator, sheet)
            if dice.random() >= _SILENT:
                left -= self._observe(dice, subject.course, indicator, sheet, rhythm, reported)

    def _file(self, dice: random.Random, subject: Subject, first: dt.date, last: dt.date) -> Filed:
        today = subject.course.today
        state = ReviewState.DRAFT if last >= today else ReviewState.SUBMITTED
        if last + _DECIDED_AFTER < today:
            state = ReviewState.ACCEPTED
        submitted = None if state is ReviewState.DRAFT else f"{min(last + _SUBMITTED_AFTER, today)}T00:00:00Z"
        decided = f"{last + _DECIDED_AFTER}T00:00:00Z" if state is ReviewState.ACCEPTED else None
        period = self._periods.add(
            subject.id, first, last, last + dt.timedelta(days=30), "locked" if decided else "open"
        )
        words = ("", "", "") if submitted is None else (dice.choice(DONE), dice.choice(OBSTACLES), dice.choice(NEXT))
        report = self._reports.add(
            period,
            state.value,
            *words,
            self._author if submitted else None,
            submitted,
            self._approver if decided else None,
            decided,
        )
        return Filed(report, first, last, state, decided or submitted or "")

    def _outcome(self, dice: random.Random, subject: Subject, nth: int, text: str) -> int:
        rating = dice.randint(1, 4) if subject.course.ended and dice.random() < 0.3 else None
        title = text.format(subject=subject.subject)
        reason = "Agreed in the final review." if rating else ""
        return self._outcomes.add(subject.id, f"O{nth}", title[:1].upper() + title[1:], "", rating, reason)

    def _indicator(self, subject: Subject, nth: int, sheet: Sheet, rhythm: Rhythm, outcome: int) -> int:
        scale = sheet.scale
        return self._indicators.add(
            subject.id,
            outcome,
            subject.workstreams[nth % len(subject.workstreams)],
            f"I{nth:02d}",
            sheet.title,
            sheet.catalogue,
            sheet.method,
            sheet.direction,
            sheet.unit,
            rhythm.frequency.value,
            scale,
            None if scale else sheet.baseline,
            scale[sheet.baseline] if scale else None,
            subject.course.starts,
            sheet.definition,
        )

    def _aim(self, dice: random.Random, course: Course, indicator: int, sheet: Sheet) -> None:
        """A target for the end of each year, on a straight line, and a last one for the end; a few were amended."""
        dues = [add_months(course.starts, months) for months in range(12, course.planned_months, 12)]
        for due in [*dues, course.planned_to]:
            part = (
                1.0
                if due == course.planned_to
                else (due - course.starts).days / (course.planned_to - course.starts).days
            )
            goal = sheet.baseline + round((sheet.target - sheet.baseline) * part)
            on = due - dt.timedelta(days=1)
            self._targets.add(indicator, on, *_aimed(sheet, goal), True)
            if due == course.planned_to and not sheet.scale and dice.random() < 0.05:
                self._targets.add(indicator, on, goal - (goal - sheet.baseline) // 5, None, False)

    def _observe(
        self, dice: random.Random, course: Course, indicator: int, sheet: Sheet, rhythm: Rhythm, reported: list[Filed]
    ) -> int:
        """Every period's figure, in total and in parts; says how many rows that made."""
        trend = Trend(dice, sheet, course.planned_months // rhythm.months)
        women, made = dice.randint(30, 60), 0
        for nth, (quarter, first, last) in enumerate(_due(rhythm, reported), start=1):
            if dice.random() < _UNREPORTED:
                made += self._keep(dice, indicator, quarter, first, last, "", None)
                continue
            reading = trend.read(nth)
            made += self._keep(dice, indicator, quarter, first, last, "", reading)
            for part, figures in parts_of(reading, women) if rhythm.in_parts else []:
                made += self._keep(dice, indicator, quarter, first, last, part, figures)
        return made

    def _keep(
        self,
        dice: random.Random,
        indicator: int,
        quarter: Filed,
        first: dt.date,
        last: dt.date,
        part: str,
        reading: Reading | None,
    ) -> int:
        figures = reading or (None,) * 5
        given, state = reading is not None, quarter.state.value
        reason = "" if given else dice.choice(NOT_REPORTED)
        observation = self._observations.add(
            indicator, first, last, part, quarter.report, state, given, reason, *figures
        )
        seq = 1
        if given and figures[0] is not None and not part and dice.random() < _CORRECTED:
            self._revisions.add(observation, 1, "submitted", given, *figures, quarter.known_at)
            seq = 2
        self._revisions.add(observation, seq, state, given, *figures, quarter.known_at)
        return 1


def _rhythm(sheet: Sheet, wanted: float) -> Rhythm:
    """So often that about `wanted` rows come of each quarter."""
    if sheet.scale is not None:
        return Rhythm(12, in_parts=False)
    if wanted >= 6 and sheet.splits:
        return Rhythm(1, in_parts=True)
    if wanted >= 2:
        return Rhythm(3, in_parts=True) if sheet.splits else Rhythm(1, in_parts=False)
    return Rhythm(3, in_parts=False)


def _due(rhythm: Rhythm, reported: list[Filed]) -> list[tuple[Filed, dt.date, dt.date]]:
    """The periods that an indicator of this rhythm is reported for, each within the quarter that carries it."""
    if rhythm.months > MONTHS_IN_PERIOD:
        return [(quarter, quarter.first, quarter.last) for quarter in reported[3::4]]
    found = []
    for quarter in reported:
        first = quarter.first
        while first <= quarter.last:
            after = add_months(first, rhythm.months)
            found.append((quarter, first, min(quarter.last, after - dt.timedelta(days=1))))
            first = after
    return found


def _aimed(sheet: Sheet, goal: int) -> tuple[int | None, str | None]:
    return (None, sheet.scale[min(goal, len(sheet.scale) - 1)]) if sheet.scale else (goal, None)
