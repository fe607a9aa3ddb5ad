"""The demo keeps what it would have sent, for its administrators to read; nothing of it does anything."""

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.urls import include, path

from ta_portal import urls
from ta_portal.access.permissions import Permission, Role
from ta_portal.demo.models import SentMail
from ta_portal.demo.panels import register
from ta_portal.mail.kinds import MessageKind
from ta_portal.mail.models import Letter
from ta_portal.mail.sending import send_ready
from ta_portal.mail.services import News, tell
from ta_portal.mail.wording import Content
from ta_portal.registry import panels
from tests.web import Page

urlpatterns = [*urls.urlpatterns, path("demo/", include("ta_portal.demo.urls"))]
handler403, handler404 = urls.handler403, urls.handler404

pytestmark = pytest.mark.django_db
OUTBOX = "/demo/outbox/"


@pytest.fixture
def in_the_demo(settings):
    settings.ROOT_URLCONF = __name__
    settings.EMAIL_BACKEND = "ta_portal.demo.mail.KeptMail"


@pytest.fixture
def administrator(client, member, in_the_demo):
    client.force_login(member(Role.ADMINISTRATOR))
    return client


def test_outside_the_demo_there_is_no_such_page(client, member):
    client.force_login(member(Role.ADMINISTRATOR))

    assert client.get(OUTBOX).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_the_pages_are_the_administrators(client, member, in_the_demo, role):
    mail = SentMail.objects.create(subject="Secret", recipients="ada@ministry.example")
    client.force_login(member(role))

    for address in (OUTBOX, f"{OUTBOX}{mail.pk}/", f"{OUTBOX}{mail.pk}/html/"):
        response = client.get(address)
        assert response.status_code == 403
        assert "Secret" not in response.content.decode()


@pytest.mark.parametrize(("role", "linked"), [(Role.ADMINISTRATOR, True), (Role.PROGRAMME_OFFICER, False)])
def test_an_administrators_account_page_leads_there(client, member, in_the_demo, monkeypatch, role, linked):
    monkeypatch.setattr(panels, "_panels", {})
    register()
    client.force_login(member(role))

    assert (OUTBOX in Page(client.get("/account/")).links) is linked


def test_a_stranger_is_sent_to_sign_in(client, in_the_demo):
    assert client.get(OUTBOX)["Location"].startswith("/accounts/login/")


def test_a_letter_is_kept_as_it_was_sent(administrator, member, monkeypatch, settings):
    from ta_portal.mail import kinds

    kind = MessageKind("test.news", 1, "News", Permission.ENGAGEMENT_VIEW)
    monkeypatch.setattr(kinds, "_kinds", {kind.key: kind})
    monkeypatch.setattr(kinds, "_rules", [])
    person = member(Role.VIEWER)
    said = Content("Greetings", lead="It <happened>.", todo="Do it.", action="Open")
    tell(News(kind, "1", [person.pk], 7, "/engagements/", content=lambda: said))
    assert send_ready() == 1

    page = Page(administrator.get(OUTBOX))
    mail = SentMail.objects.get()
    assert "Greetings" in page.text
    assert person.email in page.text
    assert f"{OUTBOX}{mail.pk}/" in page.links
    letter = Page(administrator.get(f"{OUTBOX}{mail.pk}/"))
    for said_there in ("It <happened>.", "Do it.", person.email, f"<{Letter.objects.get().public_id}@", mail.sender):
        assert said_there in letter.text
    assert f'src="{OUTBOX}{mail.pk}/html/" sandbox' in letter.html
    html = administrator.get(f"{OUTBOX}{mail.pk}/html/")
    assert html.content.decode() == mail.html
    assert "It &lt;happened&gt;." in mail.html


def test_the_frame_may_do_nothing(administrator):
    mail = SentMail.objects.create(subject="x", html="<script>alert(1)</script>")

    response = administrator.get(f"{OUTBOX}{mail.pk}/html/")

    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";") if part)
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "",
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert administrator.get(OUTBOX)["X-Frame-Options"] == "DENY"


def test_it_keeps_all_recipients_and_mails_without_html(administrator):
    send_mail("Plain", "Only text", "from@portal.example", ["a@x.example", "b@x.example"])
    EmailMultiAlternatives("Hidden", "", to=["a@x.example"], bcc=["c@x.example"]).send()

    assert list(SentMail.objects.order_by("pk").values_list("recipients", "html")) == [
        ("a@x.example, b@x.example", ""),
        ("a@x.example, c@x.example", ""),
    ]
    mail = SentMail.objects.get(subject="Plain")
    assert "<iframe" not in administrator.get(f"{OUTBOX}{mail.pk}/").content.decode()


def test_a_file_that_a_letter_carried_is_named_and_given_to_administrators_alone(client, member, administrator):
    mail = EmailMultiAlternatives("With a form", "Fill it in.", to=["a@x.example"])
    mail.attach("form.xlsx", b"PK\x03\x04", "application/vnd.ms-excel")
    mail.send()
    kept = SentMail.objects.get()
    address = f"{OUTBOX}{kept.pk}/files/{kept.files.get().pk}/"

    page = Page(administrator.get(f"{OUTBOX}{kept.pk}/"))
    assert "form.xlsx" in page.text
    assert address in page.links
    response = administrator.get(address)
    assert b"".join(response) == b"PK\x03\x04"
    assert response["Content-Disposition"] == 'attachment; filename="form.xlsx"'
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/vnd.ms-excel", "nosniff")
    assert administrator.get(f"{OUTBOX}{kept.pk}/files/99/").status_code == 404
    other = SentMail.objects.create(subject="Another")
    assert administrator.get(f"{OUTBOX}{other.pk}/files/{kept.files.get().pk}/").status_code == 404
    client.force_login(member(Role.PROGRAMME_OFFICER))
    assert client.get(address).status_code == 403


def test_an_empty_outbox_says_how_to_fill_it_and_a_missing_letter_is_not_there(administrator):
    assert "Nothing was sent yet." in Page(administrator.get(OUTBOX)).text
    assert administrator.get(f"{OUTBOX}99/").status_code == 404


def test_many_letters_have_pages(administrator):
    SentMail.objects.bulk_create(SentMail(subject=f"Letter {number}") for number in range(30))

    assert "Page 1 of 2" in Page(administrator.get(OUTBOX)).text
    part = administrator.get(f"{OUTBOX}?page=2", headers={"HX-Request": "true"}).content.decode()
    assert "Letter 0" in part
    assert "<html" not in part
