"""Parts of a figure: by sex, by unit, by both. `sex=f;unit=IRD` names one of them."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal


class NotAPart(ValueError):
    """The text names no part: it is not a list such as `sex=f;unit=IRD`."""


def canonical(disagg: str) -> str:
    """The one way to write a part, whatever the order it was given in. The total is the empty text."""
    if not disagg:
        return ""
    found: dict[str, str] = {}
    for piece in disagg.split(";"):
        name, equals, value = (side.strip() for side in piece.partition("="))
        if not (name and equals and value) or name in found:
            raise NotAPart(disagg)
        found[name] = value
    return ";".join(f"{name}={found[name]}" for name in sorted(found))


def dimension(disagg: str) -> str:
    """What a part is a part by: `sex`, or `sex and unit`."""
    return " and ".join(piece.partition("=")[0] for piece in disagg.split(";"))


def sums_by_dimension(parts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What the parts of each dimension add up to. Each must be the total: by sex as well as by unit."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for disagg, figure in parts.items():
        sums[dimension(disagg)] += figure
    return dict(sums)
