"""Facts of the outbox that people are told of: a worker calls these after the commit, once in effect."""

from collections.abc import Callable
from typing import Any

from programmes.domain.vocabulary import ReviewState
from programmes.models import ProgressReport
from programmes.selectors.figure_changes import waiting_of
from programmes.selectors.recipients import reviewers, still_writing, writers
from programmes.selectors.reviewing import steps_of, whose_turn
from programmes.tables import messages
from programmes.tables.progress import report_address
from programmes.words.messages import ACCEPTED, CHANGED, DISPUTED, RETURNED, SUBMITTED, VISA
from ta_portal.audit.models import AuditEvent
from ta_portal.jobs.outbox import hears
from ta_portal.mail.kinds import MessageKind
from ta_portal.mail.services import News, tell
from ta_portal.mail.wording import Content

# After these an earlier act asks for no move any more: they are told themselves.
_OVERTAKEN = (
    *("progress_report.accepted", "progress_report.accepted_with_changes", "progress_report.returned"),
    *("progress_report.visa_given", "progress_report.visa_refused", "progress_report.step_accepted"),
    "progress_report.reviewer_replaced",
)


@hears("progress_report.sent_for_visa", consumer="messages")
@hears("progress_report.submitted", consumer="messages")
@hears("progress_report.visa_given", consumer="messages")
@hears("progress_report.step_accepted", consumer="messages")
@hears("progress_report.reviewer_replaced", consumer="messages")
def tell_whose_turn_it_is(fact: dict[str, Any]) -> None:
    """To who gives the visa, to the reviewer in turn, or to whoever may decide; not where somebody has meanwhile."""
    act, report = _act_on_report(fact)
    later = AuditEvent.objects.filter(target_kind=act.target_kind, target_id=act.target_id, pk__gt=act.pk)
    if report is None or later.filter(verb__in=_OVERTAKEN).exists():
        return
    engagement, awaits = report.period.engagement_id, report.state == ReviewState.AWAITING
    person = whose_turn(report, steps_of([report]).get(report.pk, []))
    if awaits:
        to = still_writing(engagement, among=[report.visa_by_id])
    else:
        deciding = reviewers(engagement, but=report.submitted_by_id)
        to = deciding if person is None else deciding & {person.pk}
    tell(
        News(
            kind=VISA if awaits else SUBMITTED,
            event=f"act-{act.pk}",
            to=to,
            about=engagement,
            link=report_address(report, "visa" if awaits else "review"),
            content=lambda: messages.visa(report) if awaits else messages.submitted(report),
        )
    )


@hears("progress_report.returned", consumer="messages")
@hears("progress_report.visa_refused", consumer="messages")
@hears("progress_report.reopened", consumer="messages")
def tell_that_it_was_returned(fact: dict[str, Any]) -> None:
    """To whoever sent it, if they may still mend it: in the reviewer's words of then."""
    act, report = _act_on_report(fact)
    if report is not None:
        _tell_sender(RETURNED, act, report, lambda: messages.returned(report, act.data, str(act.by)))


@hears("progress_report.accepted", consumer="messages")
def tell_that_it_was_accepted(fact: dict[str, Any]) -> None:
    """To whoever sent it, if they may still write there."""
    act, report = _act_on_report(fact)
    if report is not None:
        _tell_sender(ACCEPTED, act, report, lambda: messages.accepted(report, str(act.by)))


@hears("progress_report.accepted_with_changes", consumer="messages")
def tell_what_was_changed(fact: dict[str, Any]) -> None:
    """To whoever sent it, or where they have left to all who write for the ministry; unless somebody has answered."""
    act, report = _act_on_report(fact)
    changes = waiting_of(report) if report is not None else []
    if report is None or not changes:
        return
    engagement = report.period.engagement_id
    sender = still_writing(engagement, among=[report.submitted_by_id])
    tell(
        News(
            kind=CHANGED,
            event=f"act-{act.pk}",
            to=sender or writers(engagement),
            about=engagement,
            link=report_address(report, "answer-changes"),
            content=lambda: messages.changed(report, changes, str(act.by)),
        )
    )


@hears("progress_report.changes_disputed", consumer="messages")
def tell_that_it_is_disputed(fact: dict[str, Any]) -> None:
    """To whoever changed the figures, or where they may decide no more to all who may."""
    act, report = _act_on_report(fact)
    if report is None:
        return
    engagement = report.period.engagement_id
    deciding = reviewers(engagement, but=act.by_id)
    tell(
        News(
            kind=DISPUTED,
            event=f"act-{act.pk}",
            to=deciding & {report.decided_by_id} or deciding,
            about=engagement,
            link=report_address(report),
            content=lambda: messages.disputed(report, act.data.get("questions", {}), str(act.by)),
        )
    )


def _act_on_report(fact: dict[str, Any]) -> tuple[AuditEvent, ProgressReport | None]:
    act = AuditEvent.objects.select_related("by").get(pk=fact["act"])
    around = ("period__engagement__institution", "submitted_by", "visa_by")
    return act, ProgressReport.objects.select_related(*around).filter(pk=act.target_id or 0).first()


def _tell_sender(kind: MessageKind, act: AuditEvent, report: ProgressReport, content: Callable[[], Content]) -> None:
    engagement = report.period.engagement_id
    tell(
        News(
            kind=kind,
            event=f"act-{act.pk}",
            to=still_writing(engagement, among=[report.submitted_by_id]),
            about=engagement,
            link=report_address(report),
            content=content,
        )
    )
