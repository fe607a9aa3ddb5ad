"""Progress reports as their authors and reviewers meet them: which are due, what each asks for, and what it says."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from django.db.models import Case, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from programmes.domain.doubts import LOOKS_BACK, Known
from programmes.domain.periods import Days, year_before
from programmes.domain.reporting import is_asked_for, period_code
from programmes.domain.results import Latest, ratio_factor
from programmes.domain.vocabulary import Direction, Frequency, Method, ReviewState
from programmes.models import Engagement, Indicator, Observation, ProgressReport, ReportingPeriod
from programmes.models.progress import ProgressReportQuerySet
from programmes.selectors.engagements import days_of
from programmes.selectors.results import EVER, indicator_answers
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.errors import NotFound

# Of these the last period says it all.
_STANDS_ALONE = (Method.LATEST, Method.ORDINAL_LATEST)
_PERCENT = 100
_ENDS_WITH_IT = ("period__due", "period__starts", "pk")
_WITH_PEOPLE = ("period__engagement", "submitted_by", "visa_by", "decided_by")


class Sized(Protocol):
    """What is observed, or about to be."""

    @property
    def indicator(self) -> Indicator: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def numerator(self) -> Decimal | None: ...
    @property
    def denominator(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """A report somebody is to write: of the figures that its period asks for, how many are given or explained."""

    report: ProgressReport
    done: int
    asked: int
    begun: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part that an indicator is reported by (`sex=f`): what is said of it now, and what was said last."""

    disagg: str
    now: Observation | None
    last: Observation | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator in one report: what it says now, the accepted values before it, and what is expected.

    It is asked for by the parts that the report has already, and by those of the last period that had any (`split`).
    `needed` is False for an indicator that the period does not ask for and of which there is a figure all the same.
    `so_far` is what all periods come to together, by the indicator's own method: the accepted ones, and this one too
    once it is sent.
    """

    indicator: Indicator
    needed: bool
    now: Observation | None
    parts: Sequence[Observation]
    earlier: Sequence[Observation]
    split: Sequence[Part]
    so_far: Latest
    expected: Fraction | None

    @property
    def last(self) -> Observation | None:
        return self.earlier[-1] if self.earlier else None

    @property
    def known(self) -> Known:
        """What a new figure is compared with before its author is asked whether it is right."""
        row = self.indicator
        sizes = [size for one in self.earlier if (size := size_of(one)) is not None]
        return Known(
            earlier=sizes,
            method=Method(row.method),
            direction=Direction(row.direction),
            is_share=ratio_factor(row.unit) == _PERCENT,
            baseline=None if row.baseline is None or row.scale else Fraction(row.baseline),
            expected=None if row.scale else self.expected,
        )

    @property
    def together(self) -> Fraction | None:
        """What is expected is expected of this, where an indicator puts several periods together; else None."""
        is_put_together = self.indicator.method not in _STANDS_ALONE and self.so_far.used > 1
        return self.so_far.value if is_put_together else None

    @property
    def change_pct(self) -> Fraction | None:
        """From the last value to the new one, in percent; None where one is missing, 0, or a place on a scale."""
        was, now = size_of(self.last), size_of(self.now)
        if was is None or now is None or was == 0 or self.indicator.scale:
            return None
        return (now - was) / abs(was) * 100


def size_of(observation: Sized | None) -> Fraction | None:
    """The figure as one number in the indicator's unit; None for levels, words and what was not reported."""
    if observation is None:
        return None
    if observation.value is not None:
        return Fraction(observation.value)
    if observation.numerator is None or not observation.denominator:
        return None
    factor = ratio_factor(observation.indicator.unit)
    return Fraction(observation.numerator) * factor / Fraction(observation.denominator)


def due_reports(user: User, *, today: dt.date) -> ProgressReportQuerySet:
    """What `user` has to write, by due date, and then what was accepted in the last year."""
    accepted = Q(state=ReviewState.ACCEPTED)
    is_over = Case(When(accepted, then=Value(1)), default=Value(0), output_field=IntegerField())
    found: ProgressReportQuerySet = ProgressReport.objects.permitted(user, Permission.PROGRESS_LOG)
    found = found.filter(~accepted | Q(decided_at__date__gte=year_before(today)))
    return found.select_related(*_WITH_PEOPLE).annotate(is_over=is_over).order_by("is_over", *_ENDS_WITH_IT)


def reports_to_review(user: User) -> ProgressReportQuerySet:
    """What was sent and waits for a decision that `user` may take or see taken, by due date."""
    found: ProgressReportQuerySet = ProgressReport.objects.permitted(user, Permission.PROGRESS_REVIEW)
    found = found.filter(state=ReviewState.SUBMITTED)
    return found.select_related(*_WITH_PEOPLE).order_by(*_ENDS_WITH_IT)


def reports_of(engagement: Engagement) -> ProgressReportQuerySet:
    """An engagement's reports, the last period first."""
    found: ProgressReportQuerySet = ProgressReport.objects.filter(period__engagement=engagement)
    return found.select_related(*_WITH_PEOPLE).order_by("-period__starts")


def report_with_people(report_id: int) -> ProgressReport:
    """A report with its period, its engagement, and who sent and decided. One query."""
    found: ProgressReport = ProgressReport.objects.select_related(*_WITH_PEOPLE).get(pk=report_id)
    return found


def report_at(engagement: Engagement, code: str) -> ProgressReport:
    """The report of the period with this code, with who sent it and who decided. Raises NotFound."""
    for report in reports_of(engagement).select_related(*_WITH_PEOPLE, "updated_by", "created_by"):
        if period_code(report.period.starts, report.period.ends) == code:
            return report
    raise NotFound(_("There is no period {code} in {ref}.").format(code=code, ref=engagement.ref))


def tasks(reports: Sequence[ProgressReport]) -> list[Task]:
    """How far each report is. Two queries, however many."""
    engagements = {report.period.engagement_id for report in reports}
    indicators: dict[int, list[tuple[int, Frequency]]] = defaultdict(list)
    rows = Indicator.objects.filter(engagement__in=engagements)
    for engagement, pk, frequency in rows.values_list("engagement", "pk", "frequency"):
        indicators[engagement].append((pk, Frequency(frequency)))
    said = Observation.objects.filter(report__in=reports, disagg="")
    said = said.filter(Q(reported=True) | ~Q(not_reported_reason=""))
    given = Counter(said.values_list("report", "indicator"))
    return [_task(report, indicators[report.period.engagement_id], given) for report in reports]


def _task(
    report: ProgressReport, indicators: Iterable[tuple[int, Frequency]], given: Mapping[tuple[int, int], int]
) -> Task:
    asked = [pk for pk, frequency in indicators if _asks_for(report.period, frequency)]
    done = sum(1 for pk in asked if (report.pk, pk) in given)
    begun = bool(done or report.done or report.obstacles or report.next_steps)
    return Task(report, done, len(asked), begun)


def _asks_for(period: ReportingPeriod, frequency: str) -> bool:
    return is_asked_for(Frequency(frequency), days_of(period.engagement), Days(period.starts, period.ends))


def figures_of(report: ProgressReport) -> list[Figure]:
    """What the report's period asks for and what it says, by the codes of the indicators. Four queries."""
    period = report.period
    said: dict[int, list[Observation]] = defaultdict(list)
    for row in report.observations.select_related("indicator").order_by("period_start", "disagg"):
        said[row.indicator_id].append(row)
    rows = Indicator.objects.filter(engagement=period.engagement_id).order_by("code")
    asked = {row: _asks_for(period, row.frequency) for row in rows}
    shown = [row for row, needed in asked.items() if needed or row.pk in said]
    earlier = _accepted(shown, before=period.starts)
    engagement = period.engagement_id
    least = "submitted" if report.state == ReviewState.SUBMITTED else "accepted"
    known = indicator_answers([engagement], as_of=period.ends, cut_off=EVER, least_status=least)
    answers = {one.code: one.result for one in known[engagement]}
    return [
        Figure(
            indicator=row,
            needed=asked[row],
            now=next((one for one in said[row.pk] if _is_whole(one, period)), None),
            parts=[one for one in said[row.pk] if not _is_whole(one, period)],
            earlier=[one for one in earlier[row.pk] if not one.disagg],
            split=_split([one for one in said[row.pk] if one.period_start == period.starts], earlier[row.pk]),
            so_far=answers[row.code].latest,
            expected=answers[row.code].expected_now,
        )
        for row in shown
    ]


def _is_whole(observation: Observation, period: ReportingPeriod) -> bool:
    return observation.disagg == "" and observation.period_start == period.starts


def _split(now: Iterable[Observation], earlier: Sequence[Observation]) -> list[Part]:
    said = {one.disagg: one for one in now if one.disagg}
    begun = max((one.period_start for one in earlier if one.disagg), default=None)
    last = {one.disagg: one for one in earlier if one.disagg and one.period_start == begun}
    return [Part(name, said.get(name), last.get(name)) for name in sorted({*said, *last})]


def _accepted(indicators: Sequence[Indicator], *, before: dt.date) -> dict[int, list[Observation]]:
    """Each indicator's accepted figures and parts before the day: the last few of each, the last last."""
    rows = Observation.objects.filter(
        indicator__in=indicators, status=ReviewState.ACCEPTED, reported=True, period_end__lt=before
    )
    newest_first = [F("period_end").desc(), F("period_start").desc()]
    back = Window(RowNumber(), partition_by=["indicator", "disagg"], order_by=newest_first)
    found: dict[int, list[Observation]] = defaultdict(list)
    for row in rows.alias(back=back).filter(back__lte=LOOKS_BACK).select_related("indicator").order_by("-back"):
        found[row.indicator_id].append(row)
    return found


def first_days_to_ask_for(engagement: Engagement) -> dt.date:
    """The day after the last period; the engagement's first day before there is one."""
    last = engagement.periods.order_by("-ends").values_list("ends", flat=True).first()
    return last + dt.timedelta(days=1) if last else days_of(engagement).first


def level_at(indicator: Indicator, place: Fraction | None) -> str | None:
    """The name of a place on the indicator's scale; None where it has none, or the figure is no place on it."""
    scale = indicator.scale or []
    if indicator.method != Method.ORDINAL_LATEST or place is None or place.denominator != 1:
        return None
    return scale[int(place)] if 0 <= place < len(scale) else None
