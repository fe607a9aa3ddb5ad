"""The inbox in Chromium: from a report that is sent to the letter that is read, with scripts and without."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from programmes.services.progress import send_report
from programmes.words.messages import SUBMITTED
from ta_portal.mail.models import DeliveryChoice, Letter, Message
from ta_portal.mail.services import News, tell
from ta_portal.mail.wording import Content
from tests.browser.test_portal import TAGS

pytestmark = pytest.mark.browser


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_report_that_is_sent_is_told_read_and_counted(
    open_page, officer, liaison, quarter, worker, java_script_enabled
):
    send_report(report_id=quarter.pk, words={"done": "Much was done."}, readings=[], by=liaison)
    page = open_page(user=officer, java_script_enabled=java_script_enabled)
    bar = page.get_by_role("navigation", name="Main", exact=True)
    link = bar.get_by_role("link", name=re.compile("Messages"))
    for _second in range(40):
        page.goto("/messages/")
        if Letter.objects.filter(recipient=officer, state="sent").exists():
            break
        page.wait_for_timeout(500)
    page.reload()

    expect(link).to_have_text(re.compile("Messages +1"))
    page.get_by_role("link", name="To review: progress of January to March 2026, FIN-TAX-2024").click()
    expect(page.get_by_text("Much was done.")).to_be_visible()
    expect(page.get_by_text("Sent by e-mail on")).to_be_visible()
    press(page, "Mark as read")
    page.wait_for_url("**/messages/")
    expect(link).to_have_text("Messages")
    page.get_by_role("link", name="Only what is not read yet").click()
    page.get_by_text("You have read everything.").wait_for()
    page.get_by_role("link", name="How you are told").click()
    page.get_by_label("A progress report was sent for review").select_option("weekly")
    press(page, "Save")
    page.wait_for_url("**/account/")
    assert DeliveryChoice.objects.get(user=officer, kind=SUBMITTED.key).delivery == "weekly"
    page.goto(Message.objects.get(recipient=officer).link)
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    assert page.complaints == []


@pytest.mark.parametrize(
    ("scheme", "width", "language"), [("light", 1280, "en"), ("dark", 390, "ar"), ("light", 320, "fr")]
)
def test_the_pages_of_messages_are_accessible_and_fit(open_page, officer, scheme, width, language):
    page = open_page(user=officer, color_scheme=scheme, width=width)
    type(officer).objects.filter(pk=officer.pk).update(language=language)
    officer.refresh_from_db()
    said = Content(
        "To review: " + "a long title " * 8,
        lead="It happened.",
        facts=[("Engagement", "Strengthening tax administration in Financia (FIN-TAX-2024)"), ("Due on", "5 Mar 2026")],
        quotes=[("Note", "One line\n\nand another"), ("I01 Bank accounts", "Is it 341?")],
        todo="Do it.",
        action="Open the report",
    )
    for number in range(30):
        tell(News(SUBMITTED, str(number), [officer.pk], 1, "/reviews/", content=lambda: said))
    message = Message.objects.filter(recipient=officer).first()
    for address in (
        "/messages/",
        "/messages/?page=2",
        f"/messages/{message.public_id}/",
        "/account/messages/",
        "/account/",
    ):
        page.goto(address)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
