"""What an engagement is meant to achieve: workstreams with milestones, outcomes with indicators and dated targets."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import BaselineKind, Direction, Frequency, Method, Window
from programmes.models import CatalogueIndicator, Indicator, IndicatorTarget, Milestone, Outcome, Workstream
from programmes.services.checks import Sentences, check, check_all, code_taken, refuse, saying
from programmes.services.engagements import engagement_to_change
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@dataclass(frozen=True, slots=True)
class Target:
    """Where an indicator should stand by a day: a value, or a level of an ordinal's scale."""

    due: dt.date
    value: Decimal | None = None
    level: str | None = None


@transaction.atomic
def add_workstream(*, engagement_id: int, code: str, title: str, by: User) -> Workstream:
    engagement = engagement_to_change(engagement_id, Permission.RESULTS_CHANGE, by=by)
    workstream = Workstream(engagement=engagement, code=code, title=title, created_by=by)
    check(workstream)
    with saying(code_taken("workstream_code_once_in_engagement", code)):
        workstream.save(force_insert=True)
    audit.record("workstream.added", target=workstream, by=by, code=code)
    return workstream


@transaction.atomic
def add_milestone(
    *,
    engagement_id: int,
    code: str,
    title: str,
    due: dt.date,
    workstream: Workstream | None = None,
    done: dt.date | None = None,
    rating: int | None = None,
    by: User,
) -> Milestone:
    """Add an event that either happens or not; `rating` says how fully, from 1 (not achieved) to 4 (fully)."""
    engagement = engagement_to_change(engagement_id, Permission.RESULTS_CHANGE, by=by)
    of_same_engagement("workstream", engagement.pk, workstream)
    milestone = Milestone(
        engagement=engagement,
        workstream=workstream,
        code=code,
        title=title,
        due=due,
        done=done,
        rating=rating,
        created_by=by,
    )
    check(milestone)
    check_rating(milestone)
    with saying(code_taken("milestone_code_once_in_engagement", code)):
        milestone.save(force_insert=True)
    audit.record("milestone.added", target=milestone, by=by, code=code)
    return milestone


def check_rating(milestone: Milestone) -> None:
    if milestone.rating is not None and not 1 <= milestone.rating <= 4:
        refuse("rating", _("A milestone is rated from 1 to 4."))


@transaction.atomic
def add_outcome(
    *, engagement_id: int, code: str, title: str, objective: str = "", weight: Decimal = Decimal(1), by: User
) -> Outcome:
    """Add a change of capacity that the engagement is for; outcomes weigh the same unless said otherwise."""
    engagement = engagement_to_change(engagement_id, Permission.RESULTS_CHANGE, by=by)
    outcome = Outcome(engagement=engagement, code=code, title=title, objective=objective, weight=weight, created_by=by)
    check(outcome)
    with saying({**code_taken("outcome_code_once_in_engagement", code), **not_negative("outcome_weight_not_negative")}):
        outcome.save(force_insert=True)
    audit.record("outcome.added", target=outcome, by=by, code=code)
    return outcome


@transaction.atomic
def add_indicator(
    *,
    engagement_id: int,
    code: str,
    title: str,
    method: Method,
    direction: Direction,
    outcome: Outcome | None = None,
    workstream: Workstream | None = None,
    catalogue: CatalogueIndicator | None = None,
    unit: str = "",
    frequency: Frequency = Frequency.QUARTERLY,
    weight: Decimal = Decimal(1),
    window: Window | None = None,
    scale: Sequence[str] | None = None,
    baseline: Decimal | None = None,
    baseline_level: str | None = None,
    baseline_on: dt.date | None = None,
    baseline_kind: BaselineKind = BaselineKind.STOCK,
    source: str = "",
    responsible: str = "",
    definition: str = "",
    assumptions: str = "",
    targets: Sequence[Target] = (),
    by: User,
) -> Indicator:
    """Add how an outcome is seen, with its dated targets.

    An ordinal has a scale of distinct levels from the lowest up, and its baseline and targets are levels of it; every
    other indicator has numbers.
    """
    engagement = engagement_to_change(engagement_id, Permission.RESULTS_CHANGE, by=by)
    of_same_engagement("outcome", engagement.pk, outcome)
    of_same_engagement("workstream", engagement.pk, workstream)
    indicator = Indicator(
        engagement=engagement,
        outcome=outcome,
        workstream=workstream,
        code=code,
        title=title,
        weight=weight,
        catalogue=catalogue,
        method=method.value,
        time_window=window.value if window else None,
        direction=direction.value,
        unit=unit,
        frequency=frequency.value,
        scale=None if scale is None else list(scale),
        baseline=baseline,
        baseline_level=baseline_level,
        baseline_on=baseline_on,
        baseline_kind=baseline_kind.value,
        source=source,
        responsible=responsible,
        definition=definition,
        assumptions=assumptions,
        created_by=by,
    )
    check(indicator)
    of_its_kind(indicator, targets)
    taken = code_taken("indicator_code_once_in_engagement", code)
    with saying({**taken, **not_negative("indicator_weight_not_negative")}):
        indicator.save(force_insert=True)
    set_targets(indicator, targets, by=by)
    audit.record("indicator.added", target=indicator, by=by, code=code)
    return indicator


def set_targets(indicator: Indicator, targets: Sequence[Target], *, by: User) -> None:
    rows = [
        IndicatorTarget(indicator=indicator, due=target.due, value=target.value, level=target.level, created_by=by)
        for target in targets
    ]
    check_all(rows, "targets")
    with saying({"target_once_a_date": ("targets", _("An indicator has one target a day."))}):
        IndicatorTarget.objects.bulk_create(rows)


def not_negative(constraint: str) -> Sentences:
    """What to say when the check `constraint` refuses a weight."""
    return {constraint: ("weight", _("A weight is not below 0."))}


def of_its_kind(indicator: Indicator, targets: Sequence[Target]) -> None:
    """Levels for ordinals, numbers for all else, and no mixture."""
    scale = indicator.scale
    if (indicator.method == Method.ORDINAL_LATEST) != (scale is not None):
        refuse("scale", _("An ordinal indicator has a scale, and no other has one."))
    if scale is not None and (len(scale) < 2 or len(set(scale)) < len(scale)):
        refuse("scale", _("A scale has at least two levels, each once."))
    _number_or_level("baseline", scale, indicator.baseline, indicator.baseline_level)
    for number, target in enumerate(targets):
        _number_or_level(f"targets[{number}]", scale, target.value, target.level)
        if target.value is None and target.level is None:
            refuse(f"targets[{number}]", _("A target says where the indicator should stand."))


def _number_or_level(place: str, scale: Sequence[str] | None, value: Decimal | None, level: str | None) -> None:
    if scale is None and level is not None:
        refuse(place, _("Only an ordinal indicator has levels; give a number."))
    if scale is not None and value is not None:
        refuse(place, _("An ordinal indicator has levels; give one of: {levels}.").format(levels=", ".join(scale)))
    if scale is not None and level is not None and level not in scale:
        refuse(place, _("{level} is not on the scale: {levels}.").format(level=level, levels=", ".join(scale)))


def of_same_engagement(place: str, engagement_id: int, row: Outcome | Workstream | None) -> None:
    if row is not None and row.engagement_id != engagement_id:
        refuse(place, _("{row} belongs to another engagement.").format(row=row.code))
