"""The ministry's visa: its director looks at a report before the donor does."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import ReturnReason, ReviewState
from programmes.models import ProgressReport
from programmes.services.checks import refuse
from programmes.services.locking import must_be_at, row_to_change
from programmes.services.progress import announce, bring_to
from programmes.services.progress_refusals import NotYourTurn, OwnSubmission, ReportClosed
from programmes.services.reviewing import end_chain
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@transaction.atomic
def give_visa(*, report_id: int, expected_version: int | None = None, by: User) -> ProgressReport:
    """Let the report go to its reviewers. Only who was named at its submission does, and never whoever sent it."""
    report = _awaiting(report_id, by=by, expected_version=expected_version)
    report.visa_at = timezone.now()
    bring_to(report, ReviewState.SUBMITTED, by=by)
    announce(audit.record("progress_report.visa_given", target=report, by=by))
    return report


@transaction.atomic
def refuse_visa(*, report_id: int, note: str, expected_version: int | None = None, by: User) -> ProgressReport:
    """Give the report back to whoever sent it, with a note; it can be edited and sent again."""
    report = _awaiting(report_id, by=by, expected_version=expected_version)
    if not note.strip():
        refuse("note", _("Say what should be mended."))
    end_chain(report, note=note.strip(), by=by)
    report.decided_by, report.decided_at = by, timezone.now()
    report.return_reason, report.return_note, report.questions = ReturnReason.OTHER.value, note.strip(), {}
    bring_to(report, ReviewState.RETURNED, by=by)
    given = {"return_reason": report.return_reason, "return_note": report.return_note}
    announce(audit.record("progress_report.visa_refused", target=report, by=by, **given))
    return report


def _awaiting(report_id: int, *, by: User, expected_version: int | None) -> ProgressReport:
    report = row_to_change(ProgressReport, report_id, Permission.PROGRESS_LOG, by=by)
    # Before the version: that somebody else has decided says more than that something changed.
    if report.state != ReviewState.AWAITING:
        raise ReportClosed(_("This report waits for no visa."))
    if report.submitted_by_id == by.pk:
        raise OwnSubmission(_("Somebody else has to give the visa of a report that you sent."))
    if report.visa_by_id != by.pk:
        raise NotYourTurn(_("It is the turn of {person}.").format(person=report.visa_by))
    must_be_at(report, expected_version)
    return report
