"""Figures that reviewers changed: those of a report, those that wait for somebody's answer, and those not settled."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Exists, Min, OuterRef, Q

from programmes.domain.figure_changes import state_at
from programmes.domain.vocabulary import SETTLED_CHANGES, ChangeState, ReviewState
from programmes.models import Engagement, FigureChange, ObservationRevision, ProgressReport
from programmes.models.figure_changes import FigureChangeQuerySet
from programmes.models.progress import ProgressReportQuerySet
from programmes.selectors.recipients import holds
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User

_WAITING = Q(state=ChangeState.WAITING.value)


def changes_of(report: ProgressReport) -> FigureChangeQuerySet:
    """The figures of a report that reviewers changed, the latest acceptance first."""
    found: FigureChangeQuerySet = FigureChange.objects.filter(report=report)
    with_rows = found.select_related("observation__indicator", "original", "changed", "by", "answered_by")
    return with_rows.order_by("-made_at", "observation__indicator__code", "observation__disagg")


def waiting_of(report: ProgressReport) -> list[FigureChange]:
    """Those that wait for the ministry's answer, by indicator."""
    return sorted(changes_of(report).filter(_WAITING), key=lambda one: one.observation.indicator.code)


def may_answer(user: User, report: ProgressReport, waiting: Iterable[FigureChange]) -> bool:
    """Does `user` speak for the ministry here? Not who changed a figure, nor, unless they sent the report, who reviews.

    They hold PROGRESS_LOG; that is not asked again.
    """
    if any(one.by_id == user.pk for one in waiting):
        return False
    return report.submitted_by_id == user.pk or not holds(user, Permission.PROGRESS_REVIEW, report.period.engagement_id)


def reports_to_answer(user: User) -> ProgressReportQuerySet:
    """Reports with changed figures that wait for the answer of `user`, by the day until which it can be given."""
    waiting = FigureChange.objects.filter(_WAITING, report=OuterRef("pk"))
    found: ProgressReportQuerySet = ProgressReport.objects.permitted(user, Permission.PROGRESS_LOG)
    reviewing = ProgressReport.objects.permitted(user, Permission.PROGRESS_REVIEW)
    found = found.filter(Exists(waiting), ~Exists(waiting.filter(by=user)))
    found = found.filter(Q(submitted_by=user) | ~Q(pk__in=reviewing.order_by().values("pk")))
    asked = found.annotate(answer_by=Min("changes__confirm_by", filter=Q(changes__state=ChangeState.WAITING.value)))
    return asked.select_related("period__engagement", "decided_by").order_by("answer_by", "pk")


def unsettled(
    engagement: Engagement, *, as_of: dt.date, cut_off: dt.datetime
) -> Sequence[tuple[FigureChange, ChangeState]]:
    """Changed figures that count at `cut_off` and that the ministry had not confirmed by then. One query."""
    newer = ObservationRevision.objects.filter(
        observation=OuterRef("observation"),
        seq__gt=OuterRef("changed__seq"),
        status=ReviewState.ACCEPTED.value,
        known_at__lte=cut_off,
    )
    rows = FigureChange.objects.filter(
        ~Exists(newer),
        observation__indicator__engagement=engagement,
        observation__period_end__lte=as_of,
        changed__known_at__lte=cut_off,
    )
    rows = rows.select_related("observation__indicator").order_by("observation__indicator__code", "pk")
    found = [(row, state_at(ChangeState(row.state), row.answered_at, cut_off)) for row in rows]
    return [(row, state) for row, state in found if state not in SETTLED_CHANGES]
