"""Places, areas, sectors, indicators and the other lists of the field in the reader's language."""

import re
import unicodedata

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from programmes.models import CatalogueIndicator, Country, EngagementSector
from programmes.reference import NAMED, names_in
from programmes.words import named
from ta_portal.access.permissions import Role
from ta_portal.i18n.sorting import alphabetical
from tests.factories import EngagementFactory, IndicatorFactory, OutcomeFactory

OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]


LISTS = pytest.mark.parametrize("listed", NAMED, ids=lambda listed: listed.names)
# Words that stay as they are: frameworks and their codes, currencies, what the field abbreviates everywhere.
KEPT = re.compile(r"^([A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*|[A-Z]|[IVX]+|GovTech|Plus|x)$")
# As in English, letter for letter, and right: English took the word from them, or they share the Latin one.
SHARED = {
    "fr": {
        "Agro-industries",
        "Audit",
        "Audits",
        "Culture",
        "Immigration",
        "Infrastructure",
        "Police",
        "Prisons",
        "Privatisation",
    }
    | {"1200 Consultants", "5.1 Publications", "Consultants", "modules", "points"},
    "es": set(),
    "pt": set(),
}
# Many places are called alike in several languages.
PLACES = ("countries", "regions")


@LISTS
def test_every_row_of_a_list_has_its_names_in_every_language(listed):
    rows, names = listed.rows(), listed.translations()
    keys = [tuple(row[column] for column in listed.key) for row in names]

    assert keys == list(dict.fromkeys(tuple(row[column] for column in listed.key) for row in rows))
    assert set(names[0]) == {*listed.key, *OTHERS}
    for row in names:
        for language in OTHERS:
            assert row[language] == unicodedata.normalize("NFC", row[language].strip()) != "", row
        words = re.findall(r"[^\W\d_]+[0-9]*", row["ar"])
        latin = [word for word in words if not all("ARABIC" in unicodedata.name(c) for c in word if c.isalpha())]
        assert [word for word in latin if not KEPT.match(word)] == [], row


@LISTS
@pytest.mark.parametrize("language", OTHERS)
def test_two_names_are_the_same_where_they_are_in_english_and_nowhere_else(listed, language):
    # Guyana and French Guiana are told apart in every language, and so is everything else.
    pairs = {(english, names[language]) for english, names in listed.pairs()}

    assert len(pairs) == len({english for english, _ in pairs}) == len({name for _, name in pairs})


@pytest.mark.parametrize("listed", [one for one in NAMED if one.listed not in PLACES], ids=lambda listed: listed.names)
@pytest.mark.parametrize("language", SHARED)
def test_no_name_is_left_in_english(listed, language):
    left = {english for english, names in listed.pairs() if english.casefold() == names[language].casefold()}

    assert {name for name in left if not KEPT.match(name)} - SHARED[language] == set()


def test_a_name_that_is_in_two_lists_is_the_same_in_both():
    for language in OTHERS:
        pairs = {(english, names[language]) for listed in NAMED for english, names in listed.pairs()}

        assert len(pairs) == len(names_in(language))


def test_the_lists_of_higher_apps_are_named_as_well():
    assert {"readiness_dimensions", "rating_scales", "cost_headings"} <= {listed.listed for listed in NAMED}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Kenya", "Debt management", "Banking supervision", "Oceania, regional"]),
        ("fr", ["Kenya", "Gestion de la dette", "Supervision bancaire", "Océanie, régional"]),
        ("es", ["Kenya", "Gestión de la deuda", "Supervisión bancaria", "Oceanía, regional"]),
        ("pt", ["Quénia", "Gestão da dívida", "Supervisão bancária", "Oceânia, regional"]),
        ("ar", ["كينيا", "إدارة الدين", "الرقابة المصرفية", "أوقيانوسيا، إقليمي"]),
    ],
)
def test_a_name_of_a_list_is_said_in_the_readers_language(language, expected):
    with translation.override(language):
        assert list(map(named, ["Kenya", "Debt management", "Banking supervision", "Oceania, regional"])) == expected


def test_a_name_of_no_list_stands_as_it_is():
    with translation.override("ar"):
        assert named("Financia") == "Financia"


def test_names_are_put_in_order_without_regard_to_accents():
    assert sorted(["Zambie", "Égypte", "eswatini", "Espagne", "Équateur"], key=alphabetical) == [
        "Égypte",
        "Équateur",
        "Espagne",
        "eswatini",
        "Zambie",
    ]


def test_the_list_of_engagements_names_and_offers_countries_in_french(client, member):
    for iso2 in ("EG", "KE"):
        EngagementFactory(country=Country.objects.get(pk=iso2))
    user = member(Role.VIEWER)
    user.language = "fr"
    user.save()
    client.force_login(user)

    page = client.get(reverse("programmes:engagement-list")).content.decode()

    assert "<bdi>Égypte</bdi>" in page
    assert page.index('<option value="EG">Égypte</option>') < page.index('<option value="KE">Kenya</option>')
    assert '<option value="DEB">Gestion de la dette</option>' in page


class TestOnPages:
    @pytest.fixture
    def reader(self, client, member):
        user = member(Role.PROGRAMME_OFFICER)
        user.language = "fr"
        user.save()
        client.force_login(user)
        return client

    @pytest.fixture
    def engagement(self):
        made = EngagementFactory(ref="SAID-1", practice_area_id="REV", title="Sample")
        EngagementSector.objects.create(engagement=made, sector_id="15116", pct=100)
        standard = CatalogueIndicator.objects.get(pk="REV-18")
        sheet = {"title": standard.title, "unit": standard.unit, "definition": "", "catalogue": standard}
        IndicatorFactory(engagement=made, outcome=OutcomeFactory(engagement=made), code="I18", **sheet)
        return made

    def test_a_sector_is_named_where_it_stands_and_where_it_is_chosen(self, reader, engagement):
        shown = reader.get("/engagements/SAID-1/").content.decode()
        offered = reader.get("/engagements/SAID-1/edit/").content.decode()

        assert "Recouvrement de l’impôt" in shown
        assert "15116 Recouvrement de l’impôt" in offered
        assert "Tax collection" not in shown + offered

    @pytest.mark.parametrize("page", ["", "results/", "results/I18/", "indicators/edit/"])
    def test_an_indicator_of_the_catalogue_is_named_on_every_page(self, reader, engagement, page):
        shown = reader.get(f"/engagements/SAID-1/{page}").content.decode()

        assert "Efficacité du recouvrement à l’échéance" in shown
        assert "On-time collection efficiency" not in shown

    def test_its_definition_and_unit_are_said_too(self, reader, engagement):
        shown = reader.get("/engagements/SAID-1/results/I18/").content.decode()

        assert "Impôt recouvré à l’échéance sur l’impôt dû dans la période" in shown
        assert "<bdi>pour cent</bdi>" in shown

    def test_the_catalogue_is_offered_in_the_readers_language(self, reader, engagement):
        offered = reader.get("/engagements/SAID-1/indicators/new/").content.decode()

        assert "REV-24 Écart de conformité à la TVA" in offered
        assert "VAT compliance gap" not in offered

    @pytest.mark.parametrize("words", ["efficacite recouvrement", "ÉCHÉANCE", "collection efficiency"])
    def test_a_search_finds_it_by_what_the_reader_calls_it(self, reader, engagement, words):
        shown = reader.get("/search/", {"q": words}).content.decode()

        assert "/engagements/SAID-1/results/I18/" in shown

    def test_a_list_of_places_is_searched_in_the_readers_language(self, reader):
        for iso2 in ("EG", "KE"):
            EngagementFactory(country=Country.objects.get(pk=iso2))

        shown = reader.get("/countries/", {"q": "egypte"}).content.decode()

        assert "/countries/EG/" in shown
        assert "/countries/KE/" not in shown

    def test_dimensions_and_scales_of_judging_are_named(self, reader, engagement):
        readiness = reader.get("/engagements/SAID-1/readiness/new/").content.decode()

        assert "Ligne budgétaire après le projet" in readiness
        assert "Budget line after the project" not in readiness
