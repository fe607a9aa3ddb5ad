"""The work: workstreams and milestones, changed and removed. `results` adds them."""

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.models import Milestone, Workstream
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import code_taken
from programmes.services.locking import row_to_change
from programmes.services.results import check_rating, of_same_engagement
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.errors import DomainError


class WorkstreamChanges(TypedDict, total=False):
    code: str
    title: str


class MilestoneChanges(TypedDict, total=False):
    code: str
    title: str
    due: dt.date
    workstream: Workstream | None
    done: dt.date | None
    rating: int | None


class MilestoneIsDone(DomainError):
    """It was recorded as done on another day: a correction is a change, with what it was on record."""

    code = "milestone_is_done"


@transaction.atomic
def change_workstream(
    *, workstream_id: int, expected_version: int | None = None, by: User, **changes: Unpack[WorkstreamChanges]
) -> Workstream:
    workstream = row_to_change(
        Workstream, workstream_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    difference = apply_changes(workstream, changes, allowed=WorkstreamChanges)
    taken = code_taken("workstream_code_once_in_engagement", workstream.code)
    save_changes(workstream, difference, verb="workstream.changed", by=by, sentences=taken)
    return workstream


@transaction.atomic
def remove_workstream(*, workstream_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove a workstream that nothing hangs on. Raises StillInUse where milestones, deployments or costs do."""
    workstream = row_to_change(
        Workstream, workstream_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    remove_row(workstream, verb="workstream.removed", reason=reason, by=by, code=workstream.code)


@transaction.atomic
def change_milestone(
    *, milestone_id: int, expected_version: int | None = None, by: User, **changes: Unpack[MilestoneChanges]
) -> Milestone:
    """Change a milestone. One without a day in `done` is open again."""
    milestone = row_to_change(
        Milestone, milestone_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    difference = apply_changes(milestone, changes, allowed=MilestoneChanges)
    of_same_engagement("workstream", milestone.engagement_id, milestone.workstream)
    check_rating(milestone)
    taken = code_taken("milestone_code_once_in_engagement", milestone.code)
    save_changes(milestone, difference, verb="milestone.changed", by=by, sentences=taken)
    return milestone


@transaction.atomic
def complete_milestone(
    *,
    milestone_id: int,
    done: dt.date | None = None,
    rating: int | None = None,
    expected_version: int | None = None,
    by: User,
) -> Milestone:
    """Record that a milestone was reached, today unless said otherwise. Safe to repeat with the same day."""
    milestone = row_to_change(
        Milestone, milestone_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    done = done or milestone.done or timezone.localdate()
    if milestone.done not in (None, done):
        raise MilestoneIsDone(_("{milestone} was done on {day}.").format(milestone=milestone, day=milestone.done))
    changes: MilestoneChanges = {"done": done, **({} if rating is None else {"rating": rating})}
    difference = apply_changes(milestone, changes, allowed=MilestoneChanges)
    check_rating(milestone)
    save_changes(milestone, difference, verb="milestone.completed", by=by)
    return milestone


@transaction.atomic
def remove_milestone(*, milestone_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove a milestone that should never have been there. One that is given up stays, undone."""
    milestone = row_to_change(
        Milestone, milestone_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    remove_row(milestone, verb="milestone.removed", reason=reason, by=by, code=milestone.code, title=milestone.title)
