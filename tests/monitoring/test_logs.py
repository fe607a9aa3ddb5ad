"""Log lines of production: one JSON object each, with who and what, and nothing that opens a door."""

import io
import json
import logging

import pytest
from django.test import Client

from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.audit.request_id import RequestIdFilter, set_request_id
from ta_portal.jobs import handlers
from ta_portal.jobs.handlers import job_handler
from ta_portal.jobs.models import Job
from ta_portal.jobs.running import run_ready_jobs
from ta_portal.jobs.services import enqueue
from ta_portal.monitoring.logs import JsonLines, PlainLines
from tests.factories import UserFactory


@pytest.fixture
def lines():
    """What production's handler would have written by now."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    handler.addFilter(RequestIdFilter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def requests_in(lines):
    return [line for line in lines() if line.get("event") == "request"]


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_its_route_and_no_query(lines, member):
    user, client = member(Role.VIEWER), Client()
    client.force_login(user)

    client.get("/engagements/?search=a-secret", headers={"X-Request-ID": "from-the-proxy-1"})

    (line,) = requests_in(lines)
    assert {name: line[name] for name in ("request_id", "user", "method", "route", "status", "level")} == {
        "request_id": "from-the-proxy-1",
        "user": user.pk,
        "method": "GET",
        "route": "engagements/",
        "status": 200,
        "level": "INFO",
    }
    assert 0 < line["seconds"] < 60
    assert "a-secret" not in json.dumps(lines())


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["short", "with space in it", "x" * 65, 'a"b,{c}:d-0000'])
def test_an_id_that_is_not_well_formed_is_replaced(lines, client, given):
    response = client.get("/accounts/login/", headers={"X-Request-ID": given})

    (line,) = requests_in(lines)
    assert line["request_id"] == response["X-Request-ID"] != given
    assert len(line["request_id"]) == 32


@pytest.mark.django_db
def test_health_and_metrics_are_not_written_down(lines, client):
    for address in ("/healthz", "/readyz", "/metrics"):
        client.get(address)

    assert requests_in(lines) == []


@pytest.mark.django_db
def test_a_refused_sign_in_is_an_event_and_holds_no_password(lines, client):
    user = UserFactory()

    client.post("/accounts/login/", {"login": user.email, "password": "wrong-and-secret"})

    told = [line for line in lines() if line["logger"] == "ta_portal.security"]
    assert [line["event"] for line in told] == ["sign_in.failed"]
    assert "secret" not in json.dumps(lines())


def said(formatter, text, *args):
    record = logging.LogRecord("a", logging.WARNING, "", 0, text, args, None)
    RequestIdFilter().filter(record)
    return formatter.format(record)


@pytest.mark.parametrize("formatter", [JsonLines(), PlainLines()], ids=["json", "plain"])
@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Not Found: /accounts/password/reset/key/1-abc-def/", "abc-def"),
        ("sent Authorization: Bearer tap_123_456", "tap_123"),
        ("cannot connect to redis://:hunter2@redis:6379/0", "hunter2"),
        ("GET /engagements/?search=hunter2&page=2 failed", "hunter2"),
    ],
)
def test_secrets_in_messages_are_left_out(formatter, text, secret):
    assert secret in text
    assert secret not in said(formatter, text)


@pytest.mark.parametrize("formatter", [JsonLines(), PlainLines()], ids=["json", "plain"])
def test_a_message_cannot_begin_a_line_of_its_own(formatter):
    assert "\n" not in said(formatter, "tried %s", "x\n2026-01-01 INFO - signed in\r\nmore")


def test_an_error_comes_with_its_trace_in_the_same_line(lines):
    try:
        raise ValueError("the cause")
    except ValueError:
        logging.getLogger("a").exception("it failed")

    (line,) = lines()
    assert line["level"] == "ERROR"
    assert line["error"].endswith("ValueError: the cause")


@pytest.mark.django_db(transaction=True)
def test_a_job_goes_on_under_the_id_of_the_request_that_asked_for_it(lines, monkeypatch):
    monkeypatch.setattr(handlers, "_handlers", {})
    by = UserFactory()

    @job_handler("noted")
    def noted(job):
        logging.getLogger("a").info("in the job")
        enqueue(kind="another", args={}, by=by)

    set_request_id("the-request-that-asked")
    job = enqueue(kind="noted", args={}, by=by)
    set_request_id("")

    assert run_ready_jobs() == 1

    inside, ended = [line for line in lines() if line.get("job") == str(job.public_id)]
    assert inside["request_id"] == ended["request_id"] == "the-request-that-asked"
    assert {name: ended[name] for name in ("event", "kind", "state", "attempt")} == {
        "event": "job",
        "kind": "noted",
        "state": "done",
        "attempt": 1,
    }
    assert set(AuditEvent.objects.filter(verb="job.queued").values_list("request_id", flat=True)) == {
        "the-request-that-asked"
    }
    assert Job.objects.get(kind="another").request_id == "the-request-that-asked"
