"""Is it the same scenario? Two files that say the same in another order or layout are the same (decision 13)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ta_portal.exchange.scenario.content import Part, Scenario

_MOST_NAMED = 20


def canonical(scenario: Scenario) -> dict[str, Any]:
    """All that the scenario says, as JSON values: rows by their code, numbers without idle zeros, no places.

    A text in which an expert's name occurs is a digest: what identifies a person must stay erasable (traps 21).
    """
    names = tuple(expert.name for expert in scenario.experts)
    found: dict[str, Any] = as_plain(scenario, names)
    return found


def digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()


def differences(known: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """A sentence for each place where what is known and what is given differ; the first twenty, and how many more."""
    before, after = dict(_leaves(known, "")), dict(_leaves(given, ""))
    places = [place for place in sorted(before.keys() | after.keys()) if before.get(place) != after.get(place)]
    sentences = [_difference(place, before.get(place), after.get(place)) for place in places[:_MOST_NAMED]]
    if len(places) > _MOST_NAMED:
        sentences.append(_("and {count} more").format(count=len(places) - _MOST_NAMED))
    return sentences


def _difference(place: str, before: str | None, after: str | None) -> str:
    if before is None:
        return _("{place} is new: {after}").format(place=place, after=after)
    if after is None:
        return _("{place} is gone: it was {before}").format(place=place, before=before)
    return _("{place} was {before} and is now {after}").format(place=place, before=before, after=after)


def as_plain(value: Any, names: tuple[str, ...] = ()) -> Any:
    """A part as JSON values, without what is no part of what it says; see `canonical`."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = (field.name for field in fields(value) if field.compare)
        return {name: as_plain(getattr(value, name), names) for name in kept}
    if isinstance(value, tuple):
        return {_key(row, number): as_plain(row, names) for number, row in enumerate(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_plain(inner, names) for inner in value]
    return _leaf(value, names)


def _leaf(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str) and any(name in value for name in names):
        return hashlib.sha256(value.encode("utf-8")).hexdigest()[:12]
    return str(value) if isinstance(value, dt.date) else value


def _key(row: Any, number: int) -> str:
    """What a row is known by: its code where it has one, else its place in the list."""
    code = getattr(row, "code", None) if isinstance(row, Part) else None
    return str(number) if code is None else str(code)


def _leaves(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}.{key}" if place else key)
    else:
        yield place, json.dumps(value, ensure_ascii=False)
