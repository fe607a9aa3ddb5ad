"""Checks of an installation: each kit and app registers those of its own parts, `manage.py doctor` asks them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: what it is, and what to do about it where it is not well."""

    part: str
    state: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        return not self.remedy


Check = Callable[[], Iterable[Finding]]
_checks: list[Check] = []


def register_check(check: Check) -> None:
    """`check()` reads and never writes, and finds the database answering with all its tables."""
    if check not in _checks:
        _checks.append(check)


def registered_checks() -> tuple[Check, ...]:
    return tuple(_checks)
