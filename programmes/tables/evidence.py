"""Files of evidence in lines: what each is called, how large it is, what it backs, and where it is to be had."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from programmes.models import Evidence
from programmes.words import named


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file; `backs` is the title of a figure, or nothing where it backs the report as a whole."""

    key: str
    name: str
    url: str
    size: int
    backs: str
    by: Any
    at: datetime


def file_line(row: Evidence, ref: str) -> FileLine:
    return FileLine(
        key=str(row.public_id),
        name=row.name,
        url=reverse("programmes:evidence", args=[ref, row.public_id]),
        size=row.size,
        backs=named(row.indicator.title) if row.indicator else "",
        by=row.created_by,
        at=row.created_at,
    )


def file_lines(rows: Iterable[Evidence], ref: str) -> list[FileLine]:
    return [file_line(row, ref) for row in rows]
