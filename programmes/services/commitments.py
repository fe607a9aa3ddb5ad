"""What an institution has committed itself to: dated, followed like milestones, recorded as done by either side."""

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import CommitmentKind
from programmes.models import Commitment, CounterpartPost, Engagement
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import check, code_taken, refuse, saying
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import row_to_change
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import DomainError


class CommitmentChanges(TypedDict, total=False):
    code: str
    kind: CommitmentKind
    text: str
    post: CounterpartPost | None
    due: dt.date
    done: dt.date | None
    done_note: str


class CommitmentIsDone(DomainError):
    """It was recorded as done on another day: a correction is a change, with what it was on record."""

    code = "commitment_is_done"


@transaction.atomic
def add_commitment(
    *,
    engagement_id: int,
    code: str,
    kind: CommitmentKind,
    text: str,
    due: dt.date,
    post: CounterpartPost | None = None,
    done: dt.date | None = None,
    done_note: str = "",
    by: User,
) -> Commitment:
    """Add something that the institution will do by a day; `post` is the one that answers for it."""
    engagement = engagement_to_change(engagement_id, Permission.RESULTS_CHANGE, by=by)
    commitment = Commitment(
        engagement=engagement,
        post=post,
        code=code,
        kind=kind.value,
        text=text,
        due=due,
        done=done,
        done_note=done_note,
        created_by=by,
    )
    check(commitment)
    _holds_together(commitment, engagement)
    with saying(code_taken("commitment_code_once_in_engagement", code)):
        commitment.save(force_insert=True)
    audit.record("commitment.added", target=commitment, by=by, code=code)
    return commitment


@transaction.atomic
def change_commitment(
    *, commitment_id: int, expected_version: int | None = None, by: User, **changes: Unpack[CommitmentChanges]
) -> Commitment:
    """Change a commitment. One without a day in `done` is open again."""
    commitment = row_to_change(
        Commitment, commitment_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    difference = apply_changes(commitment, changes, allowed=CommitmentChanges)
    _holds_together(commitment, commitment.engagement)
    taken = code_taken("commitment_code_once_in_engagement", commitment.code)
    save_changes(commitment, difference, verb="commitment.changed", by=by, sentences=taken)
    return commitment


@transaction.atomic
def complete_commitment(
    *,
    commitment_id: int,
    done: dt.date | None = None,
    done_note: str = "",
    expected_version: int | None = None,
    by: User,
) -> Commitment:
    """Record that the institution has done it, today unless said otherwise; `done_note` says what shows it.

    Whoever logs progress records it, the liaison first of all, or an officer. Safe to repeat with the same day.
    """
    row = Commitment.objects.filter(pk=commitment_id).first()
    permission = completing(by, row.engagement) if row else Permission.RESULTS_CHANGE
    commitment = row_to_change(Commitment, commitment_id, permission, by=by, expected_version=expected_version)
    done = done or commitment.done or timezone.localdate()
    if commitment.done not in (None, done):
        raise CommitmentIsDone(_("{commitment} was done on {day}.").format(commitment=commitment, day=commitment.done))
    changes: CommitmentChanges = {"done": done, **({"done_note": done_note} if done_note else {})}
    difference = apply_changes(commitment, changes, allowed=CommitmentChanges)
    _holds_together(commitment, commitment.engagement)
    save_changes(commitment, difference, verb="commitment.done", by=by)
    return commitment


@transaction.atomic
def remove_commitment(*, commitment_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove a commitment that was never made. One that is given up stays, undone."""
    commitment = row_to_change(
        Commitment, commitment_id, Permission.RESULTS_CHANGE, by=by, expected_version=expected_version
    )
    remove_row(commitment, verb="commitment.removed", reason=reason, by=by, code=commitment.code, title=commitment.text)


def completing(by: User, engagement: Engagement) -> Permission:
    """The permission with which `by` may record here that something was done, or the one that they would need."""
    held = permissions_on(by, engagement)
    return Permission.PROGRESS_LOG if Permission.PROGRESS_LOG in held else Permission.RESULTS_CHANGE


def _holds_together(commitment: Commitment, engagement: Engagement) -> None:
    if commitment.post and commitment.post.institution_id != engagement.institution_id:
        refuse("post", _("This post is not one of the institution that the engagement works with."))
    if commitment.done and commitment.done > timezone.localdate():
        refuse("done", _("It cannot have been done on a day that is still to come."))
    if commitment.done_note and not commitment.done:
        refuse("done", _("Say on which day it was done."))
