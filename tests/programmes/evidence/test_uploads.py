"""Files in slices: a cut line, a slice that comes twice and a lost answer lose and double nothing."""

import datetime as dt
import hashlib
import os

import pytest
import time_machine

from programmes.models import Evidence, EvidenceUpload
from programmes.services import uploads
from programmes.services.evidence import remove_evidence
from programmes.services.progress import submit_report
from programmes.services.uploads import SLICE, sweep_files
from programmes.tasks import sweep_evidence
from ta_portal.access.permissions import Role
from tests.programmes.evidence.files import HOSTILE, PDF, PNG
from tests.programmes.progress.conftest import ADDRESS

pytestmark = pytest.mark.django_db

BEGIN = f"{ADDRESS}evidence/"
# Three slices, and each of its bytes its own.
LONG = PDF + bytes(number * 7 % 251 for number in range(2 * SLICE + 1000))


class Device:
    """What a browser's script does, one request at a time."""

    def __init__(self, client):
        self.client = client

    def begin(self, content=LONG, name="minutes.pdf", sha256=None, **more):
        digest = sha256 or hashlib.sha256(content).hexdigest()
        answer = self.client.post(BEGIN, {"name": name, "size": len(content), "sha256": digest, **more})
        if answer.status_code == 201:
            self.address = answer.json()["address"]
        return answer

    def offset(self):
        answer = self.client.head(self.address)
        assert (answer.status_code, answer.content) == (204, b"")
        return int(answer.headers["Upload-Offset"])

    def slice(self, at, content=LONG, most=SLICE):
        data, headers = content[at : at + most], {"Upload-Offset": str(at)}
        return self.client.patch(self.address, data, "application/octet-stream", headers=headers)

    def end(self):
        return self.client.post(self.address)

    def send_rest(self, content=LONG):
        while (at := self.offset()) < len(content):
            assert self.slice(at, content).status_code == 204
        return self.end()


@pytest.fixture
def device(browse, liaison, report):
    return Device(browse(liaison))


def parts(settings):
    return sorted(path.name for path in settings.FILES_DIR.glob("incoming/*"))


def test_a_file_comes_in_slices_and_is_then_as_any_other(
    device, report, accounts, stored, settings, django_capture_on_commit_callbacks
):
    began = device.begin(about="I01")
    assert began.json()["offset"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        ended = device.send_rest()

    row = Evidence.objects.get()
    assert (row.report, row.indicator, row.name, row.size) == (report, accounts, "minutes.pdf", len(LONG))
    assert stored()[row.sha256].read_bytes() == LONG
    assert ended.json()["key"] == str(row.public_id)
    assert f"/engagements/TSA-1/evidence/{row.public_id}/" in ended.json()["html"]
    assert parts(settings) == []


def test_two_cuts_and_a_repeated_slice_lose_and_double_nothing(device, stored):
    device.begin()
    assert device.slice(0).headers["Upload-Offset"] == str(SLICE)
    # The answer was lost with the line: the same slice comes again.
    assert device.slice(0).headers["Upload-Offset"] == str(SLICE)
    # Another tab after a reload: the file is chosen once more, and goes on.
    assert device.begin().json()["offset"] == SLICE
    assert device.slice(SLICE).status_code == 204
    # Out of turn: nothing is taken, and the answer says where to go on.
    assert device.slice(0, most=10).headers["Upload-Offset"] == str(2 * SLICE)
    assert device.slice(2 * SLICE + 5, most=10).headers["Upload-Offset"] == str(2 * SLICE)

    assert device.send_rest().status_code == 200
    assert stored()[hashlib.sha256(LONG).hexdigest()].read_bytes() == LONG


def test_a_slice_that_was_cut_in_the_middle_is_written_over(device, settings, stored):
    device.begin()
    device.slice(0)
    # The disk holds more than was told to anybody.
    [name] = parts(settings)
    with (settings.FILES_DIR / "incoming" / name).open("ab") as file:
        file.write(b"half of the next one")

    assert device.offset() == SLICE
    assert device.send_rest().status_code == 200
    assert stored()[hashlib.sha256(LONG).hexdigest()].read_bytes() == LONG


def test_a_folder_that_lost_what_came_begins_where_it_ends(device, settings):
    device.begin()
    device.slice(0)
    [name] = parts(settings)
    os.truncate(settings.FILES_DIR / "incoming" / name, 1000)

    assert device.begin().json()["offset"] == 1000
    assert device.send_rest().status_code == 200


def test_the_end_that_is_asked_for_twice_gives_one_file_and_the_same_answer(device):
    device.begin()
    first, second = device.send_rest(), device.end()

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert device.begin().json()["offset"] == len(LONG)
    assert device.end().content == first.content
    assert Evidence.objects.count() == 1


def test_an_end_before_all_has_come_is_refused_and_nothing_is_lost(device):
    device.begin()
    device.slice(0)
    early = device.end()

    assert (early.status_code, early.json()["said"]) == (409, f"{SLICE} of {len(LONG)} bytes have come.")
    assert device.send_rest().status_code == 200


def test_what_did_not_come_as_it_was_sent_is_dropped_and_begins_anew(device, settings, stored):
    device.begin(sha256="0" * 64)
    ended = device.send_rest()

    assert ended.status_code == 422
    assert ended.json()["said"] == "“minutes.pdf” did not come as it was sent: add it again."
    assert not EvidenceUpload.objects.exists()
    assert (parts(settings), stored()) == ([], {})


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_refused_at_its_beginning_or_its_end(what, device, settings, stored):
    name, content, _why = HOSTILE[what]
    began = device.begin(content, name)
    refused = began if began.status_code != 201 else device.send_rest(content)

    assert refused.status_code == 422
    assert refused.json()["said"].endswith(".")
    assert not Evidence.objects.exists()
    assert (parts(settings), stored()) == ([], {})


def test_two_gigabytes_are_refused_before_the_first_slice(device):
    answer = device.client.post(BEGIN, {"name": "a.pdf", "size": 2 * 1024**3, "sha256": "0" * 64})

    assert (answer.status_code, answer.json()["said"]) == (422, "“a.pdf” is larger than 20 MB.")


@pytest.mark.parametrize(
    "wrong", [{"size": "x"}, {"size": "-5"}, {"sha256": "../../x"}, {"about": "I77"}, {"name": ""}]
)
def test_a_beginning_that_says_nothing_of_use_is_refused(wrong, device):
    sent = {"name": "a.pdf", "size": "5", "sha256": "0" * 64, **wrong}

    assert device.client.post(BEGIN, sent).status_code == 422
    assert not EvidenceUpload.objects.exists()


def test_a_slice_that_is_too_long_and_more_than_was_announced_are_refused(device):
    device.begin()
    assert device.slice(0, most=SLICE + 1).status_code == 422
    for at in (0, SLICE):
        device.slice(at)
    assert device.slice(2 * SLICE, LONG + b"more").status_code == 422
    assert device.offset() == 2 * SLICE


def test_what_has_come_is_its_senders_alone(device, browse, member, engagement):
    device.begin()
    colleague = member(Role.LIAISON, institution=engagement.institution)
    theirs = Device(browse(colleague))
    theirs.address = device.address

    assert [theirs.slice(0).status_code, theirs.end().status_code] == [404, 404]
    assert theirs.client.head(theirs.address).status_code == 404


def test_somebody_sends_so_many_files_at_once(device, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_AT_ONCE", 1)
    device.begin()

    refused = device.begin(PNG, "screen.png")
    assert (refused.status_code, "on their way already" in refused.json()["said"]) == (422, True)
    assert device.begin().status_code == 201


def test_a_report_that_was_sent_meanwhile_takes_no_more_and_says_so(device, report, liaison):
    device.begin()
    submit_report(report_id=report.pk, by=liaison)

    ended = device.send_rest()
    assert ended.status_code == 409
    assert "it cannot be edited" in ended.json()["said"]
    assert device.begin(PNG, "screen.png").status_code == 409


# --- what is over goes by itself ---


def test_what_nobody_goes_on_sending_goes_after_two_days_and_not_before(device, settings):
    device.begin()
    device.slice(0)
    now = dt.datetime.now(dt.UTC)
    with time_machine.travel(now + dt.timedelta(days=1)):
        sweep_evidence()
        assert device.offset() == SLICE
    with time_machine.travel(now + dt.timedelta(days=2, hours=1)):
        sweep_evidence()
        sweep_evidence()

    assert not EvidenceUpload.objects.exists()
    assert parts(settings) == []


def test_content_that_nothing_refers_to_goes_after_a_month_and_what_is_wanted_stays(add, liaison, stored):
    gone, wanted = add(), add(PNG, "screen.png")
    remove_evidence(evidence_id=gone.pk, reason="Not ours.", by=liaison)
    now = dt.datetime.now(dt.UTC)
    with time_machine.travel(now + dt.timedelta(days=29)):
        sweep_files()
    assert set(stored()) == {gone.sha256, wanted.sha256}
    with time_machine.travel(now + dt.timedelta(days=31)):
        sweep_files()

    assert set(stored()) == {wanted.sha256}


def test_content_that_is_added_anew_is_young_again(add, liaison, stored):
    row = add()
    remove_evidence(evidence_id=row.pk, reason="Not ours.", by=liaison)
    path = stored()[row.sha256]
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()
    os.utime(path, (long_ago, long_ago))
    again = add()
    remove_evidence(evidence_id=again.pk, reason="Not ours.", by=liaison)

    sweep_files()
    assert set(stored()) == {row.sha256}
