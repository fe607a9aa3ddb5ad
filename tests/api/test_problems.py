"""Every error of the API is one shape, with a stable code."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from programmes.models import Milestone
from ta_portal.access.permissions import Role
from ta_portal.api.problems import CODES
from tests.factories import EngagementFactory
from tests.rest import Rest, fields_at_fault

pytestmark = pytest.mark.django_db


def problem_of(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"].endswith(f"#{body['code']}")
    assert set(body) >= {"type", "title", "status", "detail", "code"}
    return body


def test_a_stranger_is_asked_for_a_token():
    response = Rest().ask("engagements/")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert problem_of(response)["code"] == "not_authenticated"


def test_what_is_missing_and_what_is_hidden_are_answered_alike(rest, member):
    hidden = EngagementFactory()
    mine = EngagementFactory()
    asked = rest(Role.VIEWER, engagement=mine)

    missing, unseen = asked.ask("engagements/NO-SUCH-REF/"), asked.ask(f"engagements/{hidden.ref}/")

    assert missing.status_code == unseen.status_code == 404
    assert missing.content == unseen.content
    assert problem_of(missing)["code"] == "not_found"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nonsense/",
        "/api/v1/engagements/A/nonsense/",
        "/api/",
        "/api/v2/",
        "/api/v1/milestones/not-a-uuid/",
        "/api/v1/engagements/%00/",
        "/api/v1/engagements/%00/costs/",
        "/api/nonsense",
    ],
)
def test_an_address_that_does_not_exist_is_a_problem_and_no_page(rest, path, settings):
    # With DEBUG too, where Django would show a page of its own.
    settings.DEBUG = True
    response = rest().client.get(path)

    assert response.status_code == 404
    assert problem_of(response)["code"] == "not_found"


def test_a_post_to_an_address_that_does_not_exist_is_a_problem_too():
    response = Client(enforce_csrf_checks=True).post("/api/v1/nonsense/", {"a": 1})

    assert response.status_code == 404
    assert problem_of(response)["code"] == "not_found"


def test_a_forgotten_last_slash_is_put_right(rest):
    response = rest().client.get("/api/v1/engagements?page_size=5")

    assert response.status_code == 301
    assert response.headers["Location"] == "/api/v1/engagements/?page_size=5"


def test_a_method_that_an_address_does_not_know_is_405(rest):
    response = rest().client.delete("/api/v1/engagements/")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert problem_of(response)["code"] == "method_not_allowed"


def test_a_form_that_cannot_be_given_is_406(rest):
    response = rest().ask("engagements/", headers={"Accept": "image/png"})

    assert response.status_code == 406
    assert problem_of(response)["code"] == "not_acceptable"


def test_a_body_in_another_form_is_415(rest):
    asked = rest(Role.PROGRAMME_OFFICER)

    response = asked.client.post("/api/v1/impact-reports/", "<x/>", "application/xml")

    assert response.status_code == 415
    assert problem_of(response)["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '"text"',
        '{"scope": NaN}',
        "[" * 100_000,
        '{"scope": "half \\ud800"}',
        '{"half \\ud800": 1}',
        f'{{"scope": {10**40}}}',
    ],
    ids=[
        "cut short",
        "a list",
        "a text",
        "no number",
        "a deep hole",
        "half a character",
        "half a name",
        "an endless number",
    ],
)
def test_a_body_that_is_no_json_object_is_400(rest, body):
    headers = {"Idempotency-Key": "x"}
    response = rest(Role.PROGRAMME_OFFICER).client.post(
        "/api/v1/impact-reports/", body, "application/json", headers=headers
    )

    assert response.status_code == 400
    assert problem_of(response)["code"] in ("parse_error", "invalid")


def test_a_body_that_is_too_large_is_refused_unread(rest, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = rest(Role.PROGRAMME_OFFICER).post("impact-reports/", {"scope": "x" * 1000})

    assert response.status_code == 413
    assert problem_of(response)["code"] == "too_large"


def test_reading_only_the_head_gives_the_tag_and_no_body(rest):
    asked = rest()

    head = asked.client.head("/api/v1/engagements/")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["ETag"] == asked.ask("engagements/").headers["ETag"]


@pytest.mark.parametrize("path", ["engagements/", "engagements/X/", "engagements/X/costs/", "", "jobs/"])
def test_an_unknown_parameter_is_refused_by_name(rest, path):
    response = rest().ask(path, pagesize=5)

    assert response.status_code == 400
    assert fields_at_fault(response) == ["pagesize"]
    assert "pagesize" in problem_of(response)["detail"]


def test_a_parameter_given_twice_is_refused(rest):
    response = rest().client.get("/api/v1/engagements/?status=active&status=completed")

    assert response.status_code == 400
    assert fields_at_fault(response) == ["status"]


@pytest.fixture
def broken(monkeypatch):
    """A database that fails under the list of milestones, as a real one does: from inside the ORM."""

    def fail(error):
        def permitted(*_args, **_kwargs):
            raise error

        monkeypatch.setattr(type(Milestone.objects.all()), "permitted", permitted)

    return fail


def test_a_fault_of_ours_is_500_without_its_innards_and_is_reported(rest, broken, caplog):
    broken(RuntimeError("a secret inside"))

    response = rest().ask("milestones/")

    assert response.status_code == 500
    assert problem_of(response)["code"] == "internal"
    assert b"secret" not in response.content
    assert "a secret inside" in caplog.text


def test_a_database_that_does_not_answer_is_503_with_when_to_come_back(rest, broken):
    broken(OperationalError("server closed the connection unexpectedly"))

    response = rest().ask("milestones/")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert problem_of(response)["code"] == "unavailable"


def test_errors_are_never_kept_by_caches(rest):
    response = rest().ask("engagements/NO-SUCH-REF/")

    assert response.headers["Cache-Control"] == "private, no-cache"
    assert json.loads(response.content)["code"] == "not_found"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"HTTP_HOST": "no host!"}, 400, "invalid"),
        ({"HTTP_HOST": "elsewhere.example"}, 400, "invalid"),
        ({"QUERY_STRING": "&".join(f"a{number}=1" for number in range(1200))}, 400, "invalid"),
        ({"REQUEST_METHOD": "TRACE"}, 405, "method_not_allowed"),
        ({"PATH_INFO": "/api/v1/docs/", "REQUEST_METHOD": "POST"}, 405, "method_not_allowed"),
        ({"HTTP_ACCEPT": ";;,"}, 406, "not_acceptable"),
    ],
)
def test_what_is_wrong_before_or_beside_the_views_is_a_problem_too(rest, request_, status, code):
    response = rest().client.generic("GET", "/api/v1/engagements/", **request_)

    assert response.status_code == status
    assert problem_of(response)["code"] == code


def test_a_forged_form_is_a_problem_that_the_docs_explain(rest):
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = rest(Role.PROGRAMME_OFFICER).client.cookies

    response = forged.post("/api/v1/impact-reports/", "{}", "application/json")

    assert response.status_code == 403
    assert problem_of(response)["code"] in CODES
