"""What was meant to be achieved, and what was observed: reported by the author, accepted by the approver."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from programmes.models import Indicator
from programmes.services.progress import accept_report, open_period, record_observations, submit_report
from programmes.services.readings import Reading
from programmes.services.results import Target, add_indicator, add_milestone, add_outcome, add_workstream
from programmes.services.risks import add_risk
from ta_portal.exchange.scenario.content import IndicatorPart, ObservationPart
from ta_portal.exchange.scenario.loading.state import Load, at
from ta_portal.exchange.scenario.periods import apart

Stretch = tuple[dt.date, dt.date]


def bring_in_workstreams(load: Load) -> None:
    for part in load.scenario.engagement.workstreams:
        with at(part.place):
            load.workstreams[part.code] = add_workstream(
                engagement_id=load.engagement.pk, code=part.code, title=part.title, by=load.author
            )


def bring_in_results(load: Load) -> None:
    scenario, engagement_id = load.scenario, load.engagement.pk
    for outcome in scenario.outcomes:
        with at(outcome.place):
            load.outcomes[outcome.code] = add_outcome(
                engagement_id=engagement_id,
                code=outcome.code,
                title=outcome.title,
                objective=scenario.outcome_objective,
                by=load.author,
            )
    for milestone in scenario.milestones:
        with at(milestone.place):
            add_milestone(
                engagement_id=engagement_id,
                code=milestone.code,
                title=milestone.title,
                due=milestone.due,
                workstream=load.workstreams.get(milestone.workstream or ""),
                done=milestone.done,
                rating=milestone.rating,
                by=load.author,
            )
    indicators = {part.code: _indicator(load, part) for part in scenario.indicators}
    _observations(load, indicators)


def bring_in_risks(load: Load) -> None:
    for part in load.scenario.risks:
        with at(part.place):
            add_risk(
                engagement_id=load.engagement.pk,
                code=part.code,
                kind=part.kind,
                title=part.title,
                likelihood=part.likelihood,
                impact=part.impact,
                residual_likelihood=part.residual_likelihood,
                residual_impact=part.residual_impact,
                mitigation=part.mitigation,
                status=part.status,
                by=load.author,
            )


def _indicator(load: Load, part: IndicatorPart) -> Indicator:
    baseline = part.baseline
    with at(part.place):
        return add_indicator(
            engagement_id=load.engagement.pk,
            code=part.code,
            title=part.title,
            method=part.method,
            direction=part.direction,
            outcome=load.outcomes.get(part.outcome or ""),
            workstream=load.workstreams.get(part.workstream or ""),
            catalogue=load.known.catalogue.get(part.catalogue or ""),
            unit=part.unit,
            frequency=part.frequency,
            scale=part.scale,
            baseline=baseline.value if baseline else None,
            baseline_level=baseline.level if baseline else None,
            baseline_on=baseline.on if baseline else None,
            targets=[
                Target(due=target.on, value=target.value, level=target.level)
                for target in part.targets
                if target.on is not None
            ],
            by=load.author,
        )


def _observations(load: Load, indicators: dict[str, Indicator]) -> None:
    """A report for each stretch of time in which something was observed; stretches share no day."""
    observed = [(part, found) for part in load.scenario.indicators for found in part.observations]
    stretches = apart((found.starts, found.ends) for _part, found in observed)
    readings: dict[Stretch, list[Reading]] = defaultdict(list)
    for part, found in observed:
        stretch = next(stretch for stretch in stretches if stretch[0] <= found.starts <= stretch[1])
        readings[stretch].extend(_readings(indicators[part.code], found))
    for starts, ends in stretches:
        with at("indicators"):
            period = open_period(engagement_id=load.engagement.pk, starts=starts, ends=ends, by=load.author)
            record_observations(report_id=period.report.pk, readings=readings[starts, ends], by=load.author)
            submit_report(report_id=period.report.pk, by=load.author)
            accept_report(report_id=period.report.pk, by=load.approver)


def _readings(indicator: Indicator, part: ObservationPart) -> Iterator[Reading]:
    yield Reading(
        indicator=indicator,
        value=part.value,
        numerator=part.numerator,
        denominator=part.denominator,
        weight=part.weight,
        level=part.level,
        starts=part.starts,
        ends=part.ends,
    )
    for disagg, value in part.by_part.items():
        yield Reading(indicator=indicator, disagg=disagg, value=value, starts=part.starts, ends=part.ends)
