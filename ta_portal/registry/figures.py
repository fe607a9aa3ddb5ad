"""Figures that higher apps give about lower apps' rows, for all rows of a list at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

# `source(rows, as_of)`: the figure of each row that has one, by the row's key; its queries do not grow with the rows.
FigureSource = Callable[[Sequence[Any], date], Mapping[int, Fraction]]
_sources: dict[tuple[str, str], FigureSource] = {}


def register_figure(subject: str, name: str, source: FigureSource) -> None:
    """`register_figure("engagement", "spend_pct", spend_shares)`: called by an app when it is ready."""
    _sources[subject, name] = source


def figures_of(subject: str, name: str, rows: Sequence[Any], *, as_of: date) -> Mapping[int, Fraction]:
    """The figure of each row that has one; none where no app gives it, and no query for no rows."""
    source = _sources.get((subject, name))
    return source(rows, as_of) if source and rows else {}
