"""How donors' budget headings map onto the five categories, as a file and in the table."""

from pathlib import Path

from django.apps import apps as installed_apps
from django.apps.registry import Apps

from programmes.reference import NamedList
from programmes.services.reference import put

_FOLDER = Path(__file__).parent
NAMED = (NamedList("cost_headings", "cost_heading_names", ("format", "heading"), "heading", folder=_FOLDER),)


def load_cost_headings(apps: Apps = installed_apps) -> None:
    """Bring the headings up to what the file says; an empty category means outside the five. Safe to repeat."""
    rows = [{**row, "category": row["category"] or None} for row in NAMED[0].rows()]
    put(apps, "CostHeading", rows, key=["format", "heading"], app="costing")
