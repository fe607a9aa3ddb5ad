"""Who has reported and who has not, over all engagements that somebody may see."""

import datetime as dt
from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Value, When

from programmes.domain.vocabulary import NOT_SENT, EngagementStatus, ReviewState
from programmes.models import Engagement, ProgressReport, ReportingPeriod
from programmes.models.engagements import EngagementQuerySet
from programmes.models.progress import ProgressReportQuerySet
from programmes.selectors.engagements import EngagementChoice, engagement_list
from ta_portal.accounts.models import User

Months = tuple[dt.date, dt.date]

_MISSING = Q(state__in=[state.value for state in NOT_SENT])
_WAITING = Q(state=ReviewState.SUBMITTED.value)


@dataclass(frozen=True, slots=True)
class BoardCount:
    """How many reports are asked for, and how far they are. `oldest` is since when the first one waits."""

    asked: int
    accepted: int
    waiting: int
    overdue: int
    oldest: dt.datetime | None

    @property
    def sent(self) -> int:
        return self.accepted + self.waiting

    @property
    def still_to_come(self) -> int:
        return self.asked - self.sent


@dataclass(frozen=True, slots=True)
class Board:
    """The reports: overdue ones first, then what waits for a decision, what is still to come, and what is accepted.

    `not_asked` are active engagements that ran in that time and of which no period ends in it.
    """

    reports: ProgressReportQuerySet
    count: BoardCount
    not_asked: EngagementQuerySet


def reporting_board(user: User, choice: EngagementChoice, months: Months | None, *, today: dt.date) -> Board:
    """Of the engagements that `user` may see and asked for, the reports on periods that end in `months`.

    Without `months`: every report that is not accepted yet. One query, and one for each part that is read.
    """
    engagements = engagement_list(user, choice)
    reports: ProgressReportQuerySet = ProgressReport.objects.filter(period__engagement__in=_keys(engagements))
    if months is None:
        reports = reports.exclude(state=ReviewState.ACCEPTED.value)
    else:
        reports = reports.filter(period__ends__range=months)
    overdue = _MISSING & Q(period__due__lt=today)
    turn = Case(
        When(overdue, then=Value(0)),
        When(_WAITING, then=Value(1)),
        When(_MISSING, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    count = reports.aggregate(
        asked=Count("pk"),
        accepted=Count("pk", filter=Q(state=ReviewState.ACCEPTED.value)),
        waiting=Count("pk", filter=_WAITING),
        overdue=Count("pk", filter=overdue),
        oldest=Min("submitted_at", filter=_WAITING),
    )
    ordered = reports.select_related("period__engagement", "submitted_by").order_by(
        turn, Case(When(_WAITING, then=F("submitted_at"))), "period__due", "pk"
    )
    return Board(ordered, BoardCount(**count), _not_asked(engagements, months))


def _not_asked(engagements: EngagementQuerySet, months: Months | None) -> EngagementQuerySet:
    if months is None:
        return engagements.none()
    asked = ReportingPeriod.objects.filter(engagement=OuterRef("pk"), ends__range=months)
    ran = Q(planned__overlap=DateRange(*months, "[]"))
    return engagements.filter(ran, ~Exists(asked), status=EngagementStatus.ACTIVE.value)


def _keys(engagements: EngagementQuerySet) -> QuerySet[Engagement, int]:
    return engagements.order_by().values_list("pk", flat=True)
