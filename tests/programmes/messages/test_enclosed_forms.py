"""A reminder carries the form of its report: in its reader's language, as it stands when the letter goes out, once."""

import io

import pytest
from openpyxl import load_workbook

from programmes.models import Membership
from programmes.services.progress import draft_report, submit_report
from programmes.services.readings import Reading
from programmes.tasks import remind_of
from ta_portal.mail import enclosures
from ta_portal.mail.models import DeliveryChoice, Letter, Message
from ta_portal.mail.sending import send_ready
from ta_portal.mail.services import make_digests
from tests.programmes.progress.workbooks import key, rows_of
from tests.rest import Rest
from tests.web import Page

pytestmark = pytest.mark.django_db

NAME = "TSA-1-2024-Q2.xlsx"
FILE = "/engagements/TSA-1/progress/2024-Q2/file.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ANSWER = {"en": "Your answer", "fr": "Votre réponse", "es": "Su respuesta", "pt": "A sua resposta", "ar": "إجابتك"}


@pytest.fixture(autouse=True)
def _running(engagement):
    engagement.status = "active"
    engagement.save()


@pytest.fixture
def reminded(report, liaison):
    """The liaison was told that the report is due; nothing went out yet."""

    def make(language="en"):
        liaison.language = language
        liaison.save()
        assert remind_of(report.period.due) == 1
        return Message.objects.get(kind="progress.due")

    return make


def the_file(mailoutbox):
    (mail,) = mailoutbox
    ((name, content, media_type),) = mail.attachments
    assert (name, media_type) == (NAME, XLSX)
    return content


@pytest.mark.parametrize("language", ANSWER)
def test_the_letter_carries_the_form_in_its_readers_language(language, reminded, mailoutbox):
    reminded(language)
    assert send_ready() == 1

    sheet = load_workbook(io.BytesIO(the_file(mailoutbox))).worksheets[0]
    assert ANSWER[language] in [row[2].value for row in sheet.iter_rows()]
    assert send_ready() == 0


def test_page_text_html_and_api_name_the_file_and_where_it_is(reminded, mailoutbox, browse, liaison, settings):
    settings.PORTAL_URL = "https://portal.example.org/"
    message = reminded()
    send_ready()

    (mail,) = mailoutbox
    html = mail.alternatives[0].content
    for said in (mail.body, html, Rest(liaison, ["read"]).get("messages/")["results"][0]["text"]):
        assert NAME in said
        assert f"https://portal.example.org{FILE}" in said
    page = Page(browse(liaison).get(f"/messages/{message.public_id}/"))
    assert FILE in page.links
    assert NAME in page.text


def test_what_is_written_meanwhile_stands_in_it(reminded, report, accounts, liaison, mailoutbox):
    reminded()
    draft_report(report_id=report.pk, words={}, readings=[Reading(indicator=accounts, value=341)], by=liaison)
    send_ready()

    assert rows_of(the_file(mailoutbox))[key(accounts)][2].value == 341


def test_nothing_is_enclosed_once_there_is_nothing_to_fill_in(reminded, report, liaison, mailoutbox):
    reminded()
    submit_report(report_id=report.pk, by=liaison)
    send_ready()

    assert mailoutbox[0].attachments == []


def test_who_may_write_no_longer_gets_no_letter_and_no_file(reminded, liaison, mailoutbox):
    reminded()
    Membership.objects.filter(user=liaison).delete()
    send_ready()

    assert mailoutbox == []


def test_a_digest_carries_it_too(report, liaison, mailoutbox):
    DeliveryChoice.objects.create(user=liaison, kind="progress.due", delivery="daily")
    assert remind_of(report.period.due) == 1
    make_digests(today=report.period.due)
    send_ready()

    assert the_file(mailoutbox)


def test_a_file_that_cannot_be_made_keeps_no_letter_back(reminded, mailoutbox, monkeypatch, caplog):
    def breaks(message):
        return Message.objects.raw("SELECT no_such_column FROM message")[0]

    monkeypatch.setitem(enclosures._enclosers, "progress.due", breaks)
    reminded()
    send_ready()

    assert (mailoutbox[0].attachments, Letter.objects.get().state) == ([], "sent")
    assert FILE in mailoutbox[0].body
    assert "cannot be made" in caplog.text


def test_a_letter_that_is_tried_again_carries_the_same_file(reminded, mailoutbox, monkeypatch):
    from django.core.mail import EmailMultiAlternatives

    sent, send = [], EmailMultiAlternatives.send

    def fails_first(mail):
        sent.append(mail.attachments[0].content)
        if len(sent) == 1:
            raise OSError("gone")
        return send(mail)

    monkeypatch.setattr(EmailMultiAlternatives, "send", fails_first)
    reminded()
    assert send_ready() == 0
    Letter.objects.update(next_try_at="2024-01-01T00:00:00Z")
    assert send_ready() == 1

    assert sent[0] == sent[1] == the_file(mailoutbox)
