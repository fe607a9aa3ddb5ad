"""The access table as it is read: which line speaks for an address and a method."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.access.addresses import METHODS
from tests.access.readers import READERS

OTHERS = "others"
_GROUP = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of table.txt: the addresses that it stands for, its methods, and the status for each reader."""

    number: int
    address: str
    methods: frozenset[str]
    cells: tuple[int, ...]
    addresses: tuple[str, ...]


class Table:
    def __init__(self, text: str) -> None:
        self.lines = list(_lines(text))

    def line_for(self, address: str, method: str) -> Line | None:
        """The one line that decides: one that names the method before `others`, one for this address alone first."""
        here = [line for line in self.lines if address in line.addresses]
        for name in (method, OTHERS):
            found = [line for line in here if name in line.methods]
            alone = [line for line in found if len(line.addresses) == 1] or found
            if alone:
                assert len(alone) == 1, f"lines {[line.number for line in alone]} all speak of {method} {address}"
                return alone[0]
        return None


def read_table() -> Table:
    return Table((Path(__file__).parent / "table.txt").read_text("utf-8"))


def _lines(text: str) -> Iterator[Line]:
    lists: dict[str, str] = {}
    for number, row in enumerate(text.splitlines(), 1):
        if row.startswith("#") or not row.strip():
            continue
        if " = " in row:
            name, _is, names = row.partition(" = ")
            lists[name.strip()] = names.strip()
        else:
            address, methods, *cells = row.split()
            named = frozenset(methods.split(","))
            assert named <= {*METHODS, OTHERS}, f"line {number}: {methods}"
            assert len(cells) == len(READERS), f"line {number} has {len(cells)} cells, not {len(READERS)}"
            yield Line(number, address, named, tuple(map(int, cells)), tuple(_expanded(address, lists)))


def _expanded(address: str, lists: dict[str, str]) -> Iterator[str]:
    """Each address that `{LIST,name}` stands for; a list may hold lists."""
    group = _GROUP.search(address)
    if group is None:
        yield address
        return
    for name in group[1].split(","):
        meant = f"{{{lists[name]}}}" if name in lists else name
        yield from _expanded(address.replace(group[0], meant), lists)
