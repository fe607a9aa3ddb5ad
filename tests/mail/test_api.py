"""Messages over REST: one's own with all that they say, whoever one is."""

import pytest

from ta_portal.access.permissions import Role
from ta_portal.mail.models import Message
from ta_portal.mail.sending import send_ready
from tests.rest import Rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def message(news, reader):
    (made,) = news(reader, facts=[("Engagement", "TSA & more")], quotes=[("Note", "One\nTwo")])
    return made


def test_ones_own_message_says_all_of_it(message, reader, settings):
    settings.PORTAL_URL = "https://portal.example.org/"
    shown = Rest(reader).get(f"messages/{message.public_id}/")

    assert {name: shown[name] for name in ("reference", "kind", "language", "subject", "read_at", "emailed_at")} == {
        "reference": message.reference,
        "kind": "test.news",
        "language": "en",
        "subject": "A subject",
        "read_at": None,
        "emailed_at": None,
    }
    assert shown["url"] == "https://portal.example.org/engagements/?q=1"
    for said in ("It happened.", "Engagement: TSA & more", "Note:\nOne\nTwo", "Do it."):
        assert said in shown["text"]


def test_when_it_was_sent_is_said(message, reader):
    send_ready()

    assert Rest(reader).get(f"messages/{message.public_id}/", fields="emailed_at")["emailed_at"] is not None


def test_that_it_was_read_is_noted_once(message, reader):
    asked = Rest(reader)
    first = asked.post(f"messages/{message.public_id}/read/")
    again = asked.post(f"messages/{message.public_id}/read/")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["id"] == str(message.public_id)
    assert asked.get(f"messages/{message.public_id}/", fields="read_at")["read_at"] == first.json()["read_at"]


def test_what_is_not_read_can_be_asked_for_and_a_file_taken(message, reader, news):
    news(reader, event="2", subject="Another")
    asked = Rest(reader)
    asked.post(f"messages/{message.public_id}/read/")

    assert [row["subject"] for row in asked.get("messages/", ordering="-created_at")["results"]] == [
        "Another",
        "A subject",
    ]
    later = asked.get("messages/", read_at__gte="2020-01-01T00:00:00Z")["results"]
    assert [row["id"] for row in later] == [str(message.public_id)]
    file = asked.ask("messages/", headers={"Accept": "text/csv"})
    assert b"Another" in b"".join(file)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.VIEWER])
def test_anothers_message_is_not_there(message, rest, role):
    asked = rest(role)

    assert asked.codes("messages/", "id") == []
    assert asked.ask(f"messages/{message.public_id}/").status_code == 404
    assert asked.post(f"messages/{message.public_id}/read/").status_code == 404
    assert Message.objects.get().read_at is None


def test_a_token_reads_within_its_scopes(message, reader):
    address = f"messages/{message.public_id}/"
    assert Rest(reader, ["read"]).get(address)["subject"] == "A subject"
    assert Rest(reader, ["read"]).post(f"{address}read/").status_code == 403
    assert Rest(reader, ["countries:read"]).ask(address).status_code == 403
    assert Rest(reader, ["messages:update"]).post(f"{address}read/").status_code == 200
