"""Guards: sentences that say why a step cannot be taken, asked of every app that registered one."""

from collections.abc import Callable
from typing import Any

Guard = Callable[[Any], list[str]]
_guards: dict[str, list[Guard]] = {}


def register_guard(step: str, guard: Guard) -> None:
    """`guard(subject)` gives the sentences of what is missing for `step`; none when nothing is."""
    registered = _guards.setdefault(step, [])
    if guard not in registered:
        registered.append(guard)


def what_is_missing(step: str, subject: Any) -> list[str]:
    return [sentence for guard in _guards.get(step, []) for sentence in guard(subject)]
