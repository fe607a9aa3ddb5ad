"""The form of a report as a file over REST: given in the caller's language, and read back into the draft."""

from decimal import Decimal

import pytest

from programmes.models import Observation
from programmes.services.progress import submit_report
from tests.programmes.evidence.files import PDF
from tests.programmes.progress.workbooks import filled, key
from tests.rest import Rest, fields_at_fault

pytestmark = pytest.mark.django_db
TOKEN = ["read", "progress-reports:update"]


@pytest.fixture
def asked(liaison):
    return Rest(liaison, TOKEN)


@pytest.fixture
def address(report):
    return f"progress-reports/{report.public_id}/"


@pytest.fixture
def content(asked, address):
    return b"".join(asked.ask(f"{address}file/"))


@pytest.fixture
def give(asked, address):
    def send(content, *, etag=None, headers=None, name="form.xlsx"):
        tag = etag or asked.etag(address)
        return asked.post(f"{address}file/", {"file": (name, content)}, headers, tag)

    return send


def test_the_file_is_given_in_the_language_that_is_asked_for(asked, address):
    response = asked.ask(f"{address}file/", {"Accept-Language": "ar", "Accept": "application/json"})

    assert response.headers["Content-Disposition"] == 'attachment; filename="TSA-1-2024-Q2.xlsx"'
    other = asked.ask(f"{address}file/", {"Accept-Language": "fr"})
    assert other.headers["ETag"] != response.headers["ETag"]
    assert (
        asked.ask(f"{address}file/", {"Accept-Language": "fr", "If-None-Match": other.headers["ETag"]}).status_code
        == 304
    )


def test_it_fills_the_draft_and_answers_with_the_report(give, content, accounts, report):
    response = give(filled(content, {key(accounts): 341, "done": "Much"}))

    assert response.status_code == 200
    told = response.json()
    assert (told["state"], told["done"]) == ("draft", "Much")
    assert Observation.objects.get(report=report).value == Decimal(341)


def test_what_the_page_would_ask_is_a_fault_at_its_place_and_nothing_is_kept(give, content, accounts, report):
    response = give(filled(content, {key(accounts): "12,345", "done": "=1", "language": "Latin"}))

    assert response.status_code == 400
    assert sorted(fields_at_fault(response)) == ["I01.value", "done", "language"]
    assert not Observation.objects.filter(report=report).exists()


def test_what_the_service_refuses_is_a_fault_at_its_place(give, content, accounts, report):
    too_much = filled(content, {key(accounts): 10**20})

    assert fields_at_fault(give(too_much)) == ["I01.value"]


def test_what_is_no_form_of_this_report_is_refused_in_its_field(give, content):
    response = give(PDF, name="form.pdf")

    assert (response.status_code, fields_at_fault(response)) == (400, ["file"])
    assert response.json()["errors"][0]["code"] == "unknown_kind"


def test_neither_an_older_file_nor_an_older_page_overwrites_what_was_saved(give, content, asked, address, accounts):
    old = asked.etag(address)
    assert give(filled(content, {key(accounts): 341})).status_code == 200
    fresh = b"".join(asked.ask(f"{address}file/"))

    assert give(filled(content, {key(accounts): 350})).status_code == 412
    assert give(filled(fresh, {key(accounts): 350}), etag=old).status_code == 412
    assert asked.post(f"{address}file/", {"file": ("form.xlsx", fresh)}).status_code == 428
    assert give(filled(fresh, {key(accounts): 350})).status_code == 200


def test_the_same_request_under_one_key_is_answered_once(give, content, accounts, report, asked, address):
    body, tag = filled(content, {key(accounts): 341}), asked.etag(address)
    first, again = (give(body, etag=tag, headers={"Idempotency-Key": "one"}) for _time in "12")

    assert (first.status_code, again.content) == (200, first.content)
    other = give(filled(content, {key(accounts): 342}), etag=tag, headers={"Idempotency-Key": "one"})
    assert other.status_code == 422
    assert Observation.objects.get(report=report).value == Decimal(341)


def test_there_is_no_file_of_a_report_that_was_sent(asked, address, give, content, report, liaison):
    submit_report(report_id=report.pk, by=liaison)

    assert asked.ask(f"{address}file/").status_code == 409
    # It is another version since.
    assert give(content).status_code == 412


def test_who_may_only_see_the_report_is_given_its_file_and_not_heard(officer, address, content):
    reading = Rest(officer, TOKEN)

    assert b"".join(reading.ask(f"{address}file/")) == content
    tag = reading.etag(address)
    assert reading.post(f"{address}file/", {"file": ("form.xlsx", content)}, etag=tag).status_code == 403
    assert (
        Rest(officer, ["read"]).post(f"{address}file/", {"file": ("form.xlsx", content)}, etag=tag).status_code == 403
    )
