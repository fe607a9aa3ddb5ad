"""The portal in a real browser: a server, a worker in a process of its own, and Chromium."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection
from playwright.sync_api import sync_playwright

from programmes.models import Engagement, Indicator
from programmes.services.days import days
from programmes.services.progress import open_period
from ta_portal.access.permissions import Role
from ta_portal.embedded.broker import celery_settings
from ta_portal.embedded.readiness import wait_until
from ta_portal.jobs import waking
from tests import kept_database
from tests.conftest import PROJECT, financia_and_moldova
from tests.left_out import BROWSERS

PASSWORD = "a long enough pass phrase"
REPORT = "/engagements/FIN-TAX-2024/progress/2026-Q1/"
WORKER_STARTS_WITHIN_SECONDS = 60
ANSWERS_END_WITHIN_SECONDS = 20


@pytest.fixture(scope="package")
def chromium():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("CI=true and no Chromium: the browser tests must run here.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; Django would refuse the database there.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def server(transactional_db, live_server):
    """The address of a server with an empty portfolio, that has answered everything when its test is over.

    A page that is closed leaves its last request with the server: met by the flush of all tables, one of the two fails.
    """
    yield live_server.url
    # A thread for each connection, and the browser has closed its own by now.
    assert wait_until(answers_nobody, ANSWERS_END_WITHIN_SECONDS), "The server still answers a page that was closed."


def answers_nobody():
    return not any(thread.name.endswith("(process_request_thread)") for thread in threading.enumerate())


@pytest.fixture
def portal(server):
    """The address of a server with Financia and Moldova."""
    kept_database.put_back(financia_and_moldova())
    return server


@pytest.fixture
def officer(portal, member):
    user = member(Role.PROGRAMME_OFFICER)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def worker(portal, settings, tmp_path):
    """A Celery worker on this database and on a folder of its own as the broker, as the demo has it."""
    settings.CELERY = celery_settings("", tmp_path / "broker")
    waking._publisher.cache_clear()
    of = connection.settings_dict
    address = f"postgresql://{of['USER']}:{of['PASSWORD']}@/{of['NAME']}?host={of['HOST']}&port={of['PORT']}"
    told = {"DATABASE_URL": address, "REDIS_URL": "", "PORTAL_VAR_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "celery", "-A", "ta_portal", "worker", "--pool", "threads", "--concurrency", "1"]
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--loglevel", "INFO"], cwd=PROJECT, env={**os.environ, **told}, stdout=out, stderr=out
        )
    deadline = time.monotonic() + WORKER_STARTS_WITHIN_SECONDS
    try:
        while " ready." not in log.read_text("utf-8"):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(20)
        waking._publisher.cache_clear()


@pytest.fixture
def open_page(chromium, portal):
    """A page of a fresh browser: `open_page(width=390, color_scheme="dark")`. What its console complains of is kept."""
    contexts = []

    def make(width=1280, *, user=None, java_script_enabled=True, color_scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=portal,
            color_scheme=color_scheme,
            java_script_enabled=java_script_enabled,
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        if user is not None:
            sign_in(page, user)
            page.wait_for_url("**/portfolio/")
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def quarter(portal, officer):
    """Financia goes on for a year, and its first quarter is to be reported."""
    engagement = Engagement.objects.get(ref="FIN-TAX-2024")
    Engagement.objects.filter(pk=engagement.pk).update(
        planned=days(dt.date(2024, 1, 1), dt.date(2026, 12, 31)), actual=None
    )
    period = open_period(engagement_id=engagement.pk, starts=dt.date(2026, 1, 1), ends=dt.date(2026, 3, 31), by=officer)
    return period.report


@pytest.fixture
def liaison(quarter, member):
    user = member(Role.LIAISON, institution=quarter.period.engagement.institution)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page, user, *, on_shared_computer=False):
    page.goto("/accounts/login/")
    page.get_by_label("Email", exact=True).fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    if on_shared_computer:
        page.get_by_label("This is a shared computer").check()
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def field(page, name, code):
    indicator = Indicator.objects.get(engagement__ref="FIN-TAX-2024", code=code)
    return page.locator(f"#id_{name}_{indicator.pk}")
