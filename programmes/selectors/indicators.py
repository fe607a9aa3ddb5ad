"""One indicator with all that was ever said of it, and what of that makes its latest value."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from programmes.domain import results
from programmes.domain.figure_changes import state_at
from programmes.domain.pace import expected_value
from programmes.domain.periods import Days
from programmes.domain.results import IndicatorAnswer, IndicatorResult
from programmes.domain.vocabulary import ChangeState, Direction, Frequency, Method, ReviewState, Window
from programmes.models import Engagement, FigureChange, Indicator, IndicatorTarget, Observation, ObservationRevision
from programmes.selectors.engagements import days_of
from programmes.selectors.known import known_engagement, known_indicator, known_targets
from programmes.selectors.results import engagement_results
from ta_portal.errors import NotFound


@dataclass(frozen=True, slots=True)
class Told:
    """One period: the row with its revisions, the figures that were known and accepted, and whether they count.

    `change`: they are a reviewer's in the place of the ministry's, and how that stood with the ministry.
    """

    observation: Observation
    figures: results.Observation
    counts: bool
    change: ChangeState | None


@dataclass(frozen=True, slots=True)
class IndicatorStory:
    """`answer` comes from SQL, as every page shows it; `again` is worked out anew from `told` alone."""

    indicator: Indicator
    sheet: results.Indicator
    answer: IndicatorAnswer
    again: IndicatorResult
    told: Sequence[Told]
    parts: Sequence[Told]
    targets: Sequence[IndicatorTarget]
    running: Days

    def expected_on(self, day: dt.date) -> object:
        """Where the indicator should have stood on a day; None where nothing was due."""
        return expected_value(
            results.targets_in_force(self.sheet),
            baseline=self.again.baseline,
            baseline_on=self.sheet.baseline_on or self.running.first,
            as_of=day,
            in_steps=self.sheet.method is Method.ORDINAL_LATEST,
        ).value


def indicator_story(
    engagement: Engagement, code: str, *, as_of: dt.date, cut_off: dt.datetime, least_status: str = "accepted"
) -> IndicatorStory:
    """Everything about one indicator, as known at `cut_off`. As many queries, however much was observed.

    Raises NotFound for no such code.
    """
    indicator = known_indicator(engagement, code, cut_off)
    if indicator is None:
        raise NotFound(_("There is no indicator {code} in {ref}.").format(code=code, ref=engagement.ref))
    revisions = Prefetch("revisions", ObservationRevision.objects.select_related("by", "change").order_by("seq"))
    observations = Observation.objects.select_related("report").prefetch_related(revisions)
    of_this = Prefetch("observations", observations.filter(period_end__lte=as_of).order_by("period_start", "disagg"))
    prefetch_related_objects([indicator], of_this, "outcome", "catalogue", "workstream")
    targets = known_targets(indicator, cut_off)
    rows = list(indicator.observations.all())
    known = [(row, _figures(_counting(row, cut_off, least_status), row)) for row in rows]
    changes = {row.pk: _change(_counting(row, cut_off, least_status), cut_off) for row in rows}
    sheet = _sheet(indicator, targets, [figures for _row, figures in known])
    running = days_of(known_engagement(engagement, cut_off))
    counted = results.counted(sheet, as_of)
    told = [Told(row, figures, figures in counted, changes[row.pk]) for row, figures in known]
    answers = engagement_results([engagement.pk], as_of=as_of, cut_off=cut_off, least_status=least_status)
    return IndicatorStory(
        indicator=indicator,
        sheet=sheet,
        answer=next(answer for answer in answers[engagement.pk].indicators if answer.code == code),
        again=results.indicator_result(sheet, running, as_of),
        told=[one for one in told if not one.observation.disagg],
        parts=[one for one in told if one.observation.disagg],
        targets=targets,
        running=running,
    )


def _counting(row: Observation, cut_off: dt.datetime, least_status: str) -> ObservationRevision | None:
    """The last revision that counts and was known then."""
    counting = {ReviewState.ACCEPTED, ReviewState(least_status)}
    known = [one for one in row.revisions.all() if one.known_at <= cut_off and one.status in counting]
    return known[-1] if known else None


def _change(said: ObservationRevision | None, cut_off: dt.datetime) -> ChangeState | None:
    change: FigureChange | None = getattr(said, "change", None)
    return None if change is None else state_at(ChangeState(change.state), change.answered_at, cut_off)


def _figures(last: ObservationRevision | None, row: Observation) -> results.Observation:
    """What that revision says; nothing is given where there is none, or where it says that nothing was reported."""
    said = last if last and last.reported else None
    given = {name: getattr(said, name, None) for name in ("value", "numerator", "denominator", "weight", "level")}
    return results.Observation(period=Days(row.period_start, row.period_end), disagg=row.disagg, **given)


def _sheet(
    row: Indicator, targets: Iterable[IndicatorTarget], observations: Sequence[results.Observation]
) -> results.Indicator:
    ordinal = row.method == Method.ORDINAL_LATEST
    return results.Indicator(
        method=Method(row.method),
        direction=Direction(row.direction),
        unit=row.unit,
        window=Window(row.time_window) if row.time_window else None,
        frequency=Frequency(row.frequency),
        scale=row.scale or (),
        baseline=row.baseline_level if ordinal else row.baseline,
        baseline_on=row.baseline_on,
        targets=list(_targets(targets, ordinal=ordinal)),
        observations=observations,
    )


def _targets(rows: Iterable[IndicatorTarget], *, ordinal: bool) -> Iterable[results.DatedTarget]:
    for row in rows:
        value = row.level if ordinal else row.value
        if value is not None:
            yield results.DatedTarget(due=row.due, value=value, is_original=row.is_original)
