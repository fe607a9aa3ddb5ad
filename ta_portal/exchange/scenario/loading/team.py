"""Experts with their day rates, and where they were deployed."""

from django.utils.translation import gettext as _

from costing.domain.vocabulary import Category
from experts.domain.vocabulary import DeploymentStatus
from experts.services import add_expert, deploy, set_rate_card
from ta_portal.exchange.scenario.content import CostLinePart, DeploymentPart, ExpertPart
from ta_portal.exchange.scenario.loading.state import Load, at


def bring_in_team(load: Load) -> None:
    scenario = load.scenario
    for part in scenario.experts:
        _expert(load, part)
    for deployment in scenario.deployments:
        _deployment(load, deployment)
    load.warnings.extend(_salaries_that_differ(load))


def _expert(load: Load, part: ExpertPart) -> None:
    """By the file's own code under its source; the day rate holds from the engagement's, or their own, first day."""
    with at(part.place):
        expert = add_expert(
            kind=part.kind,
            name=part.name,
            role=part.role,
            source=load.source,
            source_code=part.code,
            by=load.author,
        )
        load.experts[part.code] = expert
        if part.daily_rate is None or part.currency is None:
            return
        starts = [deployment.start for deployment in load.scenario.deployments if deployment.expert == part.code]
        set_rate_card(
            expert=expert,
            amount=part.daily_rate,
            currency=load.known.currencies[part.currency],
            first_day=min([load.scenario.engagement.start, *starts]),
            last_day=None,
            by=load.author,
        )


def _deployment(load: Load, part: DeploymentPart) -> None:
    """Completed, with the days worked before the portal knew of it."""
    with at(part.place):
        load.deployments[part.code] = deploy(
            engagement_id=load.engagement.pk,
            code=part.code,
            expert=load.experts[part.expert],
            workstream=load.workstreams.get(part.workstream or ""),
            modality=part.mode,
            first_day=part.start,
            last_day=part.end,
            fte=part.fte,
            planned_days=part.planned_days,
            days_brought_forward=part.actual_days,
            status=DeploymentStatus.COMPLETED,
            by=load.author,
        )


def _salaries_that_differ(load: Load) -> list[str]:
    """Salary lines that are not their deployment's planned days at the expert's rate: they stand, the reader knows."""
    deployments = {part.code: part for part in load.scenario.deployments}
    experts = {part.code: part for part in load.scenario.experts}
    found = []
    for line in load.scenario.cost_lines:
        if line.category is not Category.SALARIES or line.deployment is None:
            continue
        deployment = deployments[line.deployment]
        expert = experts[deployment.expert]
        if expert.daily_rate is not None and not _is_days_times_rate(line, deployment, expert):
            found.append(
                _("{place} ({code}) is not {days} days of {expert} at {rate} {currency}; the line stands.").format(
                    place=line.place,
                    code=line.code,
                    days=deployment.planned_days,
                    expert=expert.code,
                    rate=expert.daily_rate,
                    currency=expert.currency,
                )
            )
    return found


def _is_days_times_rate(line: CostLinePart, deployment: DeploymentPart, expert: ExpertPart) -> bool:
    if expert.daily_rate is None or line.currency != expert.currency:
        return False
    return line.quantity * line.unit_cost == deployment.planned_days * expert.daily_rate
