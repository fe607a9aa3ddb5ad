"""The refusals of the portal: a rule that would be broken, said in one sentence, with a stable code.

Services raise these; the ui kit turns them into a message on the page, the api kit into problem+json, a command
into one line and exit code 1. None of them knows about the web.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the input: where, a stable code, and the sentence for the reader."""

    place: str
    code: str
    message: str


class DomainError(Exception):
    """A rule refuses the act. `code` is stable and machine-readable; the text is one clear sentence."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(DomainError):
    """What was given cannot be used; each fault names its place. Nothing was changed."""

    code = "invalid"
    status = 400

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "; ".join(f"{fault.place}: {fault.message}" if fault.place else fault.message for fault in faults)
        )
        self.faults = tuple(faults)

    def within(self, place: str) -> list[Fault]:
        """The faults as they are called from one level up: `amount` of a row becomes `rows.3.amount`."""
        return [Fault(f"{place}.{f.place}".rstrip("."), f.code, f.message) for f in self.faults]

    @classmethod
    def at(cls, place: str, message: str, code: str = "invalid") -> "InvalidInput":
        return cls([Fault(place, code, message)])


class TooLarge(DomainError):
    """More was sent than a request may hold. It was not read."""

    code = "too_large"
    status = 413


class NotPermitted(DomainError):
    """The row is visible, the act is not permitted; says who grants it."""

    code = "not_permitted"
    status = 403


class NotFound(DomainError):
    """There is no such row, or none that the caller may see: the two look alike on purpose."""

    code = "not_found"
    status = 404


class AskedTooOften(DomainError):
    """More was asked for in a minute than one may: says when to come back."""

    code = "throttled"
    status = 429

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class StaleVersion(DomainError):
    """Somebody else changed the row since it was read: who, and when, so that a page can show both versions."""

    code = "stale"
    status = 412

    def __init__(self, message: str, *, changed_by: str = "", changed_at: dt.datetime | None = None) -> None:
        super().__init__(message)
        self.changed_by, self.changed_at = changed_by, changed_at
