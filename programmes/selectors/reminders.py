"""What people are reminded of on a day: what is due or overdue, risks to be looked at again, what ends before long.

Each comes with an event that names the date and the threshold that was reached, so that it is told once for these; a
date that moves is told anew. Only of engagements that are running.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db.models import F, Func

from programmes.domain.vocabulary import NOT_SENT, PeriodState, ReviewState, RiskStatus
from programmes.models import Commitment, Engagement, FundingAgreement, ProgressReport, Risk
from programmes.models.engagements import EngagementQuerySet
from programmes.selectors.portfolio import RUNNING
from programmes.words.messages import AGREEMENT_ENDS, COMMITMENT_OVERDUE, DUE, ENGAGEMENT_ENDS, OVERDUE, RISK_REVIEW
from ta_portal.access.holders import holders
from ta_portal.access.permissions import Permission
from ta_portal.mail.kinds import MessageKind

# So many days before a report is due, so many after, and so many before something ends. Of several that were reached
# only the last counts: what comes in late is told once.
DUE_WITHIN = 14
OVERDUE_SINCE = (1, 30)
ENDS_WITHIN = (180, 90, 30)
A_DAY = dt.timedelta(days=1)

People = frozenset[int]
Holding = Callable[[int, Permission], People]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A row, the day that it is about, and who is told. `row` is of the model that the kind speaks of."""

    kind: MessageKind
    event: str
    engagement: Engagement
    row: Any
    on_date: dt.date
    to: People


def reminders(*, today: dt.date) -> Iterator[Reminder]:
    """Everything that somebody is to be reminded of today, told already or not. Some ten queries."""
    holding = _holding()
    yield from _reports(today, holding)
    yield from _risks(today, holding)
    yield from _commitments(today, holding)
    yield from _engagements(today, holding)
    yield from _agreements(today, holding)


def _holding() -> Holding:
    """Who holds a permission on a running engagement: asked once for all of them."""
    known: dict[Permission, Mapping[int, People]] = {}

    def on(engagement_id: int, permission: Permission) -> People:
        if permission not in known:
            known[permission] = holders(_running(), permission)
        return known[permission].get(engagement_id, frozenset())

    return on


def _running() -> EngagementQuerySet:
    found: EngagementQuerySet = Engagement.objects.filter(status__in=RUNNING)
    return found


def _reports(today: dt.date, holding: Holding) -> Iterator[Reminder]:
    """To those who write the report; where it waits for the visa, to who gives that and still may.

    Whoever may decide on it as well is not asked: they hear of it when it is sent.
    """
    open_ones = ProgressReport.objects.filter(
        state__in=NOT_SENT,
        period__state=PeriodState.OPEN.value,
        period__due__lte=today + dt.timedelta(days=DUE_WITHIN),
        period__engagement__in=_running(),
    )
    for report in open_ones.select_related("period__engagement__institution").order_by("pk"):
        engagement, due = report.period.engagement, report.period.due
        late = (today - due).days
        writing = holding(engagement.pk, Permission.PROGRESS_LOG) - holding(engagement.pk, Permission.PROGRESS_REVIEW)
        if report.state == ReviewState.AWAITING:
            writing &= {report.visa_by_id or 0}
        kind, reached = (DUE, DUE_WITHIN) if late <= 0 else (OVERDUE, max(n for n in OVERDUE_SINCE if n <= late))
        yield Reminder(kind, f"report-{report.pk}:{due}:{reached}", engagement, report, due, writing)


def _risks(today: dt.date, holding: Holding) -> Iterator[Reminder]:
    """To the risk's owner, as long as they may see it; else to whoever leads the engagement."""
    rows = Risk.objects.filter(status=RiskStatus.OPEN.value, review_on__lte=today, engagement__in=_running())
    for risk in rows.select_related("engagement__institution", "owner").order_by("pk"):
        owner = holding(risk.engagement_id, RISK_REVIEW.permission) & frozenset([risk.owner_id or 0])
        to, day = owner or _leading(risk.engagement, holding), risk.review_on
        if day is not None:
            yield Reminder(RISK_REVIEW, f"risk-{risk.pk}:{day}", risk.engagement, risk, day, to)


def _commitments(today: dt.date, holding: Holding) -> Iterator[Reminder]:
    """To those who write for the institution, and to whoever leads the engagement."""
    rows = Commitment.objects.filter(done=None, due__lt=today, engagement__in=_running())
    for one in rows.select_related("engagement__institution", "post").order_by("pk"):
        writing = holding(one.engagement_id, Permission.PROGRESS_LOG)
        writing -= holding(one.engagement_id, Permission.PROGRESS_REVIEW)
        to = writing | _leading(one.engagement, holding)
        yield Reminder(COMMITMENT_OVERDUE, f"commitment-{one.pk}:{one.due}", one.engagement, one, one.due, to)


def _engagements(today: dt.date, holding: Holding) -> Iterator[Reminder]:
    days = Func(F("planned"), F("actual"), function="ta_engagement_days", output_field=DateRangeField())
    rows = _running().annotate(days=days).filter(**_ending("days", today))
    for engagement in rows.select_related("institution").order_by("pk"):
        last = _last_of(engagement.days)  # type: ignore[attr-defined]
        event = f"engagement-{engagement.pk}:{last}:{_reached(last, today)}"
        yield Reminder(ENGAGEMENT_ENDS, event, engagement, engagement, last, _leading(engagement, holding))


def _agreements(today: dt.date, holding: Holding) -> Iterator[Reminder]:
    """To whoever leads the engagement, and to those who keep its money and do not run it: finance officers."""
    rows = FundingAgreement.objects.filter(engagement__in=_running(), **_ending("during", today))
    for agreement in rows.select_related("engagement__institution", "contributor").order_by("pk"):
        engagement, last = agreement.engagement, _last_of(agreement.during)
        running_it = holding(engagement.pk, Permission.ENGAGEMENT_CHANGE)
        keeping = holding(engagement.pk, Permission.BUDGET_APPROVE) - running_it
        to = (_leading(engagement, holding) | keeping) & holding(engagement.pk, AGREEMENT_ENDS.permission)
        event = f"agreement-{agreement.pk}:{last}:{_reached(last, today)}"
        yield Reminder(AGREEMENT_ENDS, event, engagement, agreement, last, to)


def _leading(engagement: Engagement, holding: Holding) -> People:
    """The lead officer, as long as they may change the engagement; without one all who may."""
    officers = holding(engagement.pk, Permission.ENGAGEMENT_CHANGE)
    return officers & frozenset([engagement.lead_officer_id or 0]) or officers


def _ending(field: str, today: dt.date) -> dict[str, dt.date]:
    """A range whose last day is today, or so many days from now at most."""
    return {
        f"{field}__endswith__gt": today,
        f"{field}__endswith__lte": today + dt.timedelta(days=max(ENDS_WITHIN)) + A_DAY,
    }


def _last_of(days: Any) -> dt.date:
    """The last day of a range that ends: the database keeps the day after it."""
    last: dt.date = days.upper - A_DAY
    return last


def _reached(last: dt.date, today: dt.date) -> int:
    return min(days for days in ENDS_WITHIN if (last - today).days <= days)
