"""Which mail server the portal uses is said in the environment; what is wrong is said at the start, or by `doctor`."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from ta_portal import env
from ta_portal.mail.checks import mail
from ta_portal.mail.models import Letter
from tests.conftest import PROJECT
from tests.factories import UserFactory

PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "x7" * 40,
    "DATABASE_URL": "postgresql://nobody@localhost/none",
    "REDIS_URL": "redis://localhost:6379/0",
    "ALLOWED_HOSTS": "portal.example.org",
}
SERVER = {"EMAIL_URL": "smtps://mail.example.org", "PORTAL_URL": "https://portal.example.org"}


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtps://u:p%40ss@mail.example.org", ("mail.example.org", 465, "u", "p@ss", True, False)),
        ("smtp://mail.example.org", ("mail.example.org", 587, "", "", False, True)),
        ("smtp://u@mail.example.org:2525", ("mail.example.org", 2525, "u", "", False, True)),
        ("smtp+plain://localhost", ("localhost", 25, "", "", False, False)),
        ("", None),
    ],
)
def test_an_address_names_a_mail_server(monkeypatch, address, server):
    monkeypatch.setenv("EMAIL_URL", address)

    assert env.mail_server("EMAIL_URL") == server


@pytest.mark.parametrize("address", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port"])
def test_what_is_no_mail_server_stops_the_start_with_a_sentence(monkeypatch, address):
    monkeypatch.setenv("EMAIL_URL", address)

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        env.mail_server("EMAIL_URL")


@pytest.mark.parametrize(
    ("given", "kept"), [("", "http://a/"), ("https://b", "https://b/"), ("https://b/", "https://b/")]
)
def test_an_address_of_the_portal_ends_with_a_slash(monkeypatch, given, kept):
    monkeypatch.setenv("PORTAL_URL", given)

    assert env.web_address("PORTAL_URL", default="http://a") == kept


@pytest.mark.parametrize("given", ["portal.example.org", "ftp://portal.example.org", "https://"])
def test_what_is_no_address_is_refused(monkeypatch, given):
    monkeypatch.setenv("PORTAL_URL", given)

    with pytest.raises(ImproperlyConfigured, match="PORTAL_URL"):
        env.web_address("PORTAL_URL", default="http://a")


def set_up(**given):
    """The mail's settings in a process of its own with this environment."""
    asked = "from django.conf import settings as s; print(s.SENDS_MAIL, s.EMAIL_BACKEND.split('.')[-2], s.PORTAL_URL)"
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"EMAIL_URL", "PORTAL_URL", "PORTAL_MODE"}
    }
    return subprocess.run(
        [sys.executable, "-c", asked],
        cwd=PROJECT,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "ta_portal.settings", **given},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "True console http://localhost:8000/"),
        (PRODUCTION, "False dummy http://localhost:8000/"),
        (PRODUCTION | SERVER, "True smtp https://portal.example.org/"),
        ({"PORTAL_MODE": "demo", **SERVER}, "True mail https://portal.example.org/"),
    ],
)
def test_what_the_environment_says_is_what_is_used(given, said):
    done = set_up(**given)

    assert (done.stdout.strip(), done.returncode) == (said, 0), done.stderr


def test_a_mail_server_without_an_address_of_the_portal_stops_production():
    done = set_up(**PRODUCTION, EMAIL_URL=SERVER["EMAIL_URL"])

    assert done.returncode != 0
    assert "PORTAL_URL is not set" in done.stderr


# --- doctor ---


@pytest.mark.django_db
def test_doctor_says_what_becomes_of_letters(settings):
    assert [(one.state, one.is_well) for one in mail()] == [("all letters went out", True)]

    Letter.objects.create(recipient=UserFactory(), cadence="now")
    assert [(one.state, one.is_well) for one in mail()] == [("1 letters wait", True)]

    Letter.objects.update(attempts=2, error="SMTPServerDisconnected: gone")
    (found,) = mail()
    assert "1 letters are tried again, 0 were given up: SMTPServerDisconnected: gone" in found.state
    assert "EMAIL_URL" in found.remedy


@pytest.mark.django_db
def test_doctor_says_that_nothing_is_sent(settings):
    settings.SENDS_MAIL = False

    (found,) = mail()
    assert "EMAIL_URL is not set" in found.state
    assert "docs/operations.md" in found.remedy
