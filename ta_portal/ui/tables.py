"""Tables by description: an app says what its columns are, the kit draws them alike everywhere (ui/_table.html)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.functional import Promise

Row = TypeVar("Row")
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A heading and how a row's cell is made; `cell` gives text or markup from `ta_portal.ui.formats`.

    `total` is the cell of the last line. The first column of a table is the row's heading. A `wide` cell has words
    enough for a line of its own on a phone's card. In a list that can be sorted `sort_url` leads to the same list by
    this column, and `sorted` says that it is: "ascending" or "descending".
    """

    heading: Text
    cell: Callable[[Row], object]
    numeric: bool = False
    total: object = ""
    wide: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """Rows under a caption. `name` is unique on its page. `empty` is the sentence that stands there without rows.

    With `stacked`, a phone shows each row as a card whose last column (a status) stands beside its heading; otherwise
    a wide table scrolls inside its own frame. `even` columns are of one width: a matrix.
    """

    name: str
    caption: Text
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    empty: Text = ""
    stacked: bool = False
    even: bool = False

    def lines(self) -> Iterator[list[tuple[Column[Row], object]]]:
        """Each row as pairs of column and cell."""
        for row in self.rows:
            yield [(column, column.cell(row)) for column in self.columns]

    @property
    def has_total(self) -> bool:
        return any(column.total != "" for column in self.columns)
