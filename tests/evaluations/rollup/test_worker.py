"""The whole way with a real Celery worker in a process of its own, on both brokers."""

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import pytest
from django.db import connection
from django.test import Client

from evaluations.models import ImpactReport, ImpactRow
from evaluations.services.roll_up import request_report, roll_up
from programmes.models import Engagement, Milestone
from programmes.services.service_accounts import system_author
from ta_portal.access.permissions import Role
from ta_portal.api.services.tokens import create_token
from ta_portal.embedded import broker
from ta_portal.embedded.readiness import wait_until
from ta_portal.jobs import waking
from ta_portal.jobs.models import Job, Outbox
from tests.evaluations.rollup.portfolios import AS_OF, random_portfolio, write
from tests.left_over import kill_whole

PROJECT = Path(__file__).resolve().parents[3]
WORKER = [sys.executable, "-m", "celery", "-A", "ta_portal", "worker", "-P", "threads", "-c", "2", "-B"]
WORKER += ["--without-gossip", "--without-mingle"]


class OwnRedis:
    """A Redis of this test's own, on a free port, that may be stopped. It keeps what it was given."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url, self.folder, self.process = f"redis://127.0.0.1:{self.port}/0", folder, None

    def start(self):
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen([*words, "--appendonly", "yes"], stdout=subprocess.DEVNULL)
        assert wait_until(self._answers, 10, every=0.05)

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def own_redis(tmp_path):
    server = OwnRedis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["folder", pytest.param("redis", marks=pytest.mark.server)])
def redis_url(request):
    if request.param == "own":
        return request.getfixturevalue("own_redis").url
    return "redis://127.0.0.1:6379/10" if request.param == "redis" else ""


@pytest.fixture
def environment(transactional_db, redis_url, tmp_path):
    """Of processes on the test's database and broker."""
    of = connection.settings_dict
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{of['USER']}:{of['PASSWORD']}@/{of['NAME']}?host={of['HOST']}&port={of['PORT']}",
        "REDIS_URL": redis_url,
        "PORTAL_VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "ta_portal.settings",
    }


@pytest.fixture
def worker(environment, redis_url, settings, tmp_path, monkeypatch):
    """Start the portal's worker, clock included, on the test's database; at the end all of them have to end."""
    settings.CELERY = broker.celery_settings(redis_url, tmp_path / "broker")
    monkeypatch.setattr(waking, "_breaker", waking._Breaker())
    waking._publisher.cache_clear()
    started = []

    def start():
        with (tmp_path / "worker.log").open("a") as log:
            command = [*WORKER, "--schedule", str(tmp_path / "beat-schedule")]
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=PROJECT))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)
    waking._publisher.cache_clear()


@pytest.fixture
def portfolio(transactional_db):
    write(random_portfolio(6, engagements=3, currency="USD"), "USD", 2)


def asked(as_of=AS_OF):
    return request_report(as_of=as_of, currency="USD", by=system_author())


def is_done(*jobs):
    return Job.objects.filter(pk__in=[job.pk for job in jobs], state="done").count() == len(jobs)


def test_a_worker_makes_the_reports_that_waited_for_it_and_those_asked_for_while_it_runs(portfolio, worker):
    before = asked()
    worker()
    assert wait_until(lambda: is_done(before), 60), Job.objects.values("state", "error")

    during = asked()
    # Sooner than the clock's next sweep: it was woken.
    assert wait_until(lambda: is_done(during), 15)

    for report in ImpactReport.objects.all():
        in_the_foreground = roll_up(as_of=AS_OF, currency="USD", cut_off=report.cut_off, by=system_author())
        assert report.fingerprint == in_the_foreground.fingerprint
        assert report.state == "complete"
    assert {before.public_id, during.public_id} < set(ImpactReport.objects.values_list("job", flat=True))


def test_a_worker_killed_in_mid_roll_up_leaves_one_complete_report_in_the_end(portfolio, worker):
    job = asked()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE impact_row IN SHARE MODE")  # the worker gets as far as its rows
        process = worker()
        assert wait_until(lambda: Job.objects.get().state == "running", 60)
        kill_whole(process)
        cursor.execute("COMMIT")
    assert not ImpactReport.objects.exists()
    # As if the time of the lease had passed.
    Job.objects.filter(pk=job.pk).update(lease_until="2020-01-01T00:00Z")

    worker()

    assert wait_until(lambda: is_done(job), 60), Job.objects.values("state", "error")
    job.refresh_from_db()
    report = ImpactReport.objects.get()
    assert (job.attempt, job.error, report.job, report.state) == (2, "", job.public_id, "complete")
    assert report.rows.count() == ImpactRow.objects.count() > 100


def test_ten_reports_asked_for_at_once_each_delivered_five_times_are_ten_right_ones(portfolio, worker):
    worker()
    days = [AS_OF - dt.timedelta(days=45 * number) for number in range(10)]

    jobs = [asked(day) for day in days]
    for _ in range(5 * len(days)):
        waking.wake_workers()

    assert wait_until(lambda: is_done(*jobs), 90, every=0.1), Job.objects.values("state", "error")
    assert set(Job.objects.values_list("attempt", "error")) == {(1, "")}
    reports = {report.as_of: report for report in ImpactReport.objects.all()}
    assert sorted(reports) == sorted(days)
    for day, report in reports.items():
        alone = roll_up(as_of=day, currency="USD", cut_off=report.cut_off, by=system_author())
        assert report.fingerprint == alone.fingerprint
    assert len({report.fingerprint for report in reports.values()}) > 1


# --- Redis is gone for a whole minute ---

OUTAGE_SECONDS = 60
NEVER_ANSWERED = 0


class Portal:
    """A web server of its own over this test's database and Redis, and people who write through it."""

    def __init__(self, environment, officer, engagement, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address, self.engagement, self.written = f"http://127.0.0.1:{port}", engagement, []
        self.token = create_token(user=officer, scopes=["read", "milestones:create", "jobs:create"], days=1, by=None)
        self.browser = Client()
        self.browser.force_login(officer)
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--blocking-threads", "4", "--no-ws", "ta_portal.wsgi:application"],
                env=environment | {"PORTAL_MODE": "development"}, cwd=PROJECT, stdout=out, stderr=out,
            )  # fmt: skip

    def ask(self, path, body=None, **headers):
        """Status and text of the answer; a redirect is an answer."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(self.address + path, data, headers)
        try:
            with build_opener(ProxyHandler({}), _NoRedirect).open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError as silence:
            return NEVER_ANSWERED, str(silence)

    def add_a_milestone(self, number):
        body = {"engagement": self.engagement, "code": f"N{number}", "title": "New", "due": "2024-06-30"}
        return self.ask("/api/v1/milestones/", body, **self._bearer())[0]

    def ask_for_a_report(self, number):
        """On the page, as somebody who is signed in; each time as of another day, or it would be the same job."""
        session, token = self.browser.cookies["sessionid"].value, "a" * 32
        day = AS_OF - dt.timedelta(days=number)
        headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
        return self.ask("/reports/", f"scope=portfolio&currency=USD&as_of={day}".encode(), **headers)[0]

    def degraded(self):
        """What it says of itself: the parts without which it goes on."""
        return json.loads(self.ask("/readyz")[1])["degraded"]

    def _bearer(self):
        return {"Authorization": f"Bearer {self.token.text}", "Content-Type": "application/json"}


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_given):
        return None


@pytest.fixture
def portal(portfolio, redis_url, environment, member, tmp_path):
    officer = member(Role.PROGRAMME_OFFICER)
    engagement = Engagement.objects.earliest("pk").ref
    server = Portal(environment, officer, engagement, tmp_path / "web.log")
    assert wait_until(lambda: server.ask("/healthz")[0] == 200, 60, every=0.1), (tmp_path / "web.log").read_text()
    yield server
    kill_whole(server.process)


@contextmanager
def writing(portal, milestones, reports):
    """Two people who write again and again, with a short rest; their answers are kept."""
    over = threading.Event()

    def go_on(act, answered):
        while not over.wait(1.0):
            answered.append(act(len(answered)))

    acts = [(portal.add_a_milestone, milestones), (portal.ask_for_a_report, reports)]
    people = [threading.Thread(target=go_on, args=act) for act in acts]
    for person in people:
        person.start()
    try:
        yield
    finally:
        over.set()
        for person in people:
            person.join(60)


@pytest.mark.parametrize("redis_url", [pytest.param("own", marks=pytest.mark.server)], indirect=True)
def test_while_redis_is_gone_for_a_minute_no_write_fails_and_all_work_is_done_after(portal, worker, own_redis):
    process = worker()
    milestones, reports, ready = [], [portal.ask_for_a_report(0)], []
    assert wait_until(lambda: is_done(*Job.objects.all()), 60)

    # It goes while the worker has a message in hand.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE impact_row IN SHARE MODE")
        reports.append(portal.ask_for_a_report(1))
        assert wait_until(lambda: Job.objects.filter(state="running").exists(), 60, every=0.1)
        own_redis.stop()
        back_at = time.monotonic() + OUTAGE_SECONDS
        cursor.execute("COMMIT")
    with writing(portal, milestones, reports):
        assert wait_until(lambda: len(milestones) > 3 and len(reports) > 5, 60, every=0.2)
        ready.append(portal.degraded())
        assert wait_until(lambda: time.monotonic() > back_at, 2 * OUTAGE_SECONDS, every=0.2)
        # Nobody hands the worker a message: it has looked for itself.
        assert wait_until(lambda: Job.objects.filter(state="done").count() > 2, 30, every=0.2), says(Job)
        ready.append(portal.degraded())
    own_redis.start()

    assert set(milestones) == {201}
    assert set(reports) == {302}
    assert ready == [["broker"], ["broker"]]
    assert Milestone.objects.filter(code__regex="^N[0-9]+$").count() == len(milestones)

    # What was asked for before, while it was away, and after.
    reports.append(portal.ask_for_a_report(len(reports)))
    assert wait_until(lambda: is_done(*Job.objects.all()), 60, every=0.2), says(Job)
    assert ImpactReport.objects.filter(state="complete").count() == Job.objects.count() == len(reports)
    assert set(Job.objects.values_list("attempt", "error")) == {(1, "")}
    assert not Outbox.objects.filter(sent_at=None).exists()
    assert portal.degraded() == []
    assert process.poll() is None


def says(jobs):
    return list(jobs.objects.values("state", "attempt", "error"))
