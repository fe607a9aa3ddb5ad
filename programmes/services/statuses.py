"""An engagement's way from pipeline to exit: each step has its conditions and stays on record."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.domain.statuses import way_to
from programmes.domain.vocabulary import STATUS_STEPS, EngagementStatus
from programmes.models import Engagement, EngagementTransition
from programmes.selectors.statuses import NEEDS_A_REASON, own_conditions
from programmes.services.days import days
from programmes.services.engagements import engagement_to_change
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import DomainError
from ta_portal.registry.guards import what_is_missing

_S = EngagementStatus
_ENDS = frozenset({_S.COMPLETED, _S.EXITED, _S.CANCELLED})


class StepNotPossible(DomainError):
    """No step leads from where the engagement stands to where it was asked to go."""

    code = "step_not_possible"


class StepNotReady(DomainError):
    """The step exists, but something that it asks for is missing; the message says what."""

    code = "step_not_ready"


@transaction.atomic
def change_status(
    *, engagement_id: int, to: EngagementStatus, reason: str = "", expected_version: int | None = None, by: User
) -> Engagement:
    """Take one step. Raises StepNotPossible where none leads there, StepNotReady with sentences of what is missing.

    What other apps miss is asked of their guards, registered under `engagement.<status>`. An exit that they hold to be
    too early is possible with a reason, which stays on record with their sentences.
    """
    engagement = engagement_to_change(engagement_id, _permission_for(to), by=by, expected_version=expected_version)
    status = _S(engagement.status)
    if to not in STATUS_STEPS[status]:
        raise StepNotPossible(_no_step(status, to))
    objections = what_is_missing(f"engagement.{to.value}", engagement)
    missing = [*_conditions(engagement, to, reason), *([] if to is _S.EXITED and reason else objections)]
    if missing:
        raise StepNotReady(" ".join(missing))
    _date(engagement, to)
    _move(engagement, to, reason=reason, by=by)
    audit.record(
        "engagement.status_changed", target=engagement, by=by, was=status, now=to, reason=reason, despite=objections
    )
    return engagement


@transaction.atomic
def bring_in_at(
    *,
    engagement_id: int,
    status: EngagementStatus,
    reason: str,
    actual_from: dt.date | None = None,
    actual_to: dt.date | None = None,
    by: User,
) -> Engagement:
    """Record that a loaded engagement had reached `status` before it came here, by the steps that lead there.

    No step is asked what it misses: it was taken elsewhere. `exited` is only ever an act of its own.
    """
    engagement = engagement_to_change(engagement_id, _permission_for(status), by=by)
    if actual_from is not None:
        engagement.actual = days(actual_from, actual_to, place="actual")
    way = way_to(_S(engagement.status), status)
    if way is None or status is _S.EXITED:
        raise StepNotPossible(_no_step(_S(engagement.status), status))
    for step in way:
        _move(engagement, step, reason=reason, by=by)
    audit.record("engagement.brought_in", target=engagement, by=by, status=status, reason=reason)
    return engagement


def _permission_for(status: EngagementStatus) -> Permission:
    return Permission.ENGAGEMENT_CLOSE if status in _ENDS else Permission.ENGAGEMENT_CHANGE


def _no_step(status: EngagementStatus, to: EngagementStatus) -> str:
    following = ", ".join(step.value for step in _S if step in STATUS_STEPS[status])
    if not following:
        return _("This engagement is {status}; no step follows.").format(status=status.value)
    return _("This engagement is {status}; from there it can become: {following}, not {to}.").format(
        status=status.value, following=following, to=to.value
    )


def _conditions(engagement: Engagement, to: EngagementStatus, reason: str) -> list[str]:
    """What this app itself asks for, in sentences."""
    missing = [_("Give the reason for this step.")] if to in NEEDS_A_REASON and not reason else []
    return [*missing, *(condition.sentence for condition in own_conditions(engagement, to))]


def _move(engagement: Engagement, to: EngagementStatus, *, reason: str, by: User) -> None:
    EngagementTransition.objects.create(
        engagement=engagement, from_status=engagement.status, to_status=to.value, by=by, reason=reason
    )
    engagement.status, engagement.updated_by = to.value, by
    engagement.save(update_fields=["status", "actual", "updated_by"])


def _date(engagement: Engagement, to: EngagementStatus) -> None:
    """The actual dates begin with the first active day and end with the day of completion."""
    today = timezone.localdate()
    if to is _S.ACTIVE and engagement.actual is None:
        engagement.actual = days(today, None)
    if to is _S.COMPLETED and engagement.actual is not None and engagement.actual.upper is None:
        first = engagement.actual.lower or today
        engagement.actual = days(first, max(today, first))
