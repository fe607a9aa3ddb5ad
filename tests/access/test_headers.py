"""What every answer carries, and what none gives away."""

import io
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import path

from ta_portal import urls as portal_urls
from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from ta_portal.monitoring.logs import PlainLines
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).resolve().parents[2]


def explode(request):
    raise RuntimeError("SELECT secret FROM settings WHERE key = 'SECRET_KEY'")


# The portal's own addresses, and two behind which something breaks.
urlpatterns = [path("explode", explode), path("api/v1/explode/", explode), *portal_urls.urlpatterns]
handler400, handler403 = portal_urls.handler400, portal_urls.handler403
handler404, handler500 = portal_urls.handler404, portal_urls.handler500

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# All of it: another host that may give scripts would be one word more.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


@pytest.fixture
def breaking(settings, tmp_path):
    """The portal with a page that breaks, a collected file, and no DEBUG."""
    settings.ROOT_URLCONF = "tests.access.test_headers"
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = False
    (tmp_path / "portal.css").write_text("a { color: red }")
    return settings


def client(user=None, **given):
    made = Client(raise_request_exception=False, **given)
    if user:
        made.force_login(user)
    return made


ASKED = {
    "a page": ("get", "/engagements/", 200),
    "a page for strangers": ("get", "/accounts/password/reset/", 200),
    "a redirect": ("get", "/", 302),
    "a page that is not there": ("get", "/nothing", 404),
    "a hidden engagement": ("get", "/engagements/HIDDEN/", 404),
    "a method that is not there": ("delete", "/engagements/", 405),
    "a broken page": ("get", "/explode", 500),
    "a file": ("get", "/static/portal.css", 200),
    "the API": ("get", "/api/v1/engagements/", 200),
    "the API's file": ("get", "/api/v1/schema/", 200),
    "bad input to the API": ("get", "/api/v1/engagements/?nonsense=1", 400),
    "nothing in the API": ("get", "/api/v1/engagements/HIDDEN/", 404),
    "a method the API does not know": ("delete", "/api/v1/engagements/", 405),
    "a refusal of the API": ("post", "/api/v1/impact-reports/", 403),
    "a broken address of the API": ("get", "/api/v1/explode/", 500),
    "a slash forgotten": ("get", "/api/v1/engagements", 301),
    "health": ("get", "/healthz", 200),
}


@pytest.mark.parametrize("what", ASKED)
def test_every_answer_has_the_headers_that_protect_it(what, breaking, member):
    method, address, status = ASKED[what]

    kind = {"content_type": "application/json"} if method == "post" else {}
    response = getattr(client(member(Role.VIEWER)), method)(address, **kind)

    assert response.status_code == status
    hold_protected(response)
    response.close()


def hold_protected(response):
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "camera=()" in response.headers["Permissions-Policy"]
    policy = [part.strip() for part in response.headers["Content-Security-Policy"].split(";") if part.strip()]
    assert dict(part.split(" ", 1) for part in policy) == POLICY
    assert response.headers["X-Request-ID"]
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_stranger_at_the_api_and_at_a_form_is_refused_with_them_too():
    for response in (
        client().get("/api/v1/engagements/"),
        client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example", "password": "x"}),
        client().get("/api/v1/engagements/", headers={"Host": "evil.example"}),
        client().get("/engagements/", headers={"Host": "evil.example"}),
    ):
        assert response.status_code in (400, 401, 403)
        hold_protected(response)


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_no_other_site_may_read_an_answer(origin, member):
    asked = client(member(Role.VIEWER))

    for response in (
        asked.get("/api/v1/engagements/", headers={"Origin": origin}),
        asked.options("/api/v1/engagements/", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
    ):
        assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("address", ["/explode", "/api/v1/explode/", "/nothing", "/api/v1/nothing/"])
def test_an_error_tells_nothing_of_the_inside(address, breaking, member):
    response = client(member(Role.VIEWER)).get(address)

    said = response.content.decode()
    for inside in ("Traceback", "RuntimeError", "SELECT", "SECRET_KEY", "psycopg", str(PROJECT)):
        assert inside not in said


@pytest.mark.parametrize("address", ["/api/v1/explode/", "/api/v1/nothing/", "/api/v1/engagements/NONE/"])
def test_the_api_answers_an_error_with_a_problem(address, breaking, member):
    response = client(member(Role.VIEWER)).get(address)

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code


def test_a_host_that_is_not_ours_is_told_nothing():
    response = client().get("/api/v1/engagements/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert b"ALLOWED_HOSTS" not in response.content


# --- In production -------------------------------------------------------------------------------------------------

SOUND = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "a-long-random-text-of-more-than-fifty-characters-0123456789",
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgresql://portal:word@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
# Asked of the portal as it would run, without its database.
ASK = """
import django; django.setup()
from django.conf import settings
from django.test import Client
answers = [Client(raise_request_exception=False).get(path, secure=secure, headers={"Host": "portal.example"})
           for path, secure in (("/healthz", True), ("/healthz", False))]
for answer in answers:
    print(answer.status_code, answer.headers.get("Strict-Transport-Security"), answer.headers.get("Location"),
          answer.headers.get("Content-Security-Policy") is not None)
parts = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
for name in ("SESSION", "CSRF"):
    print(*(getattr(settings, f"{name}_COOKIE_{part}") for part in parts))
"""


def run(*words):
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "ta_portal.settings", **SOUND}
    return subprocess.run(
        [sys.executable, *words], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_deployment_check_has_nothing_to_say():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


def test_production_speaks_https_only_and_its_cookies_stay_on_it():
    done = run("-W", "ignore", "-c", ASK)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "200 max-age=31536000; includeSubDomains; preload None True",
        "301 None https://portal.example/healthz True",
        "__Host-session True True Lax / None",
        "__Host-csrf True True Lax / None",
    ]


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites():
    User.objects.create_user("known@ministry.example", "correct horse battery")
    asked = client()
    asked.get("/accounts/login/")
    asked.post("/language/", {"language": "ar"}, secure=True)
    asked.post("/accounts/login/", {"login": "known@ministry.example", "password": "correct horse battery"})

    assert {"csrftoken", "language", "sessionid"} <= set(asked.cookies)
    for cookie in asked.cookies.values():
        assert cookie["httponly"], cookie
        assert cookie["samesite"] == "Lax", cookie
    assert asked.cookies["language"]["secure"]


# --- What is written down ------------------------------------------------------------------------------------------


@pytest.fixture
def log():
    """Everything that is logged, as the console has it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    assert configured.LOGGING["formatters"]["line"]["()"].endswith(PlainLines.__name__)
    handler.setFormatter(PlainLines())
    logging.getLogger().addHandler(handler)
    yield lambda: written.getvalue().splitlines()
    logging.getLogger().removeHandler(handler)


def lines_of(log, event):
    return [line for line in log() if f" ta_portal.security {event} " in line]


def test_a_failed_sign_in_is_written_down_on_one_line(log):
    User.objects.create_user("known@ministry.example", "correct horse battery")
    asked = client(REMOTE_ADDR="192.0.2.7")

    for email in ("known@ministry.example", "unknown@ministry.example"):
        asked.post("/accounts/login/", {"login": email, "password": "not the password"})

    known, unknown = lines_of(log, "sign_in.failed")
    assert 'email="known@ministry.example"' in known
    assert 'address="192.0.2.7"' in known
    assert 'email="unknown@ministry.example"' in unknown
    assert "not the password" not in "".join(log())


def test_an_attempt_beyond_the_bound_is_written_down(log):
    for _attempt in range(7):
        client().post("/accounts/login/", {"login": "known@ministry.example", "password": "wrong"})

    assert len(lines_of(log, "sign_in.failed")) == 5
    assert len(lines_of(log, "sign_in.throttled")) == 2


def test_a_refusal_is_written_down_with_who_asked_for_what(log, member):
    engagement = EngagementFactory()
    user = member(Role.LIAISON, engagement=engagement)
    asked = client(user, REMOTE_ADDR="192.0.2.8")

    asked.get(f"/api/v1/engagements/{engagement.ref}/costs/?by=line")
    asked.get(f"/engagements/{engagement.ref}/costs/?by=line")
    client().get("/api/v1/engagements/")
    client().get("/api/v1/engagements/", headers={"Authorization": "Bearer tap_0.wrong"})

    refused = lines_of(log, "request.refused")
    assert [line.split(" status=")[1][:3] for line in refused] == ["403", "403", "401", "401"]
    assert f"user={user.pk} " in refused[0]
    assert 'address="192.0.2.8"' in refused[0]
    assert f'path="/api/v1/engagements/{engagement.ref}/costs/"' in refused[0]
    assert "wrong" not in "".join(log())


@pytest.mark.parametrize("breaking_text", ["\r\nCRITICAL root all is lost", "\n", "\x1b[31m", "\u2028"])
def test_nothing_that_a_caller_sends_begins_a_line_of_its_own(breaking_text, breaking, log, member):
    user = member(Role.LIAISON)
    before = len(log())

    client(user).get(f"/nothing{breaking_text}")
    client(user).delete(f"/api/v1/x{breaking_text}/")
    client(user, enforce_csrf_checks=True).post(f"/api/v1/impact-reports/{breaking_text}")
    client().post("/accounts/login/", {"login": f"a@b.example{breaking_text}", "password": "x"})
    client().get(
        "/api/v1/engagements/", headers={"X-Request-ID": breaking_text, "Authorization": f"Bearer {breaking_text}"}
    )

    written = log()[before:]
    assert written
    assert all(re.match(r"[-0-9]{10} [:,0-9]{12} (WARNING|ERROR|INFO) ", line) for line in written), written
    assert not [line for line in written if line.startswith("CRITICAL") or "\x1b" in line]
