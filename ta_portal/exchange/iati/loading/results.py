"""What was meant to be achieved, and what was observed: reported by the author, accepted by the approver."""

import datetime as dt
from bisect import bisect_right
from collections import Counter

from programmes.domain.vocabulary import Frequency, Method, PeriodState, ReviewState
from programmes.services.progress import DAYS_TO_REPORT
from ta_portal.exchange.iati.content import ActualPart, IndicatorPart, ResultPart
from ta_portal.exchange.iati.loading.state import Load
from ta_portal.exchange.scenario.loading.state import at
from ta_portal.exchange.scenario.periods import apart, frequency_of

PERCENTAGE = "2"
_TIME_TO_REPORT = dt.timedelta(days=DAYS_TO_REPORT)


def bring_in_results(load: Load) -> None:
    """Each result is an outcome, whatever its kind: the kind is kept beside."""
    observed: list[tuple[int, ActualPart]] = []
    for result in load.activity.results:
        outcome = _outcome(load, result)
        for part in result.indicators:
            indicator = _indicator(load, outcome, part)
            observed.extend((indicator, actual) for actual in part.actuals)
    _observations(load, observed)


def _outcome(load: Load, result: ResultPart) -> int:
    with at(result.place):
        found = load.rows.outcomes.add(
            engagement_id=load.engagement_id, code=result.code, title=result.title, objective=result.description
        )
    load.rows.record("outcome.added", "outcome", found, load.engagement_id, code=result.code)
    return found


def _indicator(load: Load, outcome: int, part: IndicatorPart) -> int:
    with at(part.place):
        found = load.rows.indicators.add(
            engagement_id=load.engagement_id,
            outcome_id=outcome,
            code=part.code,
            title=part.title,
            method=Method.LATEST.value,
            direction=part.direction.value,
            unit="percent" if part.measure == PERCENTAGE else "",
            frequency=_frequency(part).value,
            baseline=part.baseline,
            baseline_on=part.baseline_on,
            definition=part.description,
        )
        for target in part.targets:
            load.rows.targets.add(indicator_id=found, due=target.due, value=target.value)
    load.rows.record("indicator.added", "indicator", found, load.engagement_id, code=part.code)
    return found


def _frequency(part: IndicatorPart) -> Frequency:
    """By the shortest gap between its periods; once where there are fewer than two."""
    starts = {actual.starts for actual in part.actuals}
    return frequency_of(starts) if len(starts) > 1 else Frequency.ONCE


def _observations(load: Load, observed: list[tuple[int, ActualPart]]) -> None:
    """A report for each stretch of time in which something was observed; stretches share no day."""
    stretches = apart((part.starts, part.ends) for _indicator, part in observed)
    firsts = [starts for starts, _ends in stretches]
    places = [bisect_right(firsts, part.starts) - 1 for _indicator, part in observed]
    recorded = Counter(places)
    reports = [_report(load, *stretch, recorded[place]) for place, stretch in enumerate(stretches)]
    for (indicator, part), place in zip(observed, places, strict=True):
        _observation(load, indicator, reports[place], part)


def _report(load: Load, starts: dt.date, ends: dt.date, recorded: int) -> int:
    """Its whole course at once: opened, filled, submitted by the author and accepted by the approver."""
    engagement = load.engagement_id
    with at(load.activity.place):
        period = load.rows.periods.add(
            engagement_id=engagement,
            starts=starts,
            ends=ends,
            due=ends + _TIME_TO_REPORT,
            state=PeriodState.LOCKED.value,
        )
        report = load.rows.reports.add(period_id=period, state=ReviewState.ACCEPTED.value)
    load.rows.record("period.opened", "reporting_period", period, engagement, starts=starts, ends=ends)
    load.rows.record("observations.recorded", "progress_report", report, recorded=recorded, changed=recorded)
    load.rows.record("progress_report.submitted", "progress_report", report)
    load.rows.record("progress_report.accepted", "progress_report", report, by=load.approver)
    return report


def _observation(load: Load, indicator: int, report: int, part: ActualPart) -> None:
    """Nothing given means not reported, which is not zero."""
    figures = {
        "status": ReviewState.ACCEPTED.value,
        "reported": part.value is not None or part.text != "",
        "value": part.value,
        "text": part.text,
    }
    with at(part.place):
        observation = load.rows.observations.add(
            indicator_id=indicator,
            period_start=part.starts,
            period_end=part.ends,
            disagg=part.disagg,
            report_id=report,
            **figures,
        )
        load.rows.revisions.add(observation_id=observation, seq=1, **figures)
