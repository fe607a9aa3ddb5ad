"""Adding files to a report and taking them out: who may, until when, what is refused, and what is kept."""

import hashlib
import io
import stat

import pytest
from django.apps import apps

from programmes.models import Evidence
from programmes.services import evidence as services
from programmes.services.evidence import remove_evidence
from programmes.services.progress import accept_report, return_report, submit_report
from programmes.services.progress_refusals import ReportClosed
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.changes.models import Tombstone
from ta_portal.errors import InvalidInput, NotFound, NotPermitted, StaleVersion
from tests.factories import DeploymentFactory, ExpertFactory, IndicatorFactory, UserFactory
from tests.programmes.evidence.files import HOSTILE, PDF, PNG

pytestmark = pytest.mark.django_db
READERS = [Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.EVALUATOR, Role.VIEWER, Role.AUDITOR]
SHA = hashlib.sha256(PDF).hexdigest()


def remove(row, by, **more):
    remove_evidence(evidence_id=row.pk, reason="Not ours.", by=by, **more)


def test_a_file_is_kept_under_its_hash_and_told_of(add, report, accounts, liaison, stored):
    row = add(indicator=accounts)

    assert (row.name, row.size, row.media_type, row.sha256) == ("minutes.pdf", len(PDF), "application/pdf", SHA)
    assert (row.report, row.indicator, row.created_by) == (report, accounts, liaison)
    assert stored()[SHA].read_bytes() == PDF
    act = AuditEvent.objects.get(verb="evidence.added")
    assert act.engagement_id == report.period.engagement_id
    assert act.data == {"name": "minutes.pdf", "size": len(PDF), "sha256": SHA, "indicator": "I01"}


def test_what_is_kept_is_nobodys_to_run_and_only_the_portals_to_read(add, stored):
    add()

    mode = stored()[SHA].stat().st_mode
    assert stat.S_IMODE(mode) & 0o177 == 0


def test_the_same_file_is_kept_once_however_often_it_is_added(add, accounts, stored):
    first = add()

    assert add() == first
    assert add(name="other name.pdf") == first
    other = add(indicator=accounts)
    assert other != first
    assert list(stored()) == [SHA]
    assert AuditEvent.objects.filter(verb="evidence.added").count() == 2


def test_the_report_keeps_its_version_so_that_what_is_typed_meanwhile_can_be_saved(add, report):
    before = report.row_version
    add()

    report.refresh_from_db()
    assert report.row_version == before


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_refused_with_a_sentence_and_nothing_is_stored(what, add, stored):
    name, content, why = HOSTILE[what]

    with pytest.raises(InvalidInput) as refusal:
        add(content, name)
    [fault] = refusal.value.faults
    assert (fault.place, fault.code) == ("file", why)
    assert fault.message.endswith(".")
    assert "{" not in fault.message
    assert not Evidence.objects.exists()
    assert stored() == {}


def test_a_file_over_the_limit_is_refused_after_no_more_than_the_limit_is_read(add, settings, stored):
    settings.EVIDENCE_MOST_BYTES = 1024 * 1024
    endless = io.BytesIO(PDF + bytes(3 * 1024 * 1024))

    with pytest.raises(InvalidInput, match=r"“long\.pdf” is larger than 1 MB"):
        add(endless.getvalue(), "long.pdf")
    assert stored() == {}


def test_a_report_takes_so_many_files(add, monkeypatch):
    monkeypatch.setattr(services, "MOST_FILES", 1)
    add()

    with pytest.raises(InvalidInput, match="takes 1 files at most"):
        add(PNG, "screen.png")


def test_a_figure_of_another_engagement_is_refused(add, stored):
    with pytest.raises(InvalidInput, match="There is no I77 in this report"):
        add(indicator=IndicatorFactory(code="I77"))
    assert stored() == {}


def test_who_may_write_the_report_may_add_and_take_out(add, report, engagement, member):
    expert = UserFactory()
    DeploymentFactory(engagement=engagement, expert=ExpertFactory(user=expert))
    for person in (expert, member(Role.ADMINISTRATOR)):
        row = add(by=person)
        remove(row, person)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.EVALUATOR, Role.VIEWER, Role.AUDITOR]
)
def test_who_may_only_read_may_not(role, add, member, stored):
    reader, row = member(role), add()

    with pytest.raises(NotPermitted):
        add(PNG, "screen.png", by=reader)
    with pytest.raises(NotPermitted):
        remove(row, reader)
    assert list(stored()) == [SHA]


def test_to_a_stranger_neither_is_there(add, elsewhere):
    row = add()

    with pytest.raises(NotFound):
        add(by=elsewhere)
    with pytest.raises(NotFound):
        remove(row, elsewhere)


def test_what_was_sent_or_accepted_keeps_its_files_and_what_is_returned_is_open_again(add, report, liaison, officer):
    row = add()
    submit_report(report_id=report.pk, by=liaison)
    with pytest.raises(ReportClosed):
        remove(row, liaison)
    with pytest.raises(ReportClosed):
        add(PNG, "screen.png")

    return_report(report_id=report.pk, note="Where is the list?", by=officer)
    add(PNG, "screen.png")
    remove(row, liaison)

    submit_report(report_id=report.pk, by=liaison)
    accept_report(report_id=report.pk, by=officer)
    with pytest.raises(ReportClosed):
        add()
    with pytest.raises(ReportClosed):
        remove(Evidence.objects.get(), liaison)


def test_what_is_taken_out_leaves_a_trace_and_its_content_for_a_while(add, report, liaison, stored):
    row = add()
    with pytest.raises(StaleVersion):
        remove(row, liaison, expected_version=row.row_version + 1)
    with pytest.raises(InvalidInput, match="Say why"):
        remove_evidence(evidence_id=row.pk, reason=" ", by=liaison)
    remove(row, liaison, expected_version=row.row_version)

    gone = Tombstone.objects.get(kind="evidence")
    assert (gone.public_id, gone.scope["report_id"]) == (row.public_id, report.pk)
    assert AuditEvent.objects.get(verb="evidence.removed").data["reason"] == "Not ours."
    assert list(stored()) == [SHA]
    kept = apps.get_model("programmes", "EvidenceEvent").objects.filter(pgh_obj_id=row.pk)
    assert list(kept.order_by("pgh_id").values_list("pgh_label", flat=True)) == ["insert", "delete"]


def test_a_folder_that_cannot_be_written_to_is_told_and_nothing_is_recorded(add, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "file"
    settings.FILES_DIR.write_text("in the way")

    with pytest.raises(services.file_store.StoreUnavailable):
        add()
    assert not Evidence.objects.exists()
