"""A quarter in Chromium: logged by a liaison, returned with a question, mended, accepted, and counted."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import REPORT, field, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("with_javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_quarter_goes_from_a_blank_form_to_a_figure_that_counts(
    open_page, quarter, liaison, officer, with_javascript
):
    ours = open_page(390, java_script_enabled=with_javascript)
    sign_in(ours, liaison)
    expect(ours.get_by_role("heading", name="What’s due", level=1)).to_be_visible()
    ours.get_by_role("link", name="Progress, January to March 2026").click()
    expect(ours.get_by_role("heading", name="Progress, January to March 2026")).to_be_visible()

    for code in ("I01", "I02", "I03"):
        field(ours, "numerator", code).fill("90")
        field(ours, "denominator", code).fill("100")
    for code in ("I05", "I07"):
        field(ours, "not_reported_reason", code).fill("Not counted yet")
    field(ours, "value", "I06").fill("12")
    field(ours, "weight", "I06").fill("30")
    field(ours, "same", "I10").check()
    field(ours, "value", "I12").fill("72.5")
    ours.get_by_role("button", name="Send for review").click()
    # One figure and what was done are missing: each is said at its place, and all that was typed stays.
    expect(field(ours, "value", "I04")).to_have_attribute("aria-invalid", "true")
    expect(field(ours, "value", "I12")).to_have_value("72.5")
    field(ours, "value", "I04").fill("341")
    ours.get_by_role("button", name="Save as draft").click()
    expect(ours.get_by_text("Draft, 9 of 9 done")).to_be_visible()
    ours.get_by_role("link", name="Progress, January to March 2026").click()
    ours.get_by_label("What was done").fill("Audits by the new unit.")
    ours.get_by_role("button", name="Send for review").click()
    # Two figures look wrong: each is asked about once, and sent when its author says that it is right.
    expect(field(ours, "value", "I04")).to_have_accessible_description(re.compile("far from the figures before it"))
    expect(field(ours, "value", "I12")).to_have_accessible_description(re.compile("falls, and never did before"))
    for nth in range(2):
        ours.get_by_label("Yes, this figure is right").nth(nth).check()
    ours.get_by_role("button", name="Send for review").click()
    expect(ours.get_by_text("Sent for review.")).to_be_visible()

    theirs = open_page(java_script_enabled=with_javascript, user=officer)
    theirs.goto("/reviews/")
    theirs.get_by_role("link", name="Progress, January to March 2026").click()
    expect(theirs.get_by_text("Its author was asked whether this figure is right, and said yes.")).to_have_count(2)
    theirs.get_by_label("Question about “Tax audits completed to standard”").fill("Twice the last quarter?")
    theirs.get_by_label("Why it is returned").select_option("figure_looks_wrong")
    theirs.get_by_role("button", name="Return").click()
    expect(theirs.get_by_text("Returned, with what you asked.")).to_be_visible()

    ours.goto(REPORT)
    expect(ours.get_by_role("heading", name="A figure looks wrong")).to_be_visible()
    expect(field(ours, "value", "I04")).to_have_accessible_description(re.compile("Twice the last quarter"))
    field(ours, "value", "I04").fill("34")
    ours.get_by_role("button", name="Send for review").click()
    expect(ours.get_by_text("Sent for review.")).to_be_visible()

    theirs.goto(f"{REPORT}review/")
    theirs.get_by_role("button", name="Accept").click()
    expect(theirs.get_by_text("Accepted: the figures count from now on.")).to_be_visible()
    theirs.goto("/engagements/FIN-TAX-2024/results/I12/")
    expect(theirs.get_by_role("main")).to_contain_text("72.5")
    assert [said for said in ours.complaints + theirs.complaints if "422" not in said] == []
