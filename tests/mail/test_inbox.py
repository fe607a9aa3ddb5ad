"""The inbox: one's own messages, whoever one is, and how many wait."""

import uuid

import pytest
from django.urls import reverse

from ta_portal.access.permissions import Role
from ta_portal.mail.models import DeliveryChoice, Message
from tests.mail.conftest import KIND
from tests.web import Page

pytestmark = pytest.mark.django_db
INBOX = "/messages/"


@pytest.fixture
def reader(member):
    return member(Role.VIEWER)


@pytest.fixture
def browse(client, reader):
    client.force_login(reader)
    return client


def address(message, act=""):
    return f"{INBOX}{message.public_id}/{act}"


def test_the_newest_stands_first_with_its_reference(browse, reader, news):
    for number in "12":
        news(reader, event=number, subject=f"Subject {number}")

    page = Page(browse.get(INBOX))

    assert page.text.index("Subject 2") < page.text.index("Subject 1")
    assert "2 are not read yet" in page.text
    assert all(message.reference in page.text for message in Message.objects.all())


def test_an_empty_inbox_says_what_will_come(browse):
    assert "No messages yet." in Page(browse.get(INBOX)).text
    assert "You have read everything." in Page(browse.get(f"{INBOX}?show=unread")).text


def test_the_bar_counts_what_is_not_read(browse, reader, news):
    def counted():
        links = browse.get("/account/").context["navigation"]
        return next(link.count for link in links if link.url == INBOX)

    news(reader, event="1")
    (second,) = news(reader, event="2")
    assert counted() == 2
    assert browse.post(address(second, "read/")).status_code == 302
    assert counted() == 1
    browse.post(f"{INBOX}read/")
    assert counted() == 0
    assert 'class="count"' not in browse.get(INBOX).content.decode()


def test_only_what_is_not_read_can_be_shown(browse, reader, news):
    (read,) = news(reader, event="1", subject="Old news")
    news(reader, event="2", subject="Fresh news")
    browse.post(address(read, "read/"))

    page = Page(browse.get(f"{INBOX}?show=unread"))

    assert "Fresh news" in page.text
    assert "Old news" not in page.text
    assert "Old news" in Page(browse.get(INBOX)).text


def test_reading_again_keeps_when_it_was_first_read(browse, reader, news):
    (message,) = news(reader)
    browse.post(address(message, "read/"))
    message.refresh_from_db()
    first = message.read_at
    browse.post(address(message, "read/"))
    message.refresh_from_db()

    assert first is not None
    assert message.read_at == first


def test_the_page_of_a_message_shows_all_of_it(browse, reader, news):
    (message,) = news(reader, facts=[("Engagement", "<b>TSA</b>")], quotes=[("Note", "One\nTwo")])
    page = Page(browse.get(address(message)))

    for said in ("A subject", "It happened.", "Engagement", "<b>TSA</b>", "Note", "Do it.", message.reference):
        assert said in page.text
    assert "<b>TSA</b>" not in page.html
    assert "/engagements/?q=1" in page.links
    message.refresh_from_db()
    assert message.read_at is None


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.VIEWER])
def test_anothers_message_is_not_there(client, member, reader, news, role):
    (message,) = news(reader)
    client.force_login(member(role))

    assert client.get(address(message)).status_code == 404
    assert client.get(f"{INBOX}{uuid.uuid4()}/").status_code == 404
    assert client.post(address(message, "read/")).status_code == 404
    client.post(f"{INBOX}read/")
    message.refresh_from_db()
    assert message.read_at is None
    assert message.reference not in Page(client.get(INBOX)).text


def test_a_long_inbox_has_pages(browse, reader, news, django_assert_num_queries):
    news(reader)
    browse.get(INBOX)
    with django_assert_num_queries(5):  # session, user with what is unread, count, lines, grants
        browse.get(INBOX)
    for number in range(2, 28):
        news(reader, event=str(number))
    with django_assert_num_queries(5):
        page = Page(browse.get(INBOX))

    assert "Page 1 of 2" in page.text
    assert browse.get(f"{INBOX}?page=2").context["page"].number == 2


def test_htmx_is_given_the_list_alone(browse, reader, news):
    news(reader)
    html = browse.get(f"{INBOX}?show=unread", headers={"HX-Request": "true"}).content.decode()

    assert "A subject" in html
    assert "<html" not in html


# --- how one is told ---


def test_the_account_page_says_how_one_is_told_and_the_form_changes_it(browse, reader):
    assert "At once" in Page(browse.get("/account/")).text

    assert browse.post(reverse("mail:choices"), {KIND.key: "weekly"}).status_code == 302

    assert DeliveryChoice.objects.get(user=reader).delivery == "weekly"
    assert "Together, once a week" in Page(browse.get("/account/")).text
    assert browse.get(reverse("mail:choices")).context["form"][KIND.key].value() == "weekly"


def test_a_choice_that_is_not_offered_is_said_at_its_field(browse):
    response = browse.post(reverse("mail:choices"), {KIND.key: "pigeon"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {KIND.key}
    assert not DeliveryChoice.objects.exists()


def test_who_holds_no_role_is_asked_about_nothing(client):
    from tests.factories import UserFactory

    client.force_login(UserFactory())

    assert "you hold no role yet" in Page(client.get(reverse("mail:choices"))).text
    assert "you hold no role yet" in Page(client.get("/account/")).text


def test_a_portal_without_a_mail_server_says_so(browse, settings):
    assert "sends no e-mail" not in Page(browse.get("/account/")).text
    settings.SENDS_MAIL = False

    assert "sends no e-mail" in Page(browse.get("/account/")).text
