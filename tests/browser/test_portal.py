"""The portal as people see it, in Chromium: the path to a report, and every page held against axe and its window."""

import datetime as dt
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from evaluations.services.roll_up import roll_up
from programmes.models import Engagement, ProgressReport, Risk
from programmes.services.days import days
from programmes.services.post_holders import hand_over
from programmes.services.posts import add_post
from programmes.services.progress import open_period, return_report, submit_report
from programmes.services.risks import change_risk
from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from tests.browser.conftest import PASSWORD
from tests.factories import MembershipFactory

pytestmark = pytest.mark.browser

ENGAGEMENT = "/engagements/FIN-TAX-2024/"
TABS = ["", "workplan/", "results/", "progress/", "costs/", "experts/", "ratings/", "risks/", "exit/", "activity/"]
EXPLAINED = [
    "costs/explain/?basis=actual&group=total",
    "costs/explain/?basis=variance&group=equipment",
    "results/I01/",
    "results/I11/",
    "results/explain/",
    "results/explain/?outcome=O2",
    "exit/explain/",
]
PROFILES = [
    "/countries/",
    "/countries/XF/",
    "/institutions/",
    "/donors/",
    "/donors/MCF/",
    "/programmes/",
    "/programmes/P-FIN-TAX-2024/",
]
KINDS = ["outcomes", "indicators", "workstreams", "milestones", "commitments", "risks", "deployments", "agreements"]
MONEY = ["cost-lines", "ledger-entries"]
JUDGED = ["readiness", "evaluations", "traction-by-ministry", "notes"]
FORMS = [
    "/engagements/new/",
    "/engagements/new-programme/",
    "/institutions/new/",
    "/donors/new/",
    *(f"{ENGAGEMENT}{part}/" for part in ("edit", "copy", "status", "costs/budget")),
    *(f"{ENGAGEMENT}{kind}/new/" for kind in [*KINDS, *MONEY, *JUDGED]),
    f"{ENGAGEMENT}reviewing/",
    f"{ENGAGEMENT}periods/new/",
    f"{ENGAGEMENT}indicators/edit/",
    f"{ENGAGEMENT}cost-lines/edit/",
    f"{ENGAGEMENT}indicators/I11/edit/",
    f"{ENGAGEMENT}deployments/D01/edit/",
    f"{ENGAGEMENT}risks/R1/remove/",
]
QUARTER = f"{ENGAGEMENT}progress/2026-Q4/"
WIDTHS = (1280, 390, 320)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def administrator(portal, member):
    """Somebody who may fill in every form."""
    user = member(Role.ADMINISTRATOR)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def addresses(administrator):
    """Every page but the forms: those that everybody sees in both ways, and then those that are shared between them."""
    report = roll_up(by=administrator)
    figure = "level=portfolio&key=portfolio&metric=progress_pct_weighted"
    seen_by_all = [
        "/portfolio/",
        "/due/",
        "/reviews/",
        "/reporting/",
        f"{ENGAGEMENT}results/quality/",
        f"{ENGAGEMENT}progress/2025-Q4/",
        "/history/",
        "/messages/",
        "/engagements/",
        "/engagements/?status=active",
        *(ENGAGEMENT + tab for tab in TABS),
        f"{ENGAGEMENT}costs/?by=line&currency=EUR",
        "/engagements/MDA-TAX-2015/",
        "/reports/",
        f"/reports/{report.public_id}/",
        "/engagements/NO-SUCH-ONE/",
    ]
    shared = [
        *(ENGAGEMENT + part for part in EXPLAINED),
        f"/reports/{report.public_id}/explain/?{figure}",
        "/portfolio/explain/?group=equipment",
        "/funding/FIN-TAX-2024/GOF/",
        *PROFILES,
        "/search/?q=tax",
        "/account/",
        "/account/messages/",
        "/help/",
        "/accessibility/",
    ]
    return seen_by_all, shared


def test_an_officer_goes_from_sign_in_to_a_finished_report(open_page, officer, worker):
    page = open_page(user=officer)
    page.goto("/engagements/")

    page.get_by_role("searchbox").or_(page.get_by_label("Search")).first.fill("financia")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("1 engagement", exact=True).wait_for()
    page.get_by_role("link", name="Strengthening tax administration in Financia").click()
    page.get_by_role("main").get_by_text("The time is over: 101% of the budget is spent").first.wait_for()
    page.get_by_role("navigation", name="Engagement").get_by_role("link", name="Costs").click()
    assert page.locator("#costs-total").get_by_role("cell").first.inner_text() == "2,070,155.27"

    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Reports").click()
    page.get_by_label("About").select_option("engagement:FIN-TAX-2024")
    page.get_by_role("button", name="Run the report").click()
    page.wait_for_url("**/jobs/**")
    # The page asks by itself: nobody reloads it.
    page.get_by_role("link", name="Open the report").click(timeout=20_000)

    page.wait_for_url(re.compile("/reports/.+"))
    assert re.fullmatch("[0-9a-f]{64}", page.locator("#fingerprint").inner_text())
    assert page.complaints == []


def test_without_javascript_the_same_path_stands(open_page, officer, worker):
    page = open_page(user=officer, java_script_enabled=False)

    page.goto("/engagements/")
    page.get_by_role("combobox", name="Status").select_option("completed")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("2 engagements", exact=True).wait_for()
    page.goto("/reports/")
    page.get_by_role("button", name="Run the report").click()
    # The page refreshes itself every five seconds.
    page.get_by_role("link", name="Open the report").click(timeout=30_000)
    page.wait_for_url(re.compile("/reports/.+"))


def test_what_is_fetched_anew_says_so_moves_nothing_and_a_cut_line_is_told(open_page, officer):
    page, held = open_page(user=officer), []
    page.goto("/engagements/")
    page.route(re.compile(r"/engagements/\?"), lambda route: held.append(route))
    listing = page.locator("#engagements")
    before = listing.bounding_box()

    page.get_by_role("button", name="Apply").click()

    page.locator("#engagements[aria-busy=true]").wait_for()
    expect(page.locator("#busy")).to_have_css("opacity", "1")
    assert listing.bounding_box() == before
    held[0].abort()
    page.get_by_role("status").get_by_text("No connection: nothing was changed. Try again.").wait_for()
    page.locator("#engagements[aria-busy=false]").wait_for()


@pytest.fixture(params=[("en", "light", 1280, 0), ("ar", "dark", 390, 1)], ids=["wide", "narrow"])
def reader(request, open_page, administrator):
    """A page of somebody who sees everything, in a language, a colour scheme and a width, and without a complaint.

    `turn` says which half of the pages that are alike it is to open: axe is slow.
    """
    language, scheme, width, turn = request.param
    administrator.language = language
    administrator.save()
    page = open_page(width, user=administrator, color_scheme=scheme)
    page.turn = turn
    yield page
    assert page.locator("html").get_attribute("lang") == language
    # A page that is not there and a form that is refused are said on the console too.
    assert [said for said in page.complaints if not re.search("404|409|422", said)] == []


def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(reader, addresses):
    seen_by_all, shared = addresses
    found = {}
    for address in [*seen_by_all, *shared[reader.turn :: 2]]:
        status = reader.goto(address).status
        found[address] = faults(reader) if status in {200, 404} else [f"answers {status}"]

    assert not any(found.values()), told(found)


def test_axe_finds_nothing_on_forms_and_on_what_they_say(reader):
    found = {}
    for address in FORMS[reader.turn :: 2]:
        status = reader.goto(address).status
        found[address] = faults(reader) if status == 200 else [f"answers {status}"]
    for say in (
        refused_engagement,
        refused_indicator,
        asked_which_number,
        two_versions,
        report_with_gaps,
        report_returned,
        report_to_decide,
        figures_to_put_right,
        post_that_is_held,
        post_to_hand_over,
    ):
        say(reader)
        found[say.__name__] = faults(reader)

    assert not any(found.values()), told(found)


def send(page):
    page.locator("main form button[type=submit]").click()


def refused_engagement(page):
    page.goto("/engagements/new/")
    page.locator("form").evaluate_all("forms => forms.forEach(form => form.noValidate = true)")
    page.locator("#id_country_2_pct").fill("40")
    send(page)
    page.locator("#id_title_error").wait_for()


def refused_indicator(page):
    page.goto(f"{ENGAGEMENT}indicators/new/")
    page.locator("#id_code").fill("I99")
    page.locator("#id_target_2_value").fill("9")
    send(page)
    page.locator("#id_target_2_due_error").wait_for()


def asked_which_number(page):
    page.goto(f"{ENGAGEMENT}outcomes/new/")
    page.locator("#id_code").fill("O9")
    page.locator("#id_title").fill("They plan")
    # With a comma or a point, whichever the language may mean either way.
    page.locator("#id_weight").fill("1,234")
    send(page)
    page.locator("[name=weight__meant]").first.wait_for()


def two_versions(page):
    page.goto(f"{ENGAGEMENT}risks/R2/edit/")
    page.locator("#id_title").fill("Ours")
    risk = Risk.objects.get(engagement__ref="FIN-TAX-2024", code="R2")
    change_risk(risk_id=risk.pk, title="Theirs", by=User.objects.latest("pk"))
    send(page)
    page.locator("[name=keep_title]").first.wait_for()


def report_with_gaps(page):
    """A quarter that asks for every kind of figure; what is missing is said at each."""
    engagement = Engagement.objects.get(ref="FIN-TAX-2024")
    planned = days(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
    Engagement.objects.filter(pk=engagement.pk).update(planned=planned, actual=None)
    quarter = {"starts": dt.date(2026, 10, 1), "ends": dt.date(2026, 12, 31)}
    open_period(engagement_id=engagement.pk, **quarter, by=User.objects.latest("pk"))
    page.goto(QUARTER)
    page.locator("button[value=send]").click()
    page.locator("#id_done_error").wait_for()


def report_returned(page):
    report, second = _quarter(), _somebody_else()
    submit_report(report_id=report.pk, by=User.objects.exclude(pk=second.pk).latest("pk"))
    given = {"note": "Two things", "questions": {"I01": "Really?", "I11": "By whom?", "done": "Who?"}}
    return_report(report_id=report.pk, by=second, **given)
    page.goto(QUARTER)
    page.get_by_text("Two things").wait_for()


def report_to_decide(page):
    submit_report(report_id=_quarter().pk, by=_somebody_else())
    page.goto(f"{QUARTER}review/")
    page.locator("button[value=return]").click()
    page.locator("#id_reason_error").wait_for()


def figures_to_put_right(page):
    page.goto(f"{QUARTER}review/changes/")
    page.locator("main form").wait_for()


def post_that_is_held(page):
    institution, by = Engagement.objects.get(ref="FIN-TAX-2024").institution, User.objects.latest("pk")
    post = add_post(institution=institution, code="DG", title="Director General", gives_access=True, by=by)
    hand_over(post_id=post.pk, name="Ada Byron", on=dt.date(2025, 1, 1), by=by)
    page.goto(f"/institutions/{institution.code}/")
    page.get_by_text("Ada Byron").first.wait_for()


def post_to_hand_over(page):
    page.goto(f"{page.url}posts/DG/hand-over/")
    page.locator("form").evaluate_all("forms => forms.forEach(form => form.noValidate = true)")
    send(page)
    page.locator("#id_name_error").wait_for()


def _quarter():
    return ProgressReport.objects.get(period__engagement__ref="FIN-TAX-2024", period__starts=dt.date(2026, 10, 1))


def _somebody_else():
    user, is_new = User.objects.get_or_create(email="second@donor.example", defaults={"full_name": "Second"})
    if is_new:
        MembershipFactory(user=user, role=Role.ADMINISTRATOR.value, scope_kind="portfolio")
    return user


# In Arabic a date has several pieces on one line.
BROKEN_DAYS = """[...document.querySelectorAll('time')].filter((one) => {
    const ends = [...one.getClientRects()].map((piece) => piece.bottom);
    return Math.max(...ends) - Math.min(...ends) > 8;
}).length"""


def faults(page):
    """What axe finds on the page that is open, and at which widths it does not fit its window or breaks a date."""
    asked = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=asked).response["violations"]
    wrong = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
    shown = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({**shown, "width": width})
        if wider := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
            wrong.append(f"{wider} px wider than {width}")
        if broken := page.evaluate(BROKEN_DAYS):
            wrong.append(f"breaks {broken} dates at {width}")
    page.set_viewport_size(shown)
    return wrong


def told(found):
    return "\n".join(f"{address}: {wrong}" for address, wrong in found.items() if wrong)


def test_the_browser_sends_a_page_of_at_most_1500_nodes(open_page, officer):
    page = open_page(user=officer)

    page.goto(ENGAGEMENT)

    assert page.evaluate("document.querySelectorAll('*').length") <= 1500
