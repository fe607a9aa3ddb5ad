"""Two ways to one answer, side by side: first they must agree, then they take turns, and the medians are compared."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

REPEATS = 5


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - no password
    MISS = "miss"
    DIFFERS = "answers differ"
    NOT_THERE = "not there yet"
    NOTED = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One way to do it. `answer` turns what it gives into what the sides share; without it nothing is compared."""

    name: str
    run: Callable[[], Any]
    answer: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody else's way, and how much longer than it ours may take; None: told, not judged.

    `first_aim` is what was aimed at where that cannot be held: every measurement tells it, and whether it is met.
    `differing` says in words how what ours gave differs from what this gave, where neither passes through Python.
    """

    side: Side
    at_most: float | None
    first_aim: float | None = None
    differing: Callable[[Any, Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    ours: Side
    rivals: Sequence[Rival] = ()
    repeats: int = REPEATS
    # Why it cannot be measured yet; empty when it can.
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. Seconds are medians; the ratio is ours to the rival's."""

    case: str
    rival: str
    ours_s: float | None = None
    rival_s: float | None = None
    at_most: float | None = None
    verdict: Verdict = Verdict.NOTED
    note: str = ""
    ratio: float | None = field(default=None)


def measure(case: Case) -> list[Line]:
    """Compare the answers, then the times: ours and every rival's in turn, so that a busy minute hits all of them."""
    if case.lacking:
        return [Line(case.name, rival.side.name, at_most=rival.at_most, verdict=Verdict.NOT_THERE, note=case.lacking)
                for rival in case.rivals]  # fmt: skip
    given = case.ours.run()
    differing = {rival.side.name: _differing(case.ours, given, rival) for rival in case.rivals}
    sides = [case.ours, *(rival.side for rival in case.rivals)]
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(case.repeats):
        for side, taken in zip(sides, times, strict=True):
            taken.append(seconds(side.run))
    ours, *others = map(statistics.median, times)
    if not case.rivals:
        return [Line(case.name, "", ours_s=ours)]
    return [
        judged(case.name, rival, ours, other, differing=differing[rival.side.name])
        for rival, other in zip(case.rivals, others, strict=True)
    ]


def judged(case: str, rival: Rival, ours: float, other: float, *, differing: str = "") -> Line:
    ratio = ours / other
    verdict = Verdict.NOTED if rival.at_most is None else _verdict(ratio, rival.at_most)
    aim = "" if rival.first_aim is None else f"first aim {rival.first_aim:.2f}: {_verdict(ratio, rival.first_aim)}"
    if differing:
        verdict = Verdict.DIFFERS
    return Line(case, rival.side.name, ours, other, rival.at_most, verdict, differing or aim, ratio=ratio)


def _verdict(ratio: float, at_most: float) -> Verdict:
    return Verdict.PASS if ratio <= at_most else Verdict.MISS


def seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _differing(ours: Side, given: Any, rival: Rival) -> str:
    """How the answers differ; empty where they agree."""
    other = rival.side.run()
    if rival.differing is not None:
        return rival.differing(given, other)
    if ours.answer is None or rival.side.answer is None:
        return ""
    return "" if ours.answer(given) == rival.side.answer(other) else "not the same answer"
