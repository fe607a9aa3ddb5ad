"""The pages in a language that is longer than any: nothing is cut, nothing too wide, nothing left in English."""

import re

import pytest
from django.conf.locale import LANG_INFO

from evaluations.services.roll_up import roll_up
from tests.browser.pseudo import LANGUAGES, accented, is_accented, write_catalogues
from tests.conftest import PROJECT, SHARED_DATA

pytestmark = pytest.mark.browser

ENGAGEMENT = "/engagements/FIN-TAX-2024/"
TABS = ["", "workplan/", "results/", "costs/", "experts/", "ratings/", "risks/", "exit/", "activity/"]
WIDTHS = (1280, 390)
# Everything that a reader sees or hears, but for code, for the languages' own names and for what is marked as data.
SAID = """() => {
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const from = walk.currentNode.parentElement;
    if (!from.closest("bdi, code, script, style, button[lang]")) texts.push(walk.currentNode.data);
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      if (one.getAttribute(name)) texts.push(one.getAttribute(name));
  return texts.map(text => text.trim()).filter(Boolean);
}"""
# Elements whose own text is cut off by their box or spills out of it; what only ears need is one pixel wide.
CUT = """() => [...document.querySelectorAll("body *")].filter(one => {
  const style = getComputedStyle(one);
  const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (!own || !one.clientWidth || one.closest(".vh, svg")) return false;
  const scrolls = value => value === "auto" || value === "scroll";
  const hides = value => value === "hidden" || value === "clip";
  return (!scrolls(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
      || (hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1);
}).map(one => `${one.tagName.toLowerCase()}.${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""
# Tables that a phone lays out as cards, and that still have to be pushed sideways.
PUSHED = """() => [...document.querySelectorAll(".cards")].map(table => table.parentElement)
  .filter(frame => frame.scrollWidth > frame.clientWidth + 1)
  .map(frame => `${frame.getAttribute("aria-label")} by ${frame.scrollWidth - frame.clientWidth} px`)"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def pseudo_languages(settings, monkeypatch, tmp_path):
    """Both languages, for this test alone."""
    write_catalogues(tmp_path, PROJECT)
    for code in LANGUAGES:
        info = {"bidi": code.startswith("ar"), "code": code, "name": code, "name_local": code}
        monkeypatch.setitem(LANG_INFO, code, info)
    settings.LANGUAGES = [*settings.LANGUAGES, *((code, code) for code in LANGUAGES)]
    settings.LOCALE_PATHS = [tmp_path]


@pytest.fixture
def addresses(officer):
    report = roll_up(by=officer)
    return [
        "/engagements/",
        *(ENGAGEMENT + tab for tab in TABS),
        f"{ENGAGEMENT}progress/2025-Q4/",
        "/reviews/",
        "/reporting/",
        f"{ENGAGEMENT}results/quality/",
        "/messages/",
        "/account/messages/",
        "/engagements/MDA-TAX-2015/",
        "/reports/",
        f"/reports/{report.public_id}/",
        "/engagements/NO-SUCH-ONE/",
    ]


def data_of_the_scenarios() -> str:
    files = [SHARED_DATA / name / f"{name}.json" for name in ("financia", "moldova")]
    lists = (PROJECT / "programmes/reference").glob("*.csv")
    return "\n".join(path.read_text(encoding="utf-8") for path in [*files, *lists])


def untranslated(texts: list[str], data: str) -> list[str]:
    """Texts with a word in them that are neither accented nor data, nor the fingerprint of a report."""
    plain = [" ".join(text.split()) for text in texts if re.search(r"[^\W\d_]{2,}", text) and not is_accented(text)]
    return sorted({text for text in plain if text not in data and not re.fullmatch("[0-9a-f]{12,64}", text)})


def faults(page, data: str) -> list[str]:
    """What is wrong with the page that is open, at each width."""
    wrong = [f"in English: {text}" for text in untranslated(page.evaluate(SAID), data)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if wider := page.evaluate(TOO_WIDE):
            wrong.append(f"at {width} px: {wider} px too wide")
        wrong += [f"at {width} px, cut: {text}" for text in page.evaluate(CUT)]
        wrong += [f"at {width} px, pushed sideways: {table}" for table in page.evaluate(PUSHED)]
    return wrong


def test_the_pages_hold_longer_words(open_page, officer, addresses, pseudo_languages):
    page = open_page(user=officer)
    data = "\n".join([data_of_the_scenarios(), str(officer), *LANGUAGES])

    found = []
    for language in LANGUAGES:
        officer.language = language
        officer.save()
        for address in addresses:
            page.goto(address)
            assert page.locator("html").get_attribute("lang") == language
            found += [f"{language} {address} {fault}" for fault in faults(page, data)]
    page.context.clear_cookies()
    for language in LANGUAGES:
        # A visitor chooses; without JavaScript it is the same form.
        page.goto("/accounts/login/")
        page.locator("details.pop summary").click()
        page.locator(f"button[value={language}]").click()
        page.wait_for_url("**/accounts/login/")
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar-xb" else "ltr")
        found += [f"{language} sign-in {fault}" for fault in faults(page, data)]

    assert found == [], "\n".join(found)


def test_text_that_is_cut_or_spills_is_found(chromium):
    page = chromium.new_page(viewport={"width": 600, "height": 400})
    page.set_content(
        "<style>p { width: 60px; white-space: nowrap } .cut { overflow: hidden } .low { height: 9px; overflow: clip }"
        " .vh { width: 1px; overflow: hidden } .free { width: auto }</style>"
        "<p class=cut>far too long for this</p><p class=spills>far too long for this</p><p class=low>too low</p>"
        "<p class=vh>for ears only</p><p class=free>it fits</p>"
    )

    assert [text.partition(":")[0] for text in page.evaluate(CUT)] == ["p.cut", "p.spills", "p.low"]
    page.close()


def test_words_that_are_neither_accented_nor_data_are_found():
    assert untranslated(["Çóšťš", "Financia", "Left in English", "12.5", "0123456789ab"], "Financia") == [
        "Left in English"
    ]


def test_a_pseudo_language_keeps_values_and_is_forty_percent_longer():
    assert accented("%(n)s of <code>x</code> {total}") == "%(n)s óƒ <code>x</code> {total}éñ"
    assert len(accented("Skip to main content")) == round(len("Skip to main content") * 1.4)
