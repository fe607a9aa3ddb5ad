"""The catalogues: whole in every language, true to the values they carry, compiled from what people edit."""

import gettext
import io
import json
import re

import polib
import pytest
from django.conf import settings as portal_settings
from django.core.management import CommandError, call_command
from django.utils.translation import to_locale

from ta_portal.i18n.catalogue import catalogues, missing, unused
from ta_portal.i18n.extraction import Message, messages_of, messages_of_project
from tests.conftest import PROJECT

LANGUAGES = dict(catalogues())
ASKED = messages_of_project(PROJECT)
# Enough counts to meet every plural form of every language.
COUNTS = range(203)
VALUE = re.compile(r"%\(\w+\)\w|%%|\{[^}]*\}")
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n > 1;\\n"\n\n'
each_language = pytest.mark.parametrize("language", LANGUAGES)


def forms_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def counts_by_form(catalogue: polib.POFile) -> dict[int, list[int]]:
    """The counts that each plural form stands for."""
    rule = gettext.c2py(re.search(r"plural=([^;]+)", catalogue.metadata["Plural-Forms"])[1])
    return {form: [count for count in COUNTS if rule(count) == form] for form in {rule(count) for count in COUNTS}}


def test_each_language_but_the_sources_own_has_a_catalogue():
    assert set(LANGUAGES) == {to_locale(code) for code, _ in portal_settings.LANGUAGES} - {"en"}


@each_language
def test_every_message_is_translated(language):
    assert len(ASKED) > 500
    assert missing(LANGUAGES[language], ASKED) == [], "run: ./run manage translations"


@each_language
def test_nothing_is_translated_that_nothing_asks_for(language):
    assert unused(LANGUAGES[language], ASKED) == [], "run: ./run manage translations"
    assert LANGUAGES[language].obsolete_entries() == []


@each_language
def test_messages_stand_in_their_order_so_that_changes_merge(language):
    found = [(entry.msgid, entry.msgctxt or "") for entry in LANGUAGES[language]]

    assert found == sorted(found)


@each_language
def test_a_translation_keeps_the_places_of_its_values_and_its_markup(language):
    for entry in LANGUAGES[language]:
        if not entry.msgid_plural:
            assert sorted(VALUE.findall(entry.msgstr)) == sorted(VALUE.findall(entry.msgid)), entry.msgid
        for form in forms_of(entry):
            assert sorted(re.findall(r"</?\w+>", form)) == sorted(re.findall(r"</?\w+>", entry.msgid)), entry.msgid


@each_language
def test_a_plural_form_leaves_its_count_out_only_where_it_says_it_in_words(language):
    catalogue = LANGUAGES[language]
    counts = counts_by_form(catalogue)
    for entry in catalogue:
        for form, text in entry.msgstr_plural.items():
            lacking = set(VALUE.findall(entry.msgid_plural)) - set(VALUE.findall(text))
            assert len(lacking) <= 1, (entry.msgid, form)
            assert not lacking or len(counts[form]) == 1, (entry.msgid, form)
            assert set(VALUE.findall(text)) <= set(VALUE.findall(entry.msgid_plural)), (entry.msgid, form)


@each_language
def test_every_plural_form_of_the_language_is_there(language):
    catalogue = LANGUAGES[language]
    wanted = {"ar": 6}.get(language, 2)

    assert set(counts_by_form(catalogue)) == set(range(wanted))
    assert all(len(entry.msgstr_plural) == wanted for entry in catalogue if entry.msgid_plural)


@each_language
def test_a_sentence_ends_as_its_message_does(language):
    stops = {"ar": {"?": "؟"}}.get(language, {})
    for entry in LANGUAGES[language]:
        last = entry.msgid[-1]
        for form in forms_of(entry):
            assert form == form.strip() or entry.msgid != entry.msgid.strip(), entry.msgid
            # One word with a point is an abbreviation.
            assert last not in ".:?" or " " not in entry.msgid or form[-1] == stops.get(last, last), entry.msgid


@each_language
def test_what_django_reads_was_compiled_from_what_people_edit(language):
    compiled = PROJECT / f"ta_portal/locale/{language}/LC_MESSAGES/django.mo"

    assert compiled.read_bytes() == LANGUAGES[language].to_binary(), "run: ./run manage translations"


@pytest.fixture
def project(tmp_path, settings):
    """A project of one template and one module, with a French catalogue that is out of date."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(
        "{% load i18n %}{% translate 'Costs' %}{% translate 'Open' context 'of a risk' %}"
        "{% blocktranslate count counter=n %}{{ counter }} day{% plural %}{{ counter }} days{% endblocktranslate %}"
    )
    (tmp_path / "words").mkdir()
    (tmp_path / "words/__init__.py").write_text(
        "from django.utils.translation import gettext_lazy as _, pgettext_lazy as said\n"
        "A, B = _('Risks'), said('of a period', 'Open')\n"
    )
    source = tmp_path / "locale/fr/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        HEAD + 'msgid "Gone"\nmsgstr "Parti"\n\nmsgid "Costs"\nmsgstr "Coûts"\n\n'
        '#, fuzzy\nmsgid "Risks"\nmsgstr "Hasards"\n',
        encoding="utf-8",
    )
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    return tmp_path


def translations(*options: str) -> str:
    said = io.StringIO()
    call_command("translations", *options, stdout=said)
    return said.getvalue()


def test_contexts_plurals_and_names_of_the_functions_are_understood(project):
    assert messages_of_project(project) == {
        Message("Costs"),
        Message("Open", "of a risk"),
        Message("%(counter)s day", "", "%(counter)s days"),
        Message("Risks"),
        Message("Open", "of a period"),
    }


def test_a_message_that_is_put_together_in_code_is_refused(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("from django.utils.translation import gettext\ngettext(f'{1} day')\n")

    with pytest.raises(ValueError, match="malformed"):
        messages_of(module)


def test_the_command_lists_what_is_missing_and_changes_nothing_when_it_only_checks(project):
    source = project / "locale/fr/LC_MESSAGES/django.po"
    before = source.read_text("utf-8")

    with pytest.raises(CommandError, match="4 translations are missing"):
        translations("--check")

    assert source.read_text("utf-8") == before
    assert not source.with_suffix(".mo").exists()


def test_the_command_adds_empty_entries_in_order_and_leaves_out_what_nothing_asks_for(project):
    with pytest.raises(CommandError):
        translations()

    catalogue = dict(catalogues())["fr"]
    assert [(entry.msgid, entry.msgctxt) for entry in catalogue] == [
        ("%(counter)s day", None),
        ("Costs", None),
        ("Open", "of a period"),
        ("Open", "of a risk"),
        ("Risks", None),
    ]
    assert catalogue.find("Costs").msgstr == "Coûts"
    assert catalogue.find("%(counter)s day").msgstr_plural == {0: "", 1: ""}


def test_the_command_puts_in_translations_from_a_file(project):
    given = project / "given.json"
    given.write_text(
        json.dumps(
            {
                "%(counter)s day": {"fr": ["%(counter)s jour", "%(counter)s jours"]},
                "of a risk|Open": {"fr": "Ouvert"},
                "of a period|Open": {"fr": "Ouverte", "es": "Abierta"},
                "Risks": {"fr": "Risques"},
            }
        )
    )

    assert "Every language is complete." in translations("--from", str(given))
    with (project / "locale/fr/LC_MESSAGES/django.mo").open("rb") as compiled:
        french = gettext.GNUTranslations(compiled)
    assert french.gettext("Risks") == "Risques"
    assert french.pgettext("of a risk", "Open") == "Ouvert"
    assert [french.ngettext("%(counter)s day", "%(counter)s days", n) for n in (1, 2)] == [
        "%(counter)s jour",
        "%(counter)s jours",
    ]


def test_what_is_fuzzy_or_half_done_counts_as_missing():
    catalogue = polib.pofile(
        HEAD + '#, fuzzy\nmsgid "a"\nmsgstr "x"\n\nmsgid "b"\nmsgid_plural "bs"\nmsgstr[0] "y"\nmsgstr[1] ""\n'
    )

    assert missing(catalogue, {Message("a"), Message("b", "", "bs")}) == [Message("a"), Message("b", "", "bs")]
