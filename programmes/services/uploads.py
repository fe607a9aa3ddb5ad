"""Files that come in slices over a bad line: each slice is kept as it comes, and the rest follows later.

What was sent twice counts once. A file becomes evidence at its end, by the same rules as one that came whole.
"""

import datetime as dt
import hashlib
import io
import re
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.models import Evidence, EvidenceUpload, Indicator
from programmes.services import file_store
from programmes.services.checks import refuse
from programmes.services.evidence import add_evidence, check_size, checked_name, must_be_of_the_report
from programmes.services.progress import open_report
from ta_portal.accounts.models import User
from ta_portal.errors import DomainError, InvalidInput, NotFound

SLICE = 256 * 1024
MOST_AT_ONCE = 10
_HASH = re.compile(r"[0-9a-f]{64}")
# A file that nobody goes on with; and what nothing refers to any more.
UPLOAD_LASTS, CONTENT_LASTS = dt.timedelta(days=2), dt.timedelta(days=30)


class UploadIncomplete(DomainError):
    """Some of the file has not come yet."""

    code = "upload_incomplete"


@transaction.atomic
def begin_upload(
    *, report_id: int, name: str, size: int, sha256: str, indicator: Indicator | None = None, by: User
) -> EvidenceUpload:
    """Begin to take a file for a report that is open, or go on with what came of the same file before.

    Its name and size are judged before any of it comes. `sha256` is what the device counts it to be.
    """
    report = open_report(report_id, by=by)
    name = checked_name(name)
    check_size(size, name)
    must_be_of_the_report(indicator, report)
    if not _HASH.fullmatch(sha256):
        refuse("sha256", _("This is no SHA-256 in 64 small hexadecimal digits."))
    which = {"owner": by, "report": report, "indicator": indicator, "sha256": sha256}
    row = EvidenceUpload.objects.select_for_update().filter(**which).first()
    if row is None:
        _must_have_room(by)
        row = EvidenceUpload(**which)
    # What is on disk decides: a folder that was put back from a backup may hold less than was said.
    row.received = row.size if row.evidence_id else min(row.received, file_store.length_received(str(row.public_id)))
    row.name, row.size, row.expires_at = name, size, timezone.now() + UPLOAD_LASTS
    row.save()
    return row


@transaction.atomic
def take_slice(*, public_id: uuid.UUID, at: int, data: bytes, by: User) -> EvidenceUpload:
    """Keep the slice that begins at byte `at`, and say how much has come. Safe to repeat.

    A slice that came before, or that does not begin where the last one ended, changes nothing: the answer tells where
    to go on.
    """
    row = _own(public_id, by)
    if row.evidence_id or at != row.received:
        return row
    if at + len(data) > row.size:
        refuse("file", _("More came than the {size} bytes that were announced.").format(size=row.size))
    file_store.write_slice(str(public_id), data, at=at)
    row.received += len(data)
    row.expires_at = timezone.now() + UPLOAD_LASTS
    row.save(update_fields=["received", "expires_at"])
    return row


def end_upload(*, public_id: uuid.UUID, by: User) -> Evidence:
    """Make what came the evidence that it was sent to be. Asked again, the answer is the same.

    Raises UploadIncomplete. Of a file that is refused nothing is kept.
    """
    try:
        with transaction.atomic():
            return _ended(public_id, by)
    except InvalidInput:
        EvidenceUpload.objects.filter(public_id=public_id, owner=by).delete()
        file_store.drop_received(str(public_id))
        raise


def upload_of(*, public_id: uuid.UUID, by: User) -> EvidenceUpload:
    """An upload of one's own."""
    row = EvidenceUpload.objects.filter(public_id=public_id, owner=by).first()
    if row is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return row


@transaction.atomic
def sweep_files() -> None:
    """Forget files that nobody goes on sending, and contents that nothing refers to any more. Safe to repeat."""
    now = timezone.now()
    # Before the store is held: whoever ends an upload holds its row and then asks for the store.
    EvidenceUpload.objects.filter(expires_at__lt=now).delete()
    file_store.hold_for_sweep()
    coming = {str(one) for one in EvidenceUpload.objects.values_list("public_id", flat=True)}
    file_store.sweep_received(wanted=coming, older_than=now - UPLOAD_LASTS)
    wanted = set(Evidence.objects.values_list("sha256", flat=True))
    file_store.sweep_contents(wanted=wanted, older_than=now - CONTENT_LASTS)


def _own(public_id: uuid.UUID, by: User) -> EvidenceUpload:
    """The upload, locked: two slices of one file do not come at once."""
    row = EvidenceUpload.objects.select_for_update().filter(public_id=public_id, owner=by).first()
    if row is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return row


def _ended(public_id: uuid.UUID, by: User) -> Evidence:
    row = _own(public_id, by)
    if row.evidence is not None:
        return row.evidence
    data = file_store.received(str(public_id))
    if len(data) < row.size:
        raise UploadIncomplete(_("{received} of {size} bytes have come.").format(received=row.received, size=row.size))
    if hashlib.sha256(data).hexdigest() != row.sha256:
        refuse("file", _("“{name}” did not come as it was sent: add it again.").format(name=row.name))
    row.evidence = add_evidence(
        report_id=row.report_id, content=io.BytesIO(data), name=row.name, indicator=row.indicator, by=by
    )
    row.received = row.size
    row.save(update_fields=["evidence", "received"])
    transaction.on_commit(lambda: file_store.drop_received(str(public_id)))
    return row.evidence


def _must_have_room(by: User) -> None:
    if EvidenceUpload.objects.filter(owner=by, evidence=None).count() >= MOST_AT_ONCE:
        refuse("file", _("{most} files are on their way already: wait for one of them.").format(most=MOST_AT_ONCE))
