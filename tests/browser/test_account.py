"""Forms that outlive a sign-in, tokens and saved views, in Chromium: with scripts and without."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from programmes.models import Risk
from ta_portal.api.models import ApiToken
from ta_portal.ui.models import SavedView
from tests.browser.conftest import PASSWORD
from tests.browser.test_portal import TAGS

pytestmark = pytest.mark.browser
FORM = "/engagements/FIN-TAX-2024/risks/new/"
TITLE = "The licence “lapses”"


def fill(page):
    page.get_by_label("Code").fill("R99")
    page.get_by_label("Kind").select_option(index=1)
    page.get_by_label("Risk", exact=True).fill(TITLE)
    page.get_by_label("Likelihood", exact=True).fill("3")
    page.get_by_label("Impact", exact=True).fill("3")


def sign_in(page, user):
    page.get_by_label("Email", exact=True).fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("how", ["plain", "no script", "htmx"])
def test_what_was_typed_outlives_the_sign_in(open_page, officer, how):
    page = open_page(user=officer, java_script_enabled=how != "no script")
    page.goto(FORM)
    fill(page)
    page.context.clear_cookies(name="sessionid")
    if how == "htmx":
        page.locator("form.stack").evaluate("form => { form.setAttribute('hx-post', ''); htmx.process(form) }")

    press(page, "Save")
    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_role("status")).to_contain_text("sign in as the same person")
    sign_in(page, officer)

    page.wait_for_url(f"**{FORM}")
    assert page.get_by_label("Risk", exact=True).input_value() == TITLE
    expect(page.get_by_role("alert")).to_contain_text("It stands here again")
    assert not Risk.objects.filter(title=TITLE).exists()
    if how == "plain":
        assert violations(page) == []
    press(page, "Save")
    page.get_by_role("status").get_by_text("was added").wait_for()
    assert Risk.objects.filter(title=TITLE).count() == 1


def test_a_form_in_one_tab_outlives_a_new_sign_in_in_another(open_page, officer):
    page = open_page(user=officer)
    page.goto(FORM)
    fill(page)
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    other.goto("/accounts/login/")
    sign_in(other, officer)
    other.wait_for_url("**/portfolio/")

    press(page, "Save")

    page.get_by_text("It stands here again").wait_for()
    assert page.get_by_label("Risk", exact=True).input_value() == TITLE
    press(page, "Save")
    page.get_by_role("status").get_by_text("was added").wait_for()
    assert Risk.objects.filter(title=TITLE).count() == 1


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_token_is_made_copied_and_revoked(open_page, officer, java_script_enabled):
    page = open_page(user=officer, java_script_enabled=java_script_enabled)
    page.goto("/account/")
    page.get_by_role("link", name="Make a token").click()
    page.get_by_label("Name").fill("Nightly")
    page.get_by_text("Single resources, and changing them").click()
    page.get_by_role("checkbox", name="risks:create").check()
    press(page, "Make the token")

    text = page.get_by_label("Token", exact=True)
    assert text.input_value().startswith("tap_")
    text.press("Control+a")
    chosen = text.evaluate("one => one.value.substring(one.selectionStart, one.selectionEnd)")
    assert chosen == text.input_value()
    page.get_by_role("link", name="I have copied it").click()
    assert ApiToken.objects.get().scopes == ["read", "risks:create"]
    page.get_by_role("link", name=re.compile("^Revoke")).click()
    press(page, "Revoke")
    expect(page.get_by_role("status")).to_have_text("The token was revoked.")
    assert ApiToken.objects.get().revoked_at


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_view_is_chosen_saved_and_downloaded(open_page, officer, java_script_enabled):
    page = open_page(user=officer, java_script_enabled=java_script_enabled)
    page.goto("/engagements/?sort=-title")
    page.get_by_text("Columns", exact=True).first.click()
    page.get_by_role("checkbox", name="Institution").uncheck()
    page.get_by_role("checkbox", name="Programme").check()
    press(page, "Show these columns")
    heads = page.get_by_role("columnheader")
    expect(heads.nth(2)).to_have_text("Programme")
    chosen = heads.all_inner_texts()
    assert chosen[:3] == ["Engagement", "Country", "Programme"]
    page.get_by_text("Saved views", exact=True).click()
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name of the view").fill("With programmes")
    page.get_by_label("Open the list with this view").check()
    press(page, "Save")
    page.get_by_text("Saved views: With programmes").wait_for()
    page.goto("/engagements/")
    assert heads.all_inner_texts() == chosen
    assert "sort=-title" in page.url
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download CSV").click()
    assert waiting.value.suggested_filename.endswith(".csv")
    # All of it: the database cannot be emptied while it is still read.
    assert waiting.value.path().read_text("utf-8").startswith("Reference,")
    assert SavedView.objects.get().is_default


@pytest.mark.parametrize(("scheme", "width", "language"), [("light", 1280, "en"), ("dark", 390, "ar")])
def test_the_new_pages_are_accessible_and_fit(open_page, officer, scheme, width, language):
    page = open_page(user=officer, color_scheme=scheme, width=width)
    type(officer).objects.filter(pk=officer.pk).update(language=language)
    view = SavedView.objects.create(owner=officer, list_name="engagements", name="Mine", query="status=completed")
    addresses = [
        "/engagements/?column=programme&column=ends",
        "/account/",
        "/account/tokens/new/",
        "/account/views/engagements/new/?status=active",
        f"/account/views/{view.public_id}/edit/",
        f"/account/views/{view.public_id}/remove/",
    ]
    for address in addresses:
        page.goto(address)
        for summary in page.locator("main details summary").all():
            summary.click()
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def violations(page):
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
