"""What stands in an e-mail: all of the message, in its reader's language, and nothing that somebody smuggled in."""

import re

import pytest

from ta_portal.mail.models import Message
from ta_portal.mail.sending import send_ready
from ta_portal.mail.wording import text_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SCRIPT = '<script>alert("1")</script>'
DEAR = {"en": "Dear Ada,", "fr": "Ada,", "es": "Ada:", "pt": "Ada,", "ar": "Ada"}


@pytest.fixture
def written(news, mailoutbox):
    """The e-mail that such words become: its text and its HTML."""

    def send(language="en", **words):
        news(UserFactory(full_name="Ada", language=language), **words)
        assert send_ready() == 1
        (mail,) = mailoutbox
        ((html, kind),) = [(part.content, part.mimetype) for part in mail.alternatives]
        assert kind == "text/html"
        return mail, mail.body, html

    return send


def test_text_and_html_hold_all_of_the_message(written, settings):
    settings.PORTAL_URL = "https://portal.example.org/"
    facts, quotes = [("Engagement", "Tax & customs")], [("Note", "First line\nSecond line")]

    mail, text, html = written(subject="Returned", facts=facts, quotes=quotes)

    reference = Message.objects.get().reference
    assert re.fullmatch(r"M-\d{6,}", reference)
    assert mail.subject == f"[{reference}] Returned"
    for said in ("It happened.", "Do it.", "Engagement: Tax & customs", "Note:\nFirst line\nSecond line"):
        assert said in text
    for said in ("It happened.", "Do it.", "Tax &amp; customs", "First line<br>Second line"):
        assert said in html
    assert "https://portal.example.org/engagements/?q=1" in text
    assert 'href="https://portal.example.org/engagements/?q=1"' in html
    for body in (text, html):
        assert reference in body
        assert "https://portal.example.org/messages/" in body
        assert "https://portal.example.org/account/messages/" in body


def test_what_somebody_typed_is_text_in_html(written):
    words = {"subject": SCRIPT, "lead": SCRIPT, "todo": SCRIPT, "action": SCRIPT}

    _mail, text, html = written(**words, facts=[(SCRIPT, SCRIPT)], quotes=[(SCRIPT, SCRIPT)])

    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 9
    assert SCRIPT in text


def test_a_line_break_in_a_title_adds_no_header_and_no_line(written):
    title = "Plan\r\nBcc: all@ministry.example\r\n\r\nBody"

    mail, text, _html = written(subject=title, lead=title, facts=[("Engagement", title)])

    message = mail.message()
    assert message["Bcc"] is None
    assert mail.recipients() == mail.to
    assert "\n" not in mail.subject
    assert "\nBcc:" not in text
    assert "Plan Bcc: all@ministry.example Body" in text


def test_a_name_with_a_line_break_adds_no_header_either(news, mailoutbox):
    news(UserFactory(full_name="Ada\nBcc: x@ministry.example"))
    send_ready()

    assert "Dear Ada Bcc: x@ministry.example," in mailoutbox[0].body


def test_a_long_subject_is_cut(written):
    mail, text, _html = written(subject="x" * 900, lead="x" * 900)

    assert len(mail.subject) <= 200
    assert "x" * 900 in text


@pytest.mark.parametrize("language", DEAR)
def test_the_frame_speaks_the_readers_language(language, written):
    _mail, text, html = written(language)

    assert DEAR[language] in text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    english = "All your messages"
    assert (english in text, english in html) == (language == "en",) * 2


def test_who_chose_no_language_is_written_to_in_the_portals(written):
    _mail, text, _html = written("")

    assert "Dear Ada," in text


def test_html_loads_nothing_and_holds_its_styles_itself(written):
    _mail, _text, html = written(quotes=[("Note", "x")], facts=[("a", "b")])

    for loading in ("<img", "<link", "<style", "<script", "url(", "src=", "@import"):
        assert loading not in html
    assert set(re.findall(r'href="([^"]+)"', html)) == {
        "http://localhost:8000/engagements/?q=1",
        "http://localhost:8000/messages/",
        "http://localhost:8000/account/messages/",
    }


def test_the_text_of_a_message_is_what_the_mail_says(written):
    _mail, text, _html = written(facts=[("Engagement", "TSA")])

    assert text_of(Message.objects.get()) in text
