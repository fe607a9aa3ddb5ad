"""Evidence over REST: added, found, given away and taken out, by who may."""

import hashlib

import pytest

from programmes.models import Evidence
from programmes.services.progress import submit_report
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from tests.factories import EvidenceFactory
from tests.programmes.evidence.files import HOSTILE, PDF, PNG
from tests.rest import Rest, fields_at_fault

pytestmark = pytest.mark.django_db
TOKEN = ["read", "evidence:create", "evidence:delete"]


@pytest.fixture
def asked(liaison):
    return Rest(liaison, TOKEN)


@pytest.fixture
def send(asked, report):
    def post(content=PDF, name="minutes.pdf", headers=None, **more):
        body = {"progress_report": str(report.public_id), "file": (name, content), **more}
        return asked.post("evidence/", body, headers)

    return post


def test_a_file_is_added_and_reads_as_it_is(send, asked, report, accounts, liaison):
    response = send(indicator="I01")

    assert response.status_code == 201
    row = response.json()
    assert {
        name: row[name] for name in ("engagement", "progress_report", "indicator", "name", "media_type", "size")
    } == {
        "engagement": "TSA-1",
        "progress_report": str(report.public_id),
        "indicator": "I01",
        "name": "minutes.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
    }
    assert (row["sha256"], row["added_by"]) == (hashlib.sha256(PDF).hexdigest(), liaison.full_name)
    assert response.headers["Location"].endswith(f"/api/v1/evidence/{row['id']}/")


def test_its_content_comes_to_be_saved_for_a_token_and_once(send, asked):
    address = f"evidence/{send().json()['id']}/content/"
    response = asked.ask(address)

    assert b"".join(response) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="minutes.pdf"'
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert asked.ask(address, {"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert asked.ask(address, {"Accept": "image/png"}).headers["Content-Type"] == "application/pdf"


# Of a path the form's reader takes the last part alone, and a file without a name is none to it.
def _arrives(name):
    return name.isprintable() and name.strip() and not {"/", "\\"} & set(name)


@pytest.mark.parametrize("what", [what for what, (name, _content, _why) in HOSTILE.items() if _arrives(name)])
def test_what_is_hostile_is_refused_in_the_field_and_nothing_is_kept(what, send, stored):
    name, content, why = HOSTILE[what]
    response = send(content, name)

    assert response.status_code == 400
    [fault] = response.json()["errors"]
    assert (fault["field"], fault["code"]) == ("file", why)
    assert not Evidence.objects.exists()
    assert stored() == {}


def test_what_a_client_says_of_its_kind_is_not_believed(send):
    row = send(PNG, "screen.png").json()

    assert row["media_type"] == "image/png"


def test_the_same_request_twice_adds_once_with_a_key_or_without(send):
    keyed = [send(headers={"Idempotency-Key": "one"}) for _time in "12"]
    assert keyed[0].content == keyed[1].content
    assert send().json()["id"] == keyed[0].json()["id"]
    other = send(PNG, "screen.png", headers={"Idempotency-Key": "one"})

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert AuditEvent.objects.filter(verb="evidence.added").count() == 1


def test_what_is_larger_than_a_file_may_be_is_refused_unread(send, settings):
    settings.EVIDENCE_MOST_BYTES = 1024 * 1024
    at_fault = send(PDF + bytes(1024 * 1024))
    too_long = send(PDF + bytes(1200 * 1024))

    assert (at_fault.status_code, fields_at_fault(at_fault)) == (400, ["file"])
    assert (too_long.status_code, too_long.json()["code"]) == (413, "too_large")


def test_two_gigabytes_are_a_problem_and_not_a_page(asked):
    told = {"CONTENT_LENGTH": str(2 * 1024**3)}
    kind = "multipart/form-data; boundary=b"
    response = asked.client.generic("POST", "/api/v1/evidence/", b"", kind, headers=asked.headers, **told)

    assert (response.status_code, response.headers["Content-Type"]) == (413, "application/problem+json")
    assert response.json()["code"] == "too_large"


def test_json_is_not_what_it_reads(asked, report):
    response = asked.post("evidence/", {"progress_report": str(report.public_id)})

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_form_without_a_file_says_which_field_is_missing(asked, report):
    body = {"progress_report": str(report.public_id)}
    response = asked.client.post("/api/v1/evidence/", body, headers=asked.headers)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["file"]


def test_a_list_is_narrowed_by_report_figure_and_content(send, asked, report, accounts):
    ours, figures = send().json()["id"], send(PNG, "screen.png", indicator="I01").json()["id"]
    EvidenceFactory()

    def ids(**asked_for):
        return asked.codes("evidence/", "id", **asked_for)

    assert ids() == ids(engagement="TSA-1") == ids(progress_report=str(report.public_id)) == [ours, figures]
    assert ids(indicator="I01") == [figures]
    assert ids(media_type="application/pdf") == ids(sha256=hashlib.sha256(PDF).hexdigest()) == [ours]
    assert ids(search="screen") == [figures]


def test_a_report_that_was_sent_takes_nothing_and_gives_nothing_back(send, asked, report, liaison):
    row = send().json()
    submit_report(report_id=report.pk, by=liaison)

    assert (send(PNG, "screen.png").status_code, send(PNG, "screen.png").json()["code"]) == (409, "report_closed")
    address = f"evidence/{row['id']}/"
    gone = asked.delete(address, etag=asked.etag(address), reason="Not ours.")
    assert (gone.status_code, gone.json()["code"]) == (409, "report_closed")


def test_what_is_taken_out_is_gone(send, asked):
    address = f"evidence/{send().json()['id']}/"

    assert asked.delete(address, etag=asked.etag(address), reason="Not ours.").status_code == 204
    assert asked.ask(address).status_code == 404
    assert asked.ask(f"{address}content/").status_code == 404


def test_a_token_that_only_reads_adds_nothing(liaison, report):
    body = {"progress_report": str(report.public_id), "file": ("minutes.pdf", PDF)}
    response = Rest(liaison, ["read"]).post("evidence/", body)

    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")


def test_another_ministry_finds_neither_the_row_nor_the_file(send, elsewhere, rest):
    row = send().json()
    theirs = Rest(elsewhere, TOKEN)

    for path in (f"evidence/{row['id']}/", f"evidence/{row['id']}/content/"):
        assert theirs.ask(path).status_code == 404
        assert rest(Role.VIEWER).ask(path).status_code == 200
