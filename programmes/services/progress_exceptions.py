"""Exceptions that an officer makes in reporting: more time for a period, an accepted report opened again."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import PeriodState, ReturnReason, ReviewState
from programmes.models import ProgressReport, ReportingPeriod
from programmes.services.checks import refuse
from programmes.services.figure_changes import withdraw_changes
from programmes.services.locking import row_to_change
from programmes.services.progress import announce, bring_to, turn_period
from programmes.services.progress_refusals import ReportClosed
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@transaction.atomic
def move_due_date(
    *, report_id: int, due: dt.date, reason: str, expected_version: int | None = None, by: User
) -> ProgressReport:
    """Ask for a report by another day than its period's, for a `reason` that stays on record.

    Refuses a day before the period is over. Raises ReportClosed for a report that is accepted: nothing is due any more.
    """
    report = row_to_change(
        ProgressReport, report_id, Permission.PROGRESS_REVIEW, by=by, expected_version=expected_version
    )
    period = ReportingPeriod.objects.select_for_update(no_key=True).get(pk=report.period_id)
    if report.state == ReviewState.ACCEPTED:
        raise ReportClosed(_("This report is accepted: nothing is due any more."))
    _must_say_why(reason)
    if due <= period.ends:
        refuse("due", _("A report is due after its period, which ends on {ends}.").format(ends=period.ends))
    was, period.due, period.updated_by = period.due, due, by
    period.save(update_fields=["due", "updated_by"])
    # Whoever read the report before has read another day on it.
    report.updated_by = by
    report.save(update_fields=["updated_by"])
    audit.record(
        "progress_report.due_moved",
        target=report,
        by=by,
        reason=reason,
        changes={"due": {"was": was.isoformat(), "now": due.isoformat()}},
    )
    return report


@transaction.atomic
def reopen_report(*, report_id: int, reason: str, expected_version: int | None = None, by: User) -> ProgressReport:
    """Give an accepted report back to its authors, for a `reason` that they read: its period is open again.

    What was accepted goes on counting, as it stands, until a corrected report is accepted in its turn.
    """
    report = row_to_change(
        ProgressReport, report_id, Permission.PROGRESS_REVIEW, by=by, expected_version=expected_version
    )
    if report.state != ReviewState.ACCEPTED:
        raise ReportClosed(
            _("This report is {state}; only an accepted one is opened again.").format(state=report.state)
        )
    _must_say_why(reason)
    report.return_reason, report.return_note, report.questions = ReturnReason.OTHER.value, reason.strip(), {}
    bring_to(report, ReviewState.RETURNED, by=by)
    turn_period(report, PeriodState.OPEN, by=by)
    withdraw_changes(report, by=by)
    given = {"return_reason": report.return_reason, "return_note": report.return_note}
    announce(audit.record("progress_report.reopened", target=report, by=by, **given))
    return report


def _must_say_why(reason: str) -> None:
    if not reason.strip():
        refuse("reason", _("Say why: it stays on record."))
