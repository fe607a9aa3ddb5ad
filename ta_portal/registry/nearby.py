"""What a reader may have meant by an address that leads nowhere: apps offer what lies near, of what they may see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Nearby:
    """Something with a code like the one that was asked for."""

    code: str
    title: str
    url: str


NearbySource = Callable[[Any, str], Sequence[Nearby]]
_sources: list[NearbySource] = []


def register_nearby(source: NearbySource) -> None:
    """`source(user, text)`: in a fixed number of queries, and never of what the user may not see."""
    if source not in _sources:
        _sources.append(source)


def near(user: Any, text: str) -> list[Nearby]:
    return [found for source in _sources for found in source(user, text)]
