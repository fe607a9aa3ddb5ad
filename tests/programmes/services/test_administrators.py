"""The first person of an installation, by `create_administrator`."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


def command(*words):
    out, err = io.StringIO(), io.StringIO()
    call_command("create_administrator", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_prints_a_password_that_signs_in_as_an_administrator(client):
    out, err = command("First@Example.org", "--name", "First")

    user = User.objects.get(email="first@example.org")
    assert user.check_password(out.strip())
    assert out.strip() not in err
    assert grants_of(user).everywhere(Permission.USER_MANAGE)
    client.post("/accounts/login/", {"login": user.email, "password": out.strip()})
    assert client.get("/engagements/").status_code == 200
    event = AuditEvent.objects.get(verb="user.created")
    assert (event.target_id, event.by.is_service) == (user.pk, True)


def test_a_password_can_come_from_stdin_and_is_not_printed(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("four words of my own\n"))

    out, _err = command("first@example.org", "--stdin")

    assert out == ""
    assert User.objects.get(email="first@example.org").check_password("four words of my own")


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("nobody", "four words of my own\n", "email: "),
        ("FIRST@example.org", "four words of my own\n", "email: Somebody has the address"),
        ("second@example.org", "password1234\n", "password: "),
        ("second@example.org", "\n", "password: "),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_place_and_nobody_is_made(monkeypatch, email, password, said):
    command("first@example.org")
    monkeypatch.setattr(sys, "stdin", io.StringIO(password))

    with pytest.raises(CommandError, match=said):
        command(email, "--stdin")

    assert User.objects.filter(is_service=False).count() == 1
