"""What an activity or an organisation is called here: the codes that stand in addresses, made from what files say."""

import re
from collections.abc import Iterable

SHORTEST, LONGEST = 3, 40


class Codes:
    """Codes that are taken. `free` makes one that is not, in a time that does not grow with how often it was asked."""

    def __init__(self, taken: Iterable[str], longest: int) -> None:
        self._taken = set(taken)
        self._longest = longest
        self._last: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        """`wanted`, cut to the longest; `-2` and on where that is taken. It is taken from now on."""
        plain = wanted[: self._longest]
        number, candidate = self._last.get(plain, 1), plain
        while candidate in self._taken:
            number += 1
            ending = f"-{number}"
            candidate = plain[: self._longest - len(ending)] + ending
        self._last[plain] = number
        self._taken.add(candidate)
        return candidate


def ref_of(identifier: str) -> str:
    """The identifier in capitals, every other character a hyphen; one of a letter or two is told apart by a prefix."""
    found = re.sub(r"[^A-Z0-9-]", "-", identifier.upper())
    return found if len(found) >= SHORTEST else f"IATI-{found}"


def code_of(text: str, longest: int = 60) -> str:
    """A short code from a reference or a name, in the same way."""
    return re.sub(r"[^A-Z0-9]+", "-", text.upper()).strip("-")[:longest].strip("-") or "UNNAMED"
