"""Reference data: what the project's own files say, put into the tables. Safe to repeat; a few statements, no loop."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db import models, transaction

from programmes.reference import Row, reference_rows

APP = "programmes"


@transaction.atomic
def load_reference(apps: Apps = installed_apps) -> None:
    """Bring currencies, places, subjects and the indicator catalogue up to what the files say.

    Rows that a file no longer names stay: old records may point at them. Migrations pass the models of their time.
    """
    put(apps, "Currency", _currencies(), key=["code"])
    put(apps, "Region", reference_rows("regions"), key=["code"])
    put(apps, "Country", _countries(), key=["iso2"])
    put(apps, "CountryFact", _country_facts(), key=["country_id", "year", "indicator"])
    put(apps, "PracticeArea", _practice_areas(), key=["code"])
    put(apps, "Topic", _topics(), key=["area_id", "code"])
    put(apps, "Sector", reference_rows("sectors"), key=["code"])
    put(apps, "CatalogueIndicator", _catalogue(), key=["code"])


def load_rating_anchors(apps: Apps = installed_apps) -> None:
    """Bring what the scores of both sides' ratings stand for up to what the file says. Safe to repeat."""
    rows = [row | {"score": int(row["score"])} for row in reference_rows("rating_anchors")]
    put(apps, "RatingAnchor", rows, key=["kind", "score"])


def put(apps: Apps, name: str, rows: Iterable[Mapping[str, Any]], *, key: Sequence[str], app: str = APP) -> None:
    """Insert the rows, or update those whose key is there already. One statement."""
    model = apps.get_model(app, name)
    found = [model(**row) for row in rows]
    if not found:
        return
    columns = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    model._default_manager.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=[column.name for column in columns if column.attname in key],
        update_fields=[column.name for column in columns if column.attname not in key],
    )


def _currencies() -> list[dict[str, Any]]:
    return [row | {"minor_units": int(row["minor_units"])} for row in reference_rows("currencies")]


def _countries() -> list[dict[str, Any]]:
    return [
        {
            "iso2": row["iso2"],
            "iso3": row["iso3"] or None,
            "name": row["name"],
            "region": row["region"],
            "currency_id": row["currency"] or None,
        }
        for row in reference_rows("countries")
    ]


def _country_facts() -> list[dict[str, Any]]:
    return [
        {
            "country_id": row["country"],
            "year": int(row["year"]),
            "indicator": row["indicator"],
            "value": row["value"],
            "source": row["source"],
        }
        for row in reference_rows("country_facts")
    ]


def _practice_areas() -> list[dict[str, Any]]:
    return [row | {"aliases": row["aliases"].split(";")} for row in reference_rows("practice_areas")]


def _topics() -> list[dict[str, Any]]:
    return [{"area_id": row["area"], "code": row["code"], "name": row["name"]} for row in reference_rows("topics")]


def _catalogue() -> list[dict[str, Any]]:
    area_of = _areas_by_name(reference_rows("practice_areas"))
    return [
        {
            "code": row["code"],
            "area_id": area_of[row["area"]],
            "objective": row["objective"],
            "outcome": row["outcome"],
            "title": row["title"],
            "definition": row["definition"],
            "unit": row["unit"],
            "measure": row["measure_type"],
            "iati_measure": row["iati_measure"],
            "direction": row["direction"],
            "method": row["aggregation"],
            "framework": row["framework"],
            "framework_code": row["framework_code"],
            "note": row["note"],
        }
        for row in reference_rows("indicator_catalogue")
    ]


def _areas_by_name(areas: Iterable[Row]) -> dict[str, str]:
    return {alias: area["code"] for area in areas for alias in area["aliases"].split(";")}
