"""Explain a number: what made it, row by row, down to a foot that comes to the very number that a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from ta_portal.ui.tables import Table, Text


@dataclass(frozen=True, slots=True)
class Withheld:
    """What of the rows this reader does not see, and who gives it."""

    what: Text
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One figure and everything that it is made of.

    `figure` is what the page says, `foot` what the rows come to: it is worked out from the rows alone, so that the two
    are an answer to each other. `rule` says in a sentence how the foot comes of the rows, `working` does it in
    figures. `tables` are the rows; `notes` what a reader must know besides, such as what is left out.
    """

    what: Text
    figure: SafeString
    rule: Text
    tables: Sequence[Table[Any]]
    foot: SafeString
    working: SafeString | str = ""
    notes: Sequence[Text] = ()
    withheld: Withheld | None = None

    @property
    def adds_up(self) -> bool:
        """Do the rows come to the figure? A page that finds otherwise says so; it never hides it."""
        return self.foot == self.figure
