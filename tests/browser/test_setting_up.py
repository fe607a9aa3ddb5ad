"""An engagement set up by hand, in Chromium: from an empty portfolio to one at work, through the pages alone."""

import re

import pytest
from playwright.sync_api import expect

from costing.models import Budget, LedgerEntry
from programmes.models import Engagement, Indicator
from ta_portal.access.permissions import Role
from tests.browser.conftest import PASSWORD
from tests.factories import CountryFactory, EngagementFactory, RiskFactory

pytestmark = pytest.mark.browser

FINANCIA = "Strengthening tax administration in Financia"
INSTITUTION = {
    "Name": "Inland Revenue Department",
    "Code": "XF-IRD",
    "Kind": "Private body",
    "Country": "Financia",
}
DONOR = {"Name": "Multilateral Capacity Fund", "Code": "MCF", "Kind": "Multilateral"}
PROGRAMME = {
    "Code": "P-FIN",
    "Title": "Financia tax reform",
    "Led by": "Multilateral Capacity Fund",
    "Currency": "USD",
    "Source of exchange rates": "financia-illustrative",
}
ENGAGEMENT = {
    "Reference": "FIN-TAX-2024",
    "Title": FINANCIA,
    "Programme": "Financia tax reform",
    "Planned first day": "2024-01-01",
    "Planned last day": "2025-12-31",
    "Works with": "Inland Revenue Department",
    "Country 1": "Financia",
}
OUTCOMES = [
    {"Code": "O1", "Outcome": "Rules are simpler and audits follow them"},
    {"Code": "O2", "Outcome": "Returns and payments come in on time", "Weight": "1,5"},
]
INDICATORS = [
    {
        "From the catalogue": re.compile("^REV-18 "),
        "Code": "I01",
        "Shows the outcome": "O2 Returns and payments come in on time",
        "Baseline": "60.40",
        "Baseline on": "2023-12-31",
        "Target 1: by": "2024-12-31",
        "Target 1: should be": "66",
        "Target 2: by": "2025-12-31",
        "Target 2: should be": "78,5",
    },
    {
        "From the catalogue": re.compile("^REV-22 "),
        "Code": "I02",
        "Shows the outcome": "O2 Returns and payments come in on time",
        "Baseline": "61.20",
        "Target 1: by": "2025-12-31",
        "Target 1: should be": "85",
    },
    {
        "Code": "I11",
        "Title": "Audit programme rating",
        "Shows the outcome": "O1 Rules are simpler and audits follow them",
        "How periods are put together": "The last place on the scale",
        "Direction": "higher is better",
        "Scale": "D, D+, C, C+, B, B+, A",
        "Baseline": "D+",
        "Target 1: by": "2025-12-31",
        "Target 1: should be": "B",
    },
]
WORKSTREAM = {"Code": "WS1", "Title": "Analysis and simplification of the tax code"}
MILESTONES = [
    {"Code": "M01", "Title": "Diagnostic accepted", "Workstream": "WS1 Analysis and simplification of the tax code"}
    | {"Due on": "2024-04-30", "Done on": "2024-05-10"},
    {"Code": "M02", "Title": "Simplification bill tabled", "Due on": "2024-11-30"},
]
AGREEMENT = {
    "Code": "A1",
    "Contributor": "Multilateral Capacity Fund",
    "Amount": "1,750,000.00",
    "First day": "2024-01-01",
    "Last day": "2025-12-31",
}
LINES = [
    {"Code": "C01", "Category": "Expert salaries", "Quantity": "230", "Unit": "day", "Cost of one": "640"},
    {"Code": "C19", "Category": "Travel and accommodation", "Quantity": "2", "Unit": "trip", "Cost of one": "2,240.00"},
    # Read two ways: four thousand, or four.
    {"Code": "C15", "Category": "Travel and accommodation", "Quantity": "1", "Unit": "trip", "Cost of one": "4,850"},
]
ENTRY = {
    "Kind": "Expenditure",
    "Date": "2024-06-28",
    "Amount": "73600",
    "Budget line": "C01",
    "Reference there": "V-1",
}
DEPLOYMENT = {
    "Code": "D01",
    "Name of a new expert": "Amara Okonjo-Reid",
    "Their role": "Team leader",
    "Way of working": "Resident adviser",
    "First day": "2024-01-15",
    "Last day": "2024-12-20",
    "Planned days": "230",
}
RISK = {
    "Code": "R1",
    "Kind": "Sustainability",
    "Risk": "Software support lapses when the licence grant ends",
    "Likelihood": "4",
    "Impact": "5",
}


@pytest.fixture
def portal(server):
    """A server with a country, and nothing in it."""
    CountryFactory(iso2="XF", name="Financia", user_assigned=True)
    return server


@pytest.fixture
def someone(portal, member):
    """Somebody with this role who can sign in."""

    def make(role):
        user = member(role)
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


def field(page, label):
    """The field of this name, whether it may be left open or not."""
    return page.get_by_role("main").get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))


def fill(page, values):
    for label, value in values.items():
        place = field(page, label)
        if place.evaluate("one => one.tagName") != "SELECT":
            place.fill(value)
        elif isinstance(value, str):
            place.select_option(label=value)
        else:
            place.select_option(label=next(filter(value.search, place.locator("option").all_inner_texts())))


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def open_tab(page, name):
    page.get_by_role("navigation", name="Engagement", exact=True).get_by_role("link", name=name).click()


def add(page, act, *rows):
    """One after the other by the act of the tab that is open, which comes back each time and says so."""
    for row in rows:
        follow(page, act)
        fill(page, row)
        press(page, "Save")
        page.get_by_role("status").get_by_text("was added").wait_for()


def take_step(page, to, *, missing=None):
    """A step of the status; where something is `missing`, the page says so and its link leads to the mending."""
    follow(page, "Change the status")
    if missing:
        follow(page, missing)
        return
    field(page, "Becomes").select_option(label=to)
    press(page, "Take the step")
    expect(page.get_by_role("status")).to_have_text(f"The engagement is now: {to}.")


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_an_officer_sets_an_engagement_up_by_hand(open_page, someone, java_script_enabled):
    add_whom_it_helps_and_who_pays(open_page(user=someone(Role.ADMINISTRATOR), java_script_enabled=java_script_enabled))
    page = open_page(user=someone(Role.PROGRAMME_OFFICER), java_script_enabled=java_script_enabled)
    page.goto("/engagements/")
    follow(page, "Set up a programme")
    fill(page, PROGRAMME)
    press(page, "Save")
    fill(page, ENGAGEMENT)
    press(page, "Save")
    page.get_by_role("heading", level=1, name=FINANCIA).wait_for()

    take_step(page, "Under appraisal", missing="The objective is missing: say which capacity is to be built.")
    fill(page, {"Objective": "An Inland Revenue Department that audits without outside help"})
    press(page, "Save")
    take_step(page, "Under appraisal")
    take_step(page, "Approved", missing="The practice area is missing.")
    sectors = {"Sector 1": re.compile("^15155 "), "Sector 1, %": "60", "Sector 2": re.compile("^15114 ")}
    fill(page, {"Practice area": "Revenue and tax", **sectors, "Sector 2, %": "40"})
    press(page, "Save")
    take_step(page, "Approved")
    take_step(page, "Active", missing="No outcome says what is to change.")
    fill(page, OUTCOMES[0])
    press(page, "Save")
    add(page, "Add an outcome", OUTCOMES[1])
    add(page, "Add an indicator", *INDICATORS)
    open_tab(page, "Workplan")
    add(page, "Add a workstream", WORKSTREAM)
    add(page, "Add a milestone", *MILESTONES)
    open_tab(page, "Experts")
    add(page, "Add a deployment", DEPLOYMENT)
    open_tab(page, "Risks")
    add(page, "Add a risk", RISK)
    open_tab(page, "Exit")
    add(page, "Assess exit readiness", {"On": "2024-01-31", "Whose view": "Donor", "Name": "start"})
    open_tab(page, "Costs")
    add(page, "Add a funding agreement", AGREEMENT)
    add(page, "Add a budget line", *LINES[:2])
    answer_the_number_that_reads_two_ways(page)
    open_tab(page, "Overview")
    take_step(page, "Active")

    approve_the_budget_and_post(open_page(user=someone(Role.FINANCE_OFFICER), java_script_enabled=java_script_enabled))

    made = Engagement.objects.get(ref="FIN-TAX-2024")
    assert made.status == "active"
    assert dict(made.sector_shares.values_list("sector__code", "pct")) == {"15155": 60, "15114": 40}
    assert [str(target.value or target.level) for target in targets_of(made)] == ["66.0000", "78.5000", "85.0000", "B"]
    assert [counted(made, part) for part in ("outcomes", "milestones", "deployments", "risks", "agreements")] == [
        2, 2, 1, 1, 1,
    ]  # fmt: skip
    budget = Budget.objects.get(engagement=made)
    assert (budget.state, sorted(line.amount for line in budget.lines.all())) == ("approved", [4480, 4850, 147200])
    assert LedgerEntry.objects.get().amount == 73600
    assert complaints_of(page) == []


def add_whom_it_helps_and_who_pays(page):
    page.goto("/donors/")
    add(page, "Add an organisation", DONOR)
    page.goto("/institutions/")
    follow(page, "Add an institution")
    fill(page, INSTITUTION)
    press(page, "Save")
    expect(page.locator("#id_kind_error")).to_contain_text("private")
    fill(page, {"Kind": "Revenue authority"})
    press(page, "Save")
    page.get_by_role("status").get_by_text("was added").wait_for()


def answer_the_number_that_reads_two_ways(page):
    follow(page, "Add a budget line")
    fill(page, LINES[2])
    press(page, "Save")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("[role=alert]")).to_be_focused()
    page.get_by_role("main").get_by_role("radio", name="4,850", exact=True).check()
    press(page, "Save")
    page.get_by_role("status").get_by_text("was added").wait_for()


def approve_the_budget_and_post(page):
    page.goto("/engagements/FIN-TAX-2024/costs/")
    follow(page, "The budget, version by version")
    press(page, "Approve")
    expect(page.get_by_role("status")).to_have_text("Version 1 is approved.")
    open_tab(page, "Costs")
    add(page, "Post a ledger entry", ENTRY)
    assert complaints_of(page) == []


def complaints_of(page):
    """All that the console said but for the form that was refused."""
    return [said for said in page.complaints if "422" not in said]


def targets_of(engagement):
    found = Indicator.objects.filter(engagement=engagement).order_by("code")
    return [target for indicator in found for target in indicator.targets.order_by("due")]


def counted(engagement, part):
    return getattr(engagement, part).count()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_whoever_saves_second_sees_both_versions_and_a_removal_has_a_reason(open_page, someone, java_script_enabled):
    risk = RiskFactory(engagement=EngagementFactory(), likelihood=2, impact=2, title="The law is not passed")
    officers = [someone(Role.PROGRAMME_OFFICER) for _number in range(2)]
    first, second = (open_page(user=officer, java_script_enabled=java_script_enabled) for officer in officers)
    address = f"/engagements/{risk.engagement.ref}/risks/{risk.code}/"
    for page in (first, second):
        page.goto(f"{address}edit/")
    fill(first, {"Likelihood": "5", "Risk": "The law is late"})
    press(first, "Save")
    expect(first.get_by_role("status")).to_be_visible()

    fill(second, {"Impact": "4", "Risk": "The law is not passed by May"})
    press(second, "Save")

    expect(second.get_by_role("heading", level=1)).to_have_text("Somebody else saved this meanwhile")
    choice = second.get_by_role("group", name="Risk", exact=True)
    choice.get_by_role("radio", name="Yours: The law is not passed by May").check()
    second.get_by_role("group", name="Likelihood", exact=True).get_by_role("radio", name="Theirs: 5").check()
    second.get_by_role("group", name="Impact", exact=True).get_by_role("radio", name="Yours: 4").check()
    press(second, "Save")
    risk.refresh_from_db()
    assert (risk.title, risk.likelihood, risk.impact) == ("The law is not passed by May", 5, 4)

    second.goto(f"{address}edit/")
    follow(second, "Remove")
    fill(second, {"Reason": "Entered twice"})
    press(second, "Remove")
    second.get_by_role("status").get_by_text("was removed").wait_for()
    assert not risk.engagement.risks.exists()
