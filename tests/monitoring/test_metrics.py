"""`/metrics`: figures that Prometheus reads, for this machine and for who shows the token, and nobody else."""

import os
import re
import subprocess
import sys

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from ta_portal.access.permissions import Role
from ta_portal.jobs.models import Job, Outbox
from ta_portal.monitoring.metrics import version
from tests.conftest import PROJECT
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def figures(client, **extra):
    response = client.get("/metrics", **extra)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    samples = (sample for family in text_string_to_metric_families(response.text) for sample in family.samples)
    return {(sample.name, *sorted(sample.labels.values())): sample.value for sample in samples}


def test_jobs_outbox_feed_and_release_are_told(client):
    by = UserFactory()
    Job.objects.create(kind="roll_up", by=by, created_at=timezone.now() - timezone.timedelta(hours=1))
    Job.objects.create(kind="roll_up", by=by, state="failed")
    Outbox.objects.create(topic="job.queued", payload={})

    told = figures(client)

    assert told["portal_jobs", "queued"] == told["portal_jobs", "failed"] == 1
    assert told["portal_jobs", "running"] == 0
    assert 3600 <= told["portal_oldest_job_seconds", "queued"] < 3700
    assert told["portal_outbox_facts",] == 1
    assert told["portal_feed_horizon_seconds",] >= 0
    assert told["portal_database_up",] == 1
    assert told["portal_build_info", version()] == 1
    assert re.search(rf'^version = "{re.escape(version())}"$', (PROJECT / "pyproject.toml").read_text(), re.MULTILINE)


def test_requests_are_counted_by_route_method_and_status(client, signed_in):
    def count():
        return figures(client).get(("portal_http_request_seconds_count", "200", "GET", "engagements/"), 0)

    before = count()
    signed_in(Role.VIEWER).get("/engagements/?search=a-secret")

    assert count() == before + 1


def test_made_up_addresses_and_methods_make_no_series(client):
    for number in range(5):
        client.get(f"/nothing/{number}/")
        client.generic(f"MADEUP{number}", "/healthz")

    labels = {label for _name, *labels in figures(client) for label in labels}
    assert {"none", "other"} < labels
    assert not [label for label in labels if "nothing" in label or "MADEUP" in label]


@pytest.mark.parametrize(
    "extra", [ELSEWHERE, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}, {**ELSEWHERE, "HTTP_AUTHORIZATION": "Bearer "}]
)
def test_to_anybody_else_there_is_nothing_here(client, extra):
    assert client.get("/metrics", **extra).status_code == 404


def test_who_shows_the_token_may_read_from_anywhere(client, settings):
    settings.METRICS_TOKEN = "a-token-of-this-test"

    assert figures(client, **ELSEWHERE, HTTP_AUTHORIZATION="Bearer a-token-of-this-test")
    assert client.get("/metrics", **ELSEWHERE, HTTP_AUTHORIZATION="Bearer another").status_code == 404


def test_in_production_this_machine_needs_the_token_too(client, settings):
    settings.PRODUCTION = True

    assert client.get("/metrics").status_code == 404


COUNT_ONE = """
from ta_portal import settings
import django; django.setup()
from ta_portal.monitoring.metrics import observe
observe("GET", "a-route", 200, 0.02)
"""
ADD_UP = """
import django; django.setup()
from prometheus_client import generate_latest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry(); MultiProcessCollector(registry); print(generate_latest(registry).decode())
"""


def test_processes_of_one_web_server_share_their_counts(tmp_path):
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "ta_portal.settings",
    }

    def run(code):
        words = [sys.executable, "-c", code]
        return subprocess.run(words, env=environment, cwd=PROJECT, capture_output=True, text=True, check=True).stdout

    run(COUNT_ONE)
    run(COUNT_ONE)

    assert 'portal_http_request_seconds_count{method="GET",route="a-route",status="200"} 2.0' in run(ADD_UP)
