"""What programmes do by the clock: people are reminded once a day, and files that nobody needs are cleared away."""

import datetime as dt
from collections.abc import Callable

from celery import shared_task
from django.urls import resolve, reverse
from django.utils import timezone

from programmes.domain.evidence import MediaType
from programmes.domain.vocabulary import OPEN_TO_CHANGE
from programmes.forms.report_file import report_file
from programmes.models import ProgressReport
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.progress import report_at
from programmes.selectors.reminders import Reminder, reminders
from programmes.services.figure_changes import settle_unanswered
from programmes.services.uploads import sweep_files
from programmes.tables import messages
from programmes.tables.progress import file_name, report_address
from programmes.words.messages import AGREEMENT_ENDS, COMMITMENT_OVERDUE, DUE, ENGAGEMENT_ENDS, OVERDUE, RISK_REVIEW
from ta_portal.access.permissions import Permission
from ta_portal.errors import NotFound
from ta_portal.mail.enclosures import Enclosure
from ta_portal.mail.models import Message
from ta_portal.mail.services import News, tell_each
from ta_portal.mail.wording import Content

# Of each kind: where its page is, and what is said of it on the day.
_PAGES: dict[str, Callable[[Reminder], str]] = {
    DUE.key: lambda one: report_address(one.row),
    OVERDUE.key: lambda one: report_address(one.row),
    RISK_REVIEW.key: lambda one: reverse("programmes:risks", args=[one.engagement.ref]),
    COMMITMENT_OVERDUE.key: lambda one: reverse("programmes:workplan", args=[one.engagement.ref]),
    ENGAGEMENT_ENDS.key: lambda one: reverse("programmes:engagement", args=[one.engagement.ref]),
    AGREEMENT_ENDS.key: lambda one: reverse("funding", args=[one.engagement.ref, one.row.code]),
}
_WORDS: dict[str, Callable[[Reminder, dt.date], Content]] = {
    DUE.key: lambda one, _today: messages.due(one.row),
    OVERDUE.key: lambda one, _today: messages.overdue(one.row),
    RISK_REVIEW.key: lambda one, _today: messages.risk_review(one.row),
    COMMITMENT_OVERDUE.key: lambda one, _today: messages.commitment_overdue(one.row),
    ENGAGEMENT_ENDS.key: lambda one, today: messages.engagement_ends(one.row, one.on_date, today),
    AGREEMENT_ENDS.key: lambda one, today: messages.agreement_ends(one.row, one.on_date, today),
}


@shared_task(name="programmes.remind", ignore_result=True)
def remind() -> None:
    """Remind people of what is due, overdue, to be reviewed or about to end. Safe to repeat: each is told once."""
    remind_of(timezone.localdate())


def remind_of(today: dt.date) -> int:
    """Gives how many messages were new."""
    return tell_each(_news(one, today) for one in reminders(today=today))


def _news(one: Reminder, today: dt.date) -> News:
    return News(
        kind=one.kind,
        event=one.event,
        to=one.to,
        about=one.engagement.pk,
        link=_PAGES[one.kind.key](one),
        content=lambda: _WORDS[one.kind.key](one, today),
    )


def enclosed_report(message: Message) -> Enclosure | None:
    """The form of the report that a reminder is about, if its reader may still fill it in."""
    of = resolve(message.link).kwargs
    try:
        report = report_at(visible_engagement(message.recipient, of["ref"]), of["code"])
    except NotFound:
        return None
    may_write = ProgressReport.objects.permitted(message.recipient, Permission.PROGRESS_LOG).filter(pk=report.pk)
    if report.state not in OPEN_TO_CHANGE or not may_write.exists():
        return None
    return Enclosure(file_name(report), MediaType.XLSX.value, report_file(report, user=message.recipient))


@shared_task(name="programmes.settle_unanswered", ignore_result=True)
def settle_unanswered_changes() -> None:
    """Figures that reviewers changed count as confirmed where no answer came in time. Safe to repeat."""
    settle_unanswered(timezone.localdate())


@shared_task(name="programmes.sweep_files", ignore_result=True)
def sweep_evidence() -> None:
    """Clear away what came of files that nobody goes on sending, and what no evidence refers to. Safe to repeat."""
    sweep_files()
