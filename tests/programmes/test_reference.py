import csv

import pytest

from costing.models import CostHeading
from costing.reference import load_cost_headings
from programmes.models import (
    CatalogueIndicator,
    Country,
    CountryFact,
    Currency,
    PracticeArea,
    Region,
    Sector,
    Topic,
)
from programmes.services.reference import load_reference
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.django_db


def source(name):
    with (SHARED_DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_country_of_the_source_is_there_by_both_codes():
    expected = {(row["alpha2"], row["alpha3"], row["name"]) for row in source("geo/countries.csv")}

    assert set(Country.objects.filter(user_assigned=False).values_list("iso2", "iso3", "name")) == expected


@pytest.mark.parametrize(
    ("code", "minor_units"),
    [("JPY", 0), ("XOF", 0), ("UGX", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4), ("USD", 2), ("XCD", 2)],
)
def test_a_currency_has_the_minor_units_of_iso_4217(code, minor_units):
    assert Currency.objects.get(pk=code).minor_units == minor_units


def test_minor_units_agree_with_the_source_wherever_it_gives_one_currency():
    given = {
        r["currency"]: int(r["currency_minor_unit"])
        for r in source("geo/countries.csv")
        if r["currency_minor_unit"].isdigit()
    }

    assert dict(Currency.objects.filter(pk__in=given).values_list("code", "minor_units")) == given


def test_sectors_keep_withdrawn_codes_and_know_what_they_belong_under():
    rows = {row["code"]: row for row in source("codelists/Sector.csv")}

    assert set(Sector.objects.values_list("code", "status")) == {(c, r["status"]) for c, r in rows.items()}
    assert Sector.objects.get(pk="15155").parent == "15114"
    assert Sector.objects.get(pk="15114").parent == "151"


def test_the_seven_practice_areas_are_found_under_the_names_that_files_use():
    names = {row["area"] for row in source("indicator_catalogue.csv")}

    assert PracticeArea.objects.count() == 7
    assert all(PracticeArea.objects.filter(aliases__contains=[name]).count() == 1 for name in names)
    assert set(Topic.objects.values_list("area", flat=True)) == set(PracticeArea.objects.values_list("code", flat=True))


def test_the_catalogue_is_whole():
    expected = {
        (row["code"], row["title"], row["aggregation"], row["definition"]) for row in source("indicator_catalogue.csv")
    }

    assert set(CatalogueIndicator.objects.values_list("code", "title", "method", "definition")) == expected


def test_cost_headings_are_whole_and_an_empty_category_stands_outside_the_five():
    expected = {(row["format"], row["heading"], row["category"] or None) for row in source("cost_headings.csv")}

    assert set(CostHeading.objects.values_list("format", "heading", "category")) == expected


def test_country_facts_name_their_source():
    samoa = CountryFact.objects.get(country="WS", indicator="dac_group")

    assert (samoa.value, samoa.year) == (
        next(r["dac_list_2024_25"] for r in source("geo/countries.csv") if r["alpha2"] == "WS"),
        2024,
    )
    assert not CountryFact.objects.filter(source="").exists()


def test_loading_again_changes_nothing_and_mends_what_was_bent(django_assert_max_num_queries):
    models = [Country, CountryFact, Currency, Region, Sector, Topic, PracticeArea, CatalogueIndicator, CostHeading]
    before = {
        model: set(model.objects.values_list()) if model is not PracticeArea else model.objects.count()
        for model in models
    }
    Currency.objects.filter(pk="JPY").update(minor_units=2)

    with django_assert_max_num_queries(20):
        load_reference()
        load_cost_headings()

    assert {m: set(m.objects.values_list()) if m is not PracticeArea else m.objects.count() for m in models} == before
