"""A report that is typed on a bad line, in a tab that dies, on two devices and by two people, in Chromium."""

import pytest
from playwright.sync_api import expect

from programmes.models import ProgressReport
from ta_portal.access.permissions import Role
from tests.browser.conftest import PASSWORD, REPORT, field, sign_in

pytestmark = pytest.mark.browser

KEPT = "Kept at"


@pytest.fixture
def open_report(open_page, liaison):
    def make(user=liaison, *, on_shared_computer=False, **given):
        page = open_page(390, **given)
        sign_in(page, user, on_shared_computer=on_shared_computer)
        page.wait_for_url("**/due/")
        page.goto(REPORT)
        return page

    return make


def state(page):
    return page.locator("#draft")


def test_a_tab_that_is_killed_is_found_again_on_another_device(open_report):
    ours = open_report()
    field(ours, "value", "I12").press_sequentially("72.5")
    ours.get_by_label("What was done").press_sequentially("Audits by the")
    expect(state(ours)).to_contain_text(KEPT)
    ours.wait_for_timeout(1000)
    assert ours.complaints == []
    ours.context.close()

    theirs = open_report()
    expect(theirs.get_by_text("stands here again")).to_be_visible()
    expect(field(theirs, "value", "I12")).to_have_value("72.5")
    expect(theirs.get_by_label("What was done")).to_have_value("Audits by the")
    assert not ProgressReport.objects.exclude(done="").filter(period__engagement__ref="FIN-TAX-2024").exists()
    theirs.get_by_role("button", name="Save as draft").click()
    theirs.wait_for_url("**/due/")
    theirs.goto(REPORT)
    expect(theirs.get_by_label("What was done")).to_have_value("Audits by the")
    expect(theirs.get_by_text("stands here again")).to_have_count(0)


def test_two_quick_changes_are_kept_once_and_the_focus_stays(open_report):
    ours = open_report()
    sent = []
    ours.on("request", lambda request: sent.append(request) if request.method == "POST" else None)

    words = ours.get_by_label("What was done")
    words.press_sequentially("One")
    words.press_sequentially(" two")
    expect(state(ours)).to_contain_text(KEPT)
    ours.wait_for_timeout(1200)

    assert len(sent) == 1
    expect(words).to_be_focused()


def test_what_is_typed_without_a_line_is_kept_on_the_device_and_goes_on_when_it_is_back(open_report):
    ours = open_report()
    ours.context.set_offline(True)
    ours.get_by_label("What was done").fill("In the tunnel")
    expect(state(ours)).to_contain_text("Not saved: kept on this device.")
    assert "In the tunnel" in ours.evaluate("JSON.stringify(localStorage)")

    ours.context.set_offline(False)
    expect(state(ours)).to_contain_text(KEPT, timeout=15_000)
    assert "In the tunnel" not in ours.evaluate("JSON.stringify(localStorage)")


def test_a_shared_computer_keeps_nothing_that_was_typed_and_no_session(open_report):
    ours = open_report(on_shared_computer=True)
    (session,) = [cookie for cookie in ours.context.cookies() if cookie["name"] == "sessionid"]
    assert session["expires"] == -1

    ours.context.set_offline(True)
    ours.get_by_label("What was done").fill("In the tunnel")
    expect(state(ours)).to_contain_text("nothing is kept on a shared computer")
    assert "tunnel" not in ours.evaluate("JSON.stringify([localStorage, sessionStorage])")

    # The portal keeps the draft as ever: for its author alone.
    ours.context.set_offline(False)
    expect(state(ours)).to_contain_text(KEPT, timeout=15_000)
    assert "tunnel" not in ours.evaluate("JSON.stringify([localStorage, sessionStorage])")


def test_a_device_that_comes_back_asks_before_it_puts_anything_back(open_report):
    ours = open_report()
    ours.context.set_offline(True)
    ours.get_by_label("What was done").fill("In the tunnel")
    expect(state(ours)).to_contain_text("Not saved: kept on this device.")
    # The tab dies with the line still down.
    again = ours.context.new_page()
    ours.close()
    again.context.set_offline(False)
    again.goto(REPORT)
    expect(again.get_by_label("What was done")).to_have_value("")
    again.get_by_role("button", name="Put it back").click()
    expect(again.get_by_label("What was done")).to_have_value("In the tunnel")
    expect(state(again)).to_contain_text(KEPT)
    again.context.set_offline(True)
    again.get_by_label("What was done").fill("In the next tunnel")
    expect(state(again)).to_contain_text("Not saved: kept on this device.")
    again.context.set_offline(False)
    again.goto("/help/")
    assert "tunnel" in again.evaluate("JSON.stringify(localStorage)")

    again.locator("details.menu summary").click()
    again.locator("details.menu").get_by_role("button", name="Sign out").click()
    again.wait_for_url("**/accounts/login/**")
    assert "tunnel" not in again.evaluate("JSON.stringify(localStorage)")


def test_two_devices_of_one_person_are_told_and_the_form_shows_both(open_report):
    phone, computer = open_report(), open_report()
    phone.get_by_label("What was done").fill("On the phone")
    expect(state(phone)).to_contain_text(KEPT)

    computer.get_by_label("What was done").fill("On the computer")
    expect(state(computer)).to_contain_text("You went on in another place")
    computer.get_by_role("button", name="See both versions").click()
    expect(computer.get_by_role("heading", name="You typed this in two places")).to_be_visible()
    computer.get_by_text("The other version: On the phone").click()
    computer.get_by_role("button", name="Save").click()

    computer.wait_for_url("**/due/")
    computer.goto(REPORT)
    expect(computer.get_by_label("What was done")).to_have_value("On the phone")


def test_two_people_are_told_and_the_second_sees_both(open_report, member, quarter):
    colleague = member(Role.LIAISON, institution=quarter.period.engagement.institution)
    colleague.set_password(PASSWORD)
    colleague.save()
    ours, theirs = open_report(), open_report(colleague)
    theirs.get_by_label("What was done").fill("Theirs")
    theirs.get_by_role("button", name="Save as draft").click()
    theirs.wait_for_url("**/due/")

    ours.get_by_label("What was done").fill("Ours")
    expect(state(ours)).to_contain_text(f"{colleague} saved this at")
    ours.get_by_role("button", name="Save as draft").click()
    expect(ours.get_by_role("heading", name="Somebody else saved this meanwhile")).to_be_visible()
    expect(ours.get_by_text("Theirs: Theirs")).to_be_visible()
    expect(ours.get_by_text("Yours: Ours")).to_be_visible()


def test_without_javascript_save_draft_does_it(open_report):
    ours = open_report(java_script_enabled=False)
    expect(state(ours)).to_be_hidden()
    ours.get_by_label("What was done").fill("By hand")
    ours.get_by_role("button", name="Save as draft").click()
    ours.goto(REPORT)
    expect(ours.get_by_label("What was done")).to_have_value("By hand")
