"""Coming in, staying in and getting out: what a guesser learns, and how long a session lives."""

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from programmes.models import Engagement
from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from ta_portal.api.services.tokens import create_token
from tests.access.readers import settled
from tests.factories import EngagementFactory, MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
TOO_MANY = "Too many failed login attempts"


@pytest.fixture
def person():
    user = User.objects.create_user("known@ministry.example", PASSWORD)
    MembershipFactory(user=user, role=Role.PROGRAMME_OFFICER.value, scope_kind="portfolio")
    return user


def sign_in(email, password=PASSWORD, *, client=None, address="192.0.2.1", **more):
    given = {"login": email, "password": password, **more}
    return (client or Client()).post("/accounts/login/", given, REMOTE_ADDR=address)


def is_in(client):
    return client.get("/engagements/").status_code == 200


# --- Guessing ------------------------------------------------------------------------------------------------------


def test_an_account_can_be_guessed_at_five_times_from_however_many_addresses(person):
    tries = [sign_in(person.email, "wrong", address=f"198.51.100.{number}") for number in range(1, 13)]

    throttled = [TOO_MANY in response.content.decode() for response in tries]
    assert throttled == [False] * 5 + [True] * 7
    # Not even the right word helps, until the time is over.
    assert TOO_MANY in sign_in(person.email, address="203.0.113.9").content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        assert sign_in(person.email, address="203.0.113.9").status_code == 302


def test_an_address_can_guess_at_ten_accounts_a_minute(person):
    tries = [sign_in(f"person{number}@ministry.example", "wrong") for number in range(14)]

    assert sum(TOO_MANY in response.content.decode() for response in tries) == 4


def test_an_address_that_the_caller_made_up_is_not_believed(person):
    tries = [
        Client().post(
            "/accounts/login/",
            {"login": f"person{number}@ministry.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
        for number in range(14)
    ]

    assert sum(TOO_MANY in response.content.decode() for response in tries) == 4


def test_behind_a_proxy_of_ours_callers_are_told_apart(person, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    tries = [
        Client().post(
            "/accounts/login/",
            {"login": f"person{number}@ministry.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.66, 198.51.100.{number}"},
        )
        for number in range(14)
    ]

    assert not any(TOO_MANY in response.content.decode() for response in tries)


def test_whether_there_is_such_an_account_cannot_be_told_from_the_answer(person):
    gone = User.objects.create_user("gone@ministry.example", PASSWORD, is_active=False)
    nobody = User.objects.create_user("never@ministry.example", None)

    answers = [
        sign_in(email, "wrong").content.replace(email.encode(), b"E-MAIL")
        for email in (person.email, gone.email, nobody.email, "unknown@ministry.example")
    ]

    assert {re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", answer) for answer in answers} == {
        settled(sign_in("unknown@ministry.example", "wrong")).replace(b"unknown@ministry.example", b"E-MAIL")
    }


def test_an_unknown_account_costs_as_many_hashes_as_a_known_one(person, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    counted = []
    encode = Argon2PasswordHasher.encode
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, *given: counted.append("made") or encode(self, *given)
    )
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda self, *given: counted.append("compared") or verify(self, *given)
    )
    work = {}
    for email in (person.email, "unknown@ministry.example"):
        counted.clear()
        sign_in(email, "wrong")
        work[email] = len(counted)

    assert set(work.values()) == {1}


def test_whether_there_is_such_an_account_cannot_be_told_from_a_reset(person):
    asked = [Client().post("/accounts/password/reset/", {"email": email}) for email in (person.email, "no@one.example")]

    assert {(response.status_code, response.headers["Location"]) for response in asked} == {
        (302, "/accounts/password/reset/done/")
    }
    assert {settled(Client().get(response.headers["Location"])) for response in asked} == {
        settled(Client().get("/accounts/password/reset/done/"))
    }
    # Both are written to, so that the time tells nothing either.
    assert sorted(address for message in mail.outbox for address in message.to) == [
        "known@ministry.example",
        "no@one.example",
    ]


# --- Sessions ------------------------------------------------------------------------------------------------------


def test_a_session_gets_a_new_key_at_the_door(person):
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    sign_in(person.email, client=client)

    assert is_in(client)
    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def stolen(client):
    """Somebody else's browser with a copy of the cookie."""
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    return thief


def test_a_session_is_dead_after_signing_out(person):
    client = Client()
    sign_in(person.email, client=client)
    thief = stolen(client)
    assert is_in(thief)

    client.post("/accounts/logout/")

    assert not is_in(thief)
    assert thief.get("/api/v1/engagements/").status_code == 401


def test_a_session_and_a_token_are_dead_when_the_account_is_closed(person):
    client = Client()
    sign_in(person.email, client=client)
    token = create_token(user=person, scopes=["read"], days=1, by=None).text
    bearer = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/engagements/", headers=bearer).status_code == 200

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_in(client)
    assert Client().get("/api/v1/engagements/", headers=bearer).status_code == 401
    assert sign_in(person.email).headers["Location"] == "/accounts/inactive/"


def test_other_sessions_are_dead_when_the_password_changes(person):
    client = Client()
    sign_in(person.email, client=client)

    person.set_password("another long and good one")
    person.save()

    assert not is_in(client)
    assert sign_in(person.email).status_code == 200


@pytest.mark.parametrize(
    ("ticked", "stays"),
    [
        ({}, False),
        ({"remember": "on"}, True),
        ({"shared_computer": "on"}, False),
        ({"shared_computer": "on", "remember": "on"}, False),
    ],
)
def test_a_session_stays_on_the_device_only_where_that_is_asked_for_and_nobody_shares_it(person, ticked, stays):
    client = Client()

    sign_in(person.email, client=client, **ticked)

    assert is_in(client)
    # Without an age a browser forgets the cookie when it closes.
    assert bool(client.cookies["sessionid"]["max-age"]) is stays
    assert client.session.get_expire_at_browser_close() is not stays


def test_a_shared_computer_is_forgotten_with_the_session(person):
    client = Client()
    sign_in(person.email, client=client, shared_computer="on")
    client.post("/accounts/logout/")

    sign_in(person.email, client=client)

    assert "shared_computer" not in client.session


@pytest.mark.parametrize("remember", [{}, {"remember": "on"}, {"shared_computer": "on"}])
def test_a_session_ends_after_its_lifetime_however_busy_it_is(person, remember, settings):
    settings.SESSION_LIFETIME_HOURS = 12
    client, began = Client(), timezone.now()
    with time_machine.travel(began):
        sign_in(person.email, client=client, **remember)
    for hour in range(1, 12):
        with time_machine.travel(began + dt.timedelta(hours=hour)):
            session = client.session
            session["touched"] = hour
            session.save()
            assert is_in(client)

    with time_machine.travel(began + dt.timedelta(hours=12, seconds=1)):
        assert not is_in(client)
        assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()


def test_a_session_that_does_not_say_how_old_it_is_is_over(person):
    client = Client()
    sign_in(person.email, client=client)
    session = client.session
    del session["signed_in_at"]
    session.save()

    assert not is_in(client)


# --- Forgery and open doors ----------------------------------------------------------------------------------------

WRITES = {
    "/reports/": {"scope": "portfolio"},
    "/language/": {"language": "ar"},
    "/accounts/logout/": {},
    "/api/v1/impact-reports/": {"scope": "portfolio"},
}


@pytest.mark.parametrize("address", WRITES)
def test_a_write_that_another_site_sends_changes_nothing(address, person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    before = fingerprint()

    kind = {"content_type": "application/json"} if address.startswith("/api/") else {}
    for headers in ({}, {"Origin": "https://evil.example"}, {"X-CSRFToken": "a" * 32}):
        response = client.post(address, WRITES[address], headers=headers, **kind)
        assert response.status_code == 403

    assert fingerprint() == before
    assert is_in(client)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "https:evil.example", "/\\evil.example"],
)
def test_nobody_is_sent_to_another_site(elsewhere, person):
    client = Client()
    for response in (
        client.post("/language/", {"language": "en", "next": elsewhere}),
        client.post(
            f"/accounts/login/?next={elsewhere}", {"login": person.email, "password": PASSWORD, "next": elsewhere}
        ),
        client.post(f"/accounts/logout/?next={elsewhere}", {"next": elsewhere}),
        client.get(f"/accounts/login/?next={elsewhere}"),
    ):
        leads_to = response.headers.get("Location", "/")
        assert leads_to.startswith("/")
        assert "evil" not in leads_to
        assert "javascript" not in leads_to


def fingerprint():
    """Every row of every table that holds the portal's matters, as text."""
    from django.apps import apps
    from django.db import connection

    # What reading may write: the session's own row, the last use of a token, the counters of sign-ins and of calls.
    own = {"django_session", "cache_entry", "api_token", "api_calls"}
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in own and model._meta.managed and not model._meta.proxy:
                cursor.execute(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t"
                )
                found[table] = cursor.fetchone()[0]
    return found


def test_the_fingerprint_sees_a_change(person):
    before = fingerprint()
    EngagementFactory()

    changed = {table for table, seen in fingerprint().items() if seen != before[table]}
    assert {Engagement._meta.db_table, "programme", "institution"} <= changed
