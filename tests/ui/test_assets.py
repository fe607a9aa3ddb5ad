"""Limits of what is sent to a phone on a poor line, and what the content security policy forbids."""

import gzip
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
STATIC = PROJECT / "ta_portal/ui/static/ta_portal"
CSS = (STATIC / "css/portal.css").read_text(encoding="utf-8")
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
# No policy of ours reaches a mail reader, which drops all styles but those at their elements.
EMAILS = PROJECT / "templates/emails"

BANNED_IN_TEMPLATES = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an event handler": r"\son[a-z]+\s*=",
    "a script of htmx": r"\shx-on|hx-vals\s*=\s*[\"']js:|hx-trigger\s*=\s*[\"'][^\"']*\[",
    "a question of htmx, which is not translated": r"\shx-confirm",
    "a comment that would be shown, since it goes over two lines": r"\{#(?:(?!#\})[^\n])*\n",
}


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 30


@pytest.mark.parametrize("what", BANNED_IN_TEMPLATES)
def test_no_template_has(what):
    pattern = re.compile(BANNED_IN_TEMPLATES[what])
    found = [path for path in TEMPLATES if pattern.search(path.read_text(encoding="utf-8"))]

    assert [str(path) for path in found if what != "an inline style" or EMAILS not in path.parents] == []


def test_the_stylesheet_is_light():
    raw = CSS.encode()

    assert len(raw) <= 25_000
    assert len(gzip.compress(raw, 9)) <= 7_000


def test_our_scripts_are_light():
    weights = {path.name: path.stat().st_size for path in (STATIC / "js").glob("*.js")}

    # Only the form that keeps drafts and takes files loads them.
    assert weights.pop("drafts.js") <= 4_000
    assert weights.pop("evidence.js") <= 5_500
    assert sum(weights.values()) <= 4_000


@pytest.mark.parametrize(
    "feature", ["oklch(", "color-mix(", "light-dark(", "@import", "url(", "margin-left", "padding-right"]
)
def test_the_stylesheet_works_in_old_browsers_both_ways(feature):
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)

    assert feature not in rules


def test_every_class_that_the_components_use_has_a_rule(client, settings):
    settings.DEMO = True
    pages = [client.get(address).content.decode() for address in ("/styleguide/", "/accounts/login/", "/part/")]

    used = {name for page in pages for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    styled = set(re.findall(r"\.([a-z][\w-]*)", CSS))
    assert used - styled == set()
