"""What an engagement is judged by before a donor brings lists of its own: for readiness, and two rating scales."""

from decimal import Decimal
from pathlib import Path

from django.apps import apps as installed_apps
from django.apps.registry import Apps

from programmes.reference import NamedList, Row, read_rows
from programmes.services.reference import put

_FOLDER = Path(__file__).parent
NAMED = (
    NamedList("readiness_dimensions", "readiness_dimension_names", ("set", "code"), folder=_FOLDER),
    NamedList("rating_scales", "rating_scale_names", ("code",), "code", folder=_FOLDER),
)


def load_judging(apps: Apps = installed_apps) -> None:
    """Bring the lists up to what the files say. Safe to repeat; a donor's own lists are left alone."""
    scales = [
        {"code": row["code"], "lowest": int(row["lowest"]), "points": int(row["points"])}
        for row in _rows("rating_scales")
    ]
    put(apps, "RatingScale", scales, key=["code"], app="evaluations")
    dimensions = _rows("readiness_dimensions")
    put(
        apps,
        "ReadinessSet",
        [{"code": code} for code in {row["set"] for row in dimensions}],
        key=["code"],
        app="evaluations",
    )
    sets = dict(apps.get_model("evaluations", "ReadinessSet").objects.values_list("code", "pk"))
    rows = [
        {
            "set_id": sets[row["set"]],
            "code": row["code"],
            "name": row["name"],
            "weight": Decimal(row["weight"]),
            "limitation": row["limitation"] or None,
            "critical": bool(row["critical"]),
        }
        for row in dimensions
    ]
    put(apps, "ReadinessDimension", rows, key=["set_id", "code"], app="evaluations")


def _rows(name: str) -> list[Row]:
    return read_rows(_FOLDER / f"{name}.csv")
