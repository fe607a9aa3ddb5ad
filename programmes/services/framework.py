"""What it is for: outcomes and indicators with their targets, changed and removed. `results` adds them."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import BaselineKind, Direction, Frequency, Method, ReviewState, Window
from programmes.models import CatalogueIndicator, Indicator, IndicatorTarget, Outcome, Workstream
from programmes.services.amendments import amend, is_agreed_on
from programmes.services.changing import Difference, apply_changes, remove_row, save_changes
from programmes.services.checks import check_all, code_taken, refuse
from programmes.services.locking import row_to_change
from programmes.services.results import Target, not_negative, of_its_kind, of_same_engagement, set_targets
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.errors import DomainError


class IndicatorHasObservations(DomainError):
    """Figures were recorded for the indicator, and what they mean would change or go with it."""

    code = "indicator_has_observations"


class OutcomeChanges(TypedDict, total=False):
    code: str
    title: str
    objective: str
    weight: Decimal
    assigned_rating: int | None
    assigned_reason: str


class IndicatorChanges(TypedDict, total=False):
    code: str
    title: str
    outcome: Outcome | None
    workstream: Workstream | None
    catalogue: CatalogueIndicator | None
    method: Method
    time_window: Window | None
    direction: Direction
    unit: str
    frequency: Frequency
    weight: Decimal
    scale: Sequence[str] | None
    baseline: Decimal | None
    baseline_level: str | None
    baseline_on: dt.date | None
    baseline_kind: BaselineKind
    source: str
    responsible: str
    definition: str
    assumptions: str
    targets: Sequence[Target]


@transaction.atomic
def change_outcome(
    *, outcome_id: int, expected_version: int | None = None, by: User, **changes: Unpack[OutcomeChanges]
) -> Outcome:
    """Change an outcome. A rating that a person assigns, 1 to 4, stands beside the computed one and says why."""
    outcome = row_to_change(Outcome, outcome_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version)
    difference = apply_changes(outcome, changes, allowed=OutcomeChanges)
    if outcome.assigned_rating is not None and not 1 <= outcome.assigned_rating <= 4:
        refuse("assigned_rating", _("An outcome is rated from 1 to 4."))
    if outcome.assigned_rating is not None and not outcome.assigned_reason.strip():
        refuse("assigned_reason", _("Say why this rating stands beside the computed one."))
    taken = code_taken("outcome_code_once_in_engagement", outcome.code)
    sentences = {**taken, **not_negative("outcome_weight_not_negative")}
    save_changes(outcome, difference, verb="outcome.changed", by=by, sentences=sentences)
    return outcome


@transaction.atomic
def remove_outcome(*, outcome_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove an outcome that no indicator shows."""
    outcome = row_to_change(Outcome, outcome_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version)
    remove_row(outcome, verb="outcome.removed", reason=reason, by=by, code=outcome.code)


@transaction.atomic
def change_indicator(
    *,
    indicator_id: int,
    reason: str = "",
    expected_version: int | None = None,
    by: User,
    **changes: Unpack[IndicatorChanges],
) -> Indicator:
    """Change an indicator. `targets` are all of its targets as they now stand.

    From the engagement's approval on, a target is amended with a `reason`, and its original stays beside it. Raises
    IndicatorHasObservations where another method or scale would change what recorded figures mean.
    """
    indicator = row_to_change(
        Indicator, indicator_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    columns: dict[str, Any] = {name: value for name, value in changes.items() if name != "targets"}
    difference = apply_changes(indicator, columns, allowed=IndicatorChanges)
    _keeps_its_meaning(indicator, difference)
    of_same_engagement("outcome", indicator.engagement_id, indicator.outcome)
    of_same_engagement("workstream", indicator.engagement_id, indicator.workstream)
    kept = _current_targets(indicator)
    targets = changes.get("targets", tuple(kept.values()))
    of_its_kind(indicator, targets)
    difference |= _retarget(indicator, kept, targets, reason=reason, by=by)
    taken = code_taken("indicator_code_once_in_engagement", indicator.code)
    sentences = {**taken, **not_negative("indicator_weight_not_negative")}
    save_changes(indicator, difference, verb="indicator.changed", by=by, sentences=sentences, reason=reason)
    return indicator


@transaction.atomic
def remove_indicator(*, indicator_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove an indicator that was never observed; its targets go with it.

    Raises IndicatorHasObservations where figures were recorded: reports rest on accepted ones, and every state of the
    others is kept.
    """
    indicator = row_to_change(
        Indicator, indicator_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    statuses = list(indicator.observations.values_list("status", flat=True))
    if accepted := statuses.count(ReviewState.ACCEPTED.value):
        raise IndicatorHasObservations(
            _("{indicator} has accepted observations ({count}): reports rest on them, so it stays.").format(
                indicator=indicator, count=accepted
            )
        )
    if statuses:
        raise IndicatorHasObservations(
            _("{indicator} has recorded observations ({count}), and what was recorded is kept: so it stays.").format(
                indicator=indicator, count=len(statuses)
            )
        )
    remove_row(indicator, verb="indicator.removed", reason=reason, by=by, code=indicator.code)


def _keeps_its_meaning(indicator: Indicator, difference: Difference) -> None:
    if {"method", "scale"} & difference.keys() and indicator.observations.exists():
        raise IndicatorHasObservations(
            _("{indicator} has recorded observations: another method or scale would change what they mean.").format(
                indicator=indicator
            )
        )


def _current_targets(indicator: Indicator) -> dict[dt.date, Target]:
    """By day, where it should stand: a revised target stands for the original of its day."""
    rows = indicator.targets.order_by("due", "-is_original")
    return {row.due: Target(row.due, row.value, row.level) for row in rows}


def _retarget(
    indicator: Indicator, kept: dict[dt.date, Target], targets: Sequence[Target], *, reason: str, by: User
) -> Difference:
    changed = [target for target in targets if kept.get(target.due) != target]
    gone = kept.keys() - {target.due for target in targets}
    if not changed and not gone:
        return {}
    difference: Difference = {"targets": {"was": _listed(kept.values()), "now": _listed(targets)}}
    if not is_agreed_on(indicator.engagement):
        indicator.targets.all().delete()
        set_targets(indicator, targets, by=by)
        return difference
    if gone:
        refuse("targets", _("The target of {day} was agreed on: it can change, not go.").format(day=min(gone)))
    amend(indicator.engagement, {f"targets of {indicator.code}": difference["targets"]}, reason=reason, by=by)
    _revise(indicator, changed, by=by)
    return difference


def _revise(indicator: Indicator, targets: Sequence[Target], *, by: User) -> None:
    """The originals stay as they are; what stands for them is written beside them."""
    days = [target.due for target in targets]
    if len(set(days)) < len(days):
        refuse("targets", _("An indicator has one target a day."))
    rows = [
        IndicatorTarget(indicator=indicator, due=t.due, value=t.value, level=t.level, is_original=False, created_by=by)
        for t in targets
    ]
    check_all(rows, "targets")
    indicator.targets.filter(is_original=False, due__in=days).delete()
    IndicatorTarget.objects.bulk_create(rows)


def _listed(targets: Any) -> str:
    said = (
        (target.due, target.level if target.value is None else f"{target.value.normalize():f}") for target in targets
    )
    return "; ".join(f"{due}: {goal}" for due, goal in sorted(said))
