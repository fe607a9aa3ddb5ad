"""The terms of the field (docs/glossary.csv) are said in one way in each language, everywhere."""

import csv

import pytest
from django.conf import settings
from django.utils import translation

from programmes.words import named
from tests.conftest import PROJECT
from tests.i18n.test_catalogue import LANGUAGES

OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
with (PROJECT / "docs/glossary.csv").open(encoding="utf-8", newline="") as lines:
    TERMS = list(csv.DictReader(lines))


def test_the_glossary_has_each_term_once_in_every_language():
    assert len(TERMS) >= 80
    assert list(TERMS[0]) == ["term", *OTHERS, "usage"]
    assert [row["term"] for row in TERMS] == sorted({row["term"] for row in TERMS}, key=str.casefold)
    assert [row["term"] for row in TERMS if not all(row[language].strip() for language in OTHERS)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_message_that_is_a_term_is_translated_as_the_glossary_has_it(language):
    terms = {row["term"]: row[language] for row in TERMS}
    said = {entry.msgid: entry.msgstr for entry in LANGUAGES[language] if entry.msgid in terms and not entry.msgctxt}

    assert len(said) > 50
    assert said == {term: terms[term] for term in said}


@pytest.mark.parametrize("language", OTHERS)
def test_practice_areas_are_named_as_the_glossary_has_them(language):
    with translation.override(language):
        assert {row["term"]: named(row["term"]) for row in TERMS if named(row["term"]) != row["term"]} == {
            row["term"]: row[language] for row in TERMS if row["usage"].startswith("Practice area")
        }
