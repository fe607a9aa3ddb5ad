"""Charts as inline SVG: shapes only, so that they stretch, mirror in right-to-left pages and print.

Words and numbers stand in the HTML around them, which is the accessible version; so a chart is hidden from a reader
of the page by ear. Figures come in exact (`int` or `Decimal`), coordinates leave as decimals with one place, and no
attribute is `style` (CSP). A missing value is drawn as nothing, never as 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Number = Decimal | int

_NOTHING = mark_safe("")


class Spot(NamedTuple):
    x: Decimal
    y: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """One of several shares on a common scale, in percent; `tick` marks another figure on it, such as the time elapsed.

    `tone` is v (accent), v2 (neutral) or v-warn (beyond what is due).
    """

    label: str | Promise
    pct: Number | None
    tick: Number | None = None
    tone: str = "v"


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone on a time bar: where (0 to 100), and whether it was reached."""

    at: Number
    reached: bool


@dataclass(frozen=True, slots=True)
class TimeBar:
    """One row of a workplan on a common scale of 0 to 100: planned from `start` to `end`, `done_pct` of it done."""

    start: Number
    end: Number
    done_pct: Number | None
    today: Number
    marks: Sequence[Mark] = ()
    late: bool = False


def place(day: date, first: date, last: date) -> Decimal:
    """Where a day lies between two others, 0 to 100; days outside are at the edge."""
    length = (last - first).days
    return _clamped(Decimal((day - first).days) * 100 / length) if length > 0 else Decimal(0)


def share(bar: Bar) -> SafeString:
    """A bar on the common track of 0 to 100; the figure printed beside it may go beyond."""
    shapes = [mark_safe('<rect class="track" width="100" height="10"/>')]
    if bar.pct is not None:
        shapes.append(format_html('<rect class="{}" width="{}" height="10"/>', bar.tone, _at(_clamped(bar.pct))))
    if bar.tick is not None:
        shapes.append(_upright("tick", _at(_clamped(bar.tick)), 0, 10))
    return _svg(100, 10, shapes, height=20)


def spark(values: Sequence[Number | None], target: Number | None = None) -> SafeString:
    """The path of one indicator with its dashed target. Periods without a value leave a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return _NOTHING
    low, high = min([*known, *_present(target)]), max([*known, *_present(target)])

    def height(value: Number) -> Decimal:
        return _at(26 - Decimal(value - low) * 24 / (high - low)) if high > low else Decimal("14.0")

    last = max(len(values) - 1, 1)
    # A single value stands at the end, where the latest of many does.
    steps = enumerate(values, start=0 if len(values) > 1 else 1)
    spots = [
        Spot(_at(Decimal(94 * step) / last), height(value)) if value is not None else None for step, value in steps
    ]
    runs = [[spot for spot in run if spot] for _, run in groupby(spots, key=lambda spot: spot is None)]
    runs = [run for run in runs if run]
    shapes = []
    if target is not None:
        shapes.append(_level("tg", 0, 96, height(target)))
    lines = "".join(_path(run) for run in runs if len(run) > 1)
    if lines:
        shapes.append(format_html('<path class="ln" d="{}"/>', lines))
    # A value between two gaps is no line, and yet is to be seen.
    shapes += [format_html('<path class="pt" d="{}"/>', _path(run)) for run in runs[:-1] if len(run) == 1]
    shapes.append(format_html('<path class="pt" d="M{} {}h.01"/>', runs[-1][-1].x, runs[-1][-1].y))
    return _svg(96, 28, shapes, css="flip spark")


def rising(plan: Sequence[Number], reached: Sequence[Number | None]) -> SafeString:
    """Two running sums over the same periods, from 0: the plan dashed, and what was reached so far."""
    top = max([*plan, *(value for value in reached if value is not None)], default=0)
    if top <= 0 or len(plan) < 2:
        return _NOTHING

    def path(values: Sequence[Number | None]) -> str:
        step = Decimal(96) / (len(plan) - 1)
        return _path(
            [
                Spot(_at(step * place), _at(27 - Decimal(value) * 26 / top))
                for place, value in enumerate(values)
                if value is not None
            ]
        )

    shapes = [format_html('<path class="tg" d="{}"/>', path(plan))]
    if any(value is not None for value in reached):
        shapes.append(format_html('<path class="ln" d="{}"/>', path(reached)))
    return _svg(96, 28, shapes, css="flip spark tall")


def bullet(
    *, plan: Number | None, held: Number | None, paid: Number | None, forecast: Number | None, top: Number
) -> SafeString:
    """Plan as an outline, held (committed) as a tint, paid solid, forecast as a tick, on a scale from 0 to `top`."""
    shapes = [
        format_html(shape, _scaled(value, top))
        for shape, value in (
            ('<rect class="b-plan" x=".3" y="2" width="{}" height="16"/>', plan),
            ('<rect class="b-hold" y="5" width="{}" height="10"/>', held),
            ('<rect class="b-act" y="7.5" width="{}" height="5"/>', paid),
        )
        if value is not None
    ]
    if forecast is not None:
        shapes.append(_upright("b-fc", _scaled(forecast, top), 0, 20))
    return _svg(100, 20, shapes, height=24)


def dumbbell(*, was: Number | None, now: Number | None, target: Number | None, top: Number) -> SafeString:
    """Then and now on a scale from 0 to `top`: a grey dot, a line, a dot; the upright mark is the target."""

    def at(value: Number) -> Decimal:
        return _at(3 + _clamped(Decimal(value) * 100 / top) * 94 / 100)

    shapes = [_level("g-track w1", 3, 97, 8)]
    if target is not None:
        shapes.append(_upright("tick", at(target), 2, 14))
    if was is not None and now is not None:
        shapes.append(_level("dl", at(was), at(now), 8))
    if was is not None:
        shapes.append(_dot("d0", at(was), 8))
    if now is not None:
        shapes.append(_dot("d1", at(now), 8))
    return _svg(100, 16, shapes, height=20)


def gantt(bar: TimeBar) -> SafeString:
    """A workstream's dates, what is done of it, its milestones, and the line of today."""
    start, end = _clamped(bar.start), _clamped(bar.end)
    shapes = [_level("g-track w1", 0, 100, 10), _level("g-plan w12", _at(start), _at(end), 10)]
    if bar.done_pct:
        done = start + (end - start) * _clamped(bar.done_pct) / 100
        shapes.append(_level("g-late w12" if bar.late else "g-done w12", _at(start), _at(done), 10))
    for mark in bar.marks:
        shapes.append(_dot("w9", _at(_clamped(mark.at)), 10))
        if not mark.reached:
            shapes.append(_dot("w5r", _at(_clamped(mark.at)), 10))
    if 0 <= bar.today <= 100:
        shapes.append(_upright("now", _at(bar.today), 0, 20))
    return _svg(100, 20, shapes, height=26)


def _svg(
    width: int, tall: int, shapes: Sequence[SafeString], *, css: str = "flip", height: int | None = None
) -> SafeString:
    shown = format_html(' height="{}"', height) if height else _NOTHING
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}"{} preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        "{}</svg>",
        css,
        width,
        tall,
        shown,
        format_html_join("", "{}", ((shape,) for shape in shapes)),
    )


def _path(run: Sequence[Spot]) -> str:
    corners = "L".join(f"{spot.x} {spot.y}" for spot in run)
    return f"M{corners}" if len(run) > 1 else f"M{corners}h.01"


def _level(css: str, x1: Number, x2: Number, y: Number) -> SafeString:
    return format_html('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>', css, x1, x2, y, y)


def _upright(css: str, x: Number, y1: int, y2: int) -> SafeString:
    return format_html('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>', css, x, x, y1, y2)


def _dot(css: str, x: Number, y: int) -> SafeString:
    return format_html('<path class="{}" d="M{} {}h.01"/>', css, x, y)


def _scaled(value: Number, top: Number) -> Decimal:
    return _at(_clamped(Decimal(value) * 100 / top)) if top > 0 else Decimal("0.0")


def _clamped(value: Number) -> Decimal:
    return min(max(Decimal(value), Decimal(0)), Decimal(100))


def _at(value: Number) -> Decimal:
    return Decimal(value).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _present(value: Number | None) -> tuple[Number, ...]:
    return () if value is None else (value,)
