"""Loads a scenario: through the services, as the two system users, all of it or nothing; a second time nothing."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import EngagementStatus
from programmes.models import Engagement
from programmes.services.engagements import set_up_engagement
from programmes.services.service_accounts import system_approver, system_author
from programmes.services.statuses import bring_in_at
from ta_portal.errors import DomainError
from ta_portal.exchange.models import LoadedScenario
from ta_portal.exchange.scenario.content import Scenario
from ta_portal.exchange.scenario.differences import canonical, differences, digest
from ta_portal.exchange.scenario.loading.costs import bring_in_costs
from ta_portal.exchange.scenario.loading.judgements import bring_in_evaluations, bring_in_others, bring_in_readiness
from ta_portal.exchange.scenario.loading.known import look_up
from ta_portal.exchange.scenario.loading.places import bring_in_places
from ta_portal.exchange.scenario.loading.results import bring_in_results, bring_in_risks, bring_in_workstreams
from ta_portal.exchange.scenario.loading.state import Load, at
from ta_portal.exchange.scenario.loading.team import bring_in_team
from ta_portal.exchange.scenario.reader import read_scenario

_S = EngagementStatus
_HAD_BEGUN = frozenset({_S.ACTIVE, _S.SUSPENDED, _S.COMPLETED})


class LoadedDifferently(DomainError):
    """The reference is taken by an engagement that says something else."""

    code = "loaded_differently"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it. `counts` is what the file holds; `is_new` is False where it was all here already."""

    ref: str
    is_new: bool
    counts: Mapping[str, int]
    warnings: tuple[str, ...]
    not_mapped: tuple[str, ...]


def load_scenario(content: bytes) -> Loaded:
    """Load the scenario that the file holds. Raises InvalidInput naming a place, or LoadedDifferently."""
    return bring_in(read_scenario(content))


@transaction.atomic
def bring_in(scenario: Scenario) -> Loaded:
    _wait_for_turn(scenario.engagement.ref)
    if _is_here_already(scenario):
        return _outcome(scenario, is_new=False, warnings=[])
    load = Load(scenario=scenario, author=system_author(), approver=system_approver(), known=look_up(scenario))
    load.engagement = _engagement(load)
    bring_in_workstreams(load)
    bring_in_team(load)
    bring_in_costs(load)
    bring_in_results(load)
    bring_in_risks(load)
    bring_in_others(load)
    bring_in_evaluations(load)
    bring_in_readiness(load)
    _reach_status(load)
    content = canonical(scenario)
    LoadedScenario.objects.create(engagement=load.engagement, digest=digest(content), content=content)
    return _outcome(scenario, is_new=True, warnings=load.warnings)


def _wait_for_turn(ref: str) -> None:
    """Two loads of one reference at once: the second finds what the first did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"scenario:{ref}"])


def _is_here_already(scenario: Scenario) -> bool:
    ref = scenario.engagement.ref
    engagement = Engagement.objects.filter(ref=ref).first()
    if engagement is None:
        return False
    loaded = LoadedScenario.objects.filter(engagement=engagement).first()
    if loaded is None:
        raise LoadedDifferently(
            _("engagement.code: {ref} is here already, and not from a scenario file.").format(ref=ref)
        )
    content = canonical(scenario)
    if loaded.digest == digest(content):
        return True
    raise LoadedDifferently(
        _("{ref} was loaded with other content: {differences}.").format(
            ref=ref, differences="; ".join(differences(loaded.content, content))
        )
    )


def _engagement(load: Load) -> Engagement:
    institution = bring_in_places(load)
    part = load.scenario.engagement
    with at(part.place):
        return set_up_engagement(
            ref=part.ref,
            title=part.title,
            programme=load.programme,
            recipients={load.country: Decimal(100)},
            sectors={load.known.sectors[sector.code]: sector.percent for sector in part.sectors},
            planned_from=part.start,
            planned_to=part.end,
            institution=institution,
            practice_area=load.known.area,
            objective=part.objective,
            iati_id=part.iati_id,
            aid_type=part.aid_type,
            finance_type=part.finance_type,
            flow_type=part.flow_type,
            tied_status=part.tied_status,
            # A country that no list has is an invented one.
            sample=load.country.user_assigned,
            source_facts={place: _kept(value) for place, value in load.scenario.not_mapped.items()},
            by=load.author,
        )


def _reach_status(load: Load) -> None:
    part = load.scenario.engagement
    begun, over = part.status in _HAD_BEGUN, part.status is _S.COMPLETED
    with at(f"{part.place}.status"):
        bring_in_at(
            engagement_id=load.engagement.pk,
            status=part.status,
            reason=_("As the scenario file says."),
            actual_from=part.start if begun else None,
            actual_to=part.end if over else None,
            by=load.author,
        )


def _kept(value: Any) -> Any:
    """A value that no column takes, as plain JSON: exact numbers become text."""
    if isinstance(value, Mapping):
        return {key: _kept(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_kept(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value


def _outcome(scenario: Scenario, *, is_new: bool, warnings: list[str]) -> Loaded:
    kinds = Counter(re.sub(r"\[[^]]*\]", "[]", place) for place in scenario.not_mapped)
    return Loaded(
        ref=scenario.engagement.ref,
        is_new=is_new,
        counts=_counts(scenario),
        warnings=tuple(warnings),
        not_mapped=tuple(place if times == 1 else f"{place} ({times})" for place, times in kinds.items()),
    )


def _counts(scenario: Scenario) -> dict[str, int]:
    return {
        "workstreams": len(scenario.engagement.workstreams),
        "donors": len(scenario.donors),
        "rates": len(scenario.quotes),
        "experts": len(scenario.experts),
        "deployments": len(scenario.deployments),
        "cost_lines": len(scenario.cost_lines),
        "payments": sum(len(line.actuals) for line in scenario.cost_lines),
        "outcomes": len(scenario.outcomes),
        "indicators": len(scenario.indicators),
        "observations": sum(len(indicator.observations) for indicator in scenario.indicators),
        "milestones": len(scenario.milestones),
        "risks": len(scenario.risks),
        "engagements_of_others": len(scenario.others),
        "evaluations": len(scenario.evaluations),
        "readiness_dimensions": len(scenario.dimensions),
    }
