"""What stands between an engagement and its next status."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from programmes.domain.vocabulary import STATUS_STEPS, EngagementStatus
from programmes.models import Engagement
from ta_portal.registry.guards import what_is_missing

_S = EngagementStatus
NEEDS_A_REASON = frozenset({_S.SUSPENDED, _S.CANCELLED})


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a step asks for and that is missing; `part` of the engagement is where it is mended."""

    sentence: str
    part: str


@dataclass(frozen=True, slots=True)
class Step:
    """A status that can follow, and what is missing for it. `objections` can be overruled with a reason."""

    to: EngagementStatus
    missing: list[Condition]
    objections: list[str]
    needs_a_reason: bool

    @property
    def possible(self) -> bool:
        return not self.missing


def steps_from(engagement: Engagement) -> list[Step]:
    """Every step that leads on from where the engagement stands, in the order of its life."""
    following = [to for to in _S if to in STATUS_STEPS[_S(engagement.status)]]
    return [_step(engagement, to) for to in following]


def own_conditions(engagement: Engagement, to: EngagementStatus) -> list[Condition]:
    """What programmes itself asks of the step; other apps are asked through their guards."""
    missing = []
    if to is _S.APPRAISAL and not engagement.objective:
        missing.append(Condition(_("The objective is missing: say which capacity is to be built."), "engagement"))
    if to is _S.APPROVED:
        if engagement.practice_area_id is None:
            missing.append(Condition(_("The practice area is missing."), "engagement"))
        if not engagement.sector_shares.exists():
            missing.append(Condition(_("The sectors are missing."), "engagement"))
    if to is _S.ACTIVE and not engagement.outcomes.exists():
        missing.append(Condition(_("No outcome says what is to change."), "outcomes"))
    return missing


def _step(engagement: Engagement, to: EngagementStatus) -> Step:
    objections = what_is_missing(f"engagement.{to.value}", engagement)
    return Step(to, own_conditions(engagement, to), objections, to in NEEDS_A_REASON or bool(objections))
