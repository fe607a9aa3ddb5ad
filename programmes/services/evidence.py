"""Evidence: files are added to a report that is still open, or taken out of it again, by those who may write it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.evidence import LONGEST_NAME, NotEvidence, Refusal, kind_of, name_of
from programmes.models import Evidence, Indicator, ProgressReport
from programmes.services import file_store
from programmes.services.changing import remove_row
from programmes.services.checks import refuse
from programmes.services.locking import row_to_change
from programmes.services.progress import open_report
from programmes.services.scanning import scan
from programmes.words.evidence import REFUSALS
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import InvalidInput

MOST_FILES = 50
_MEGABYTE = 1024 * 1024


class Readable(Protocol):
    """An open file, or one that was sent."""

    def read(self, size: int, /) -> bytes: ...


@transaction.atomic
def add_evidence(
    *, report_id: int, content: Readable, name: str, indicator: Indicator | None = None, by: User
) -> Evidence:
    """Keep a file as evidence of a report that is open, or of one of its figures.

    What it is is found in it; `name` must agree. Nothing is stored of a file that is refused. The same file for the
    same figure is kept once: the second time the first one is given. Raises InvalidInput, ReportClosed.
    """
    report = open_report(report_id, by=by)
    name = checked_name(name)
    data = _read(content, name)
    with _saying_why(name):
        media_type = kind_of(data, name)
        scan(data)
    must_be_of_the_report(indicator, report)
    digest = file_store.keep(data)
    known = report.evidence.filter(indicator=indicator, sha256=digest).first()
    if known is not None:
        return known
    _must_have_room(report)
    row: Evidence = report.evidence.create(
        indicator=indicator, name=name, sha256=digest, size=len(data), media_type=media_type.value, created_by=by
    )
    told = {"name": name, "size": row.size, "sha256": digest, "indicator": indicator.code if indicator else None}
    audit.record("evidence.added", target=row, by=by, **told)
    return row


@transaction.atomic
def remove_evidence(*, evidence_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Take a file out of a report that is open. What was in it stays in the store for some weeks."""
    row = row_to_change(Evidence, evidence_id, Permission.PROGRESS_LOG, by=by, expected_version=expected_version)
    open_report(row.report_id, by=by)
    remove_row(row, verb="evidence.removed", reason=reason, by=by, name=row.name, sha256=row.sha256)


def checked_name(given: str) -> str:
    with _saying_why(given):
        return name_of(given)


def check_size(size: int, name: str) -> None:
    """Refuse a file for the size that is announced, before any of it is read."""
    if size > settings.EVIDENCE_MOST_BYTES:
        _refuse(Refusal.TOO_LARGE, name)
    if size <= 0:
        _refuse(Refusal.EMPTY, name)


def must_be_of_the_report(indicator: Indicator | None, report: ProgressReport) -> None:
    if indicator is not None and indicator.engagement_id != report.period.engagement_id:
        refuse("indicator", _("There is no {place} in this report.").format(place=indicator.code))


def _must_have_room(report: ProgressReport) -> None:
    if report.evidence.count() >= MOST_FILES:
        refuse("file", _("A report takes {most} files at most.").format(most=MOST_FILES))


def _read(content: Readable, name: str) -> bytes:
    data = content.read(settings.EVIDENCE_MOST_BYTES + 1)
    check_size(len(data), name)
    return data


@contextmanager
def _saying_why(name: str) -> Iterator[None]:
    try:
        yield
    except NotEvidence as refusal:
        _refuse(refusal.why, name)


def _refuse(why: Refusal, name: str) -> NoReturn:
    sentence = str(REFUSALS[why]).format(name=name[:LONGEST_NAME], most=settings.EVIDENCE_MOST_BYTES // _MEGABYTE)
    raise InvalidInput.at("file", sentence, code=why.value)
