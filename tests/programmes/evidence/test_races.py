"""Sessions that meet over one file: it is kept once, and no slice is doubled."""

import hashlib
import io

import pytest

from programmes.models import Evidence, EvidenceUpload
from programmes.services.evidence import add_evidence
from programmes.services.uploads import SLICE, begin_upload, end_upload, sweep_files, take_slice
from ta_portal.audit.models import AuditEvent
from tests.programmes.evidence.files import PDF
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 5
LONG = PDF + bytes(SLICE)


def test_a_file_that_is_added_five_times_at_once_is_kept_once(report, liaison, stored):
    def add():
        return add_evidence(report_id=report.pk, content=io.BytesIO(PDF), name="minutes.pdf", by=liaison).pk

    came_to = race([add] * AT_ONCE)

    assert set(came_to) == {Evidence.objects.get().pk}
    assert AuditEvent.objects.filter(verb="evidence.added").count() == 1
    assert len(stored()) == 1


def test_slices_and_ends_that_come_five_times_at_once_count_once(report, liaison, stored):
    given = {"name": "minutes.pdf", "size": len(LONG), "sha256": hashlib.sha256(LONG).hexdigest()}
    rows = race([lambda: begin_upload(report_id=report.pk, by=liaison, **given)] * AT_ONCE)
    assert {row.pk for row in rows} == {EvidenceUpload.objects.get().pk}
    which = {"public_id": rows[0].public_id, "by": liaison}

    for at in (0, SLICE):
        race([lambda at=at: take_slice(at=at, data=LONG[at : at + SLICE], **which)] * AT_ONCE)
        assert EvidenceUpload.objects.get().received == min(at + SLICE, len(LONG))
    ended = race([lambda: end_upload(**which)] * AT_ONCE)

    assert {row.pk for row in ended} == {Evidence.objects.get().pk}
    [path] = stored().values()
    assert path.read_bytes() == LONG


def test_a_sweep_that_meets_what_is_added_takes_nothing_away(report, liaison, stored):
    def add(number):
        return lambda: add_evidence(
            report_id=report.pk, content=io.BytesIO(PDF + bytes(str(number), "ascii")), name="a.pdf", by=liaison
        )

    came_to = race([*(add(number) for number in range(AT_ONCE)), sweep_files, sweep_files])

    assert not [one for one in came_to if isinstance(one, Exception)]
    assert set(stored()) == set(Evidence.objects.values_list("sha256", flat=True))
