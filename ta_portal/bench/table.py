"""The benchmark's lines as a table to read, and as plain values for `--json`."""

from collections.abc import Iterable, Iterator
from typing import Any

from ta_portal.bench.measuring import Line

_COLUMNS = "{:<46} {:<42} {:>10} {:>10} {:>7} {:>7}  {}"


def table_of(lines: Iterable[Line]) -> Iterator[str]:
    yield _COLUMNS.format("case", "against", "ours ms", "theirs ms", "ratio", "at most", "")
    for line in lines:
        told = " ".join(filter(None, [line.verdict.value, line.note and f"({line.note})"]))
        yield _COLUMNS.format(
            line.case, line.rival, _ms(line.ours_s), _ms(line.rival_s), _ratio(line.ratio), _ratio(line.at_most), told
        ).rstrip()


def values_of(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        {
            "case": line.case,
            "against": line.rival,
            "ours_ms": _ms(line.ours_s),
            "theirs_ms": _ms(line.rival_s),
            "ratio": _ratio(line.ratio),
            "at_most": _ratio(line.at_most),
            "verdict": line.verdict.value,
            "note": line.note,
        }
        for line in lines
    ]


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.1f}"


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"
