"""What an indicator of the synthetic portfolio is, and what it reads in one period: on its way, late or off it."""

import random
import re
from dataclasses import dataclass

from programmes.models import CatalogueIndicator
from ta_portal.bench.portfolio.words import OWN_INDICATORS, RANGES

# How fast the work goes against its plan, and how often so: most on track, some at risk, some off it.
_SPEEDS = [1.05, 1.0, 1.0, 0.95, 0.95, 0.9, 0.8, 0.75, 0.5, 0.1]
_SCALES = {
    "PEFA score A to D": ["D", "D+", "C", "C+", "B", "B+", "A"],
    "TADAT score A to D": ["D", "D+", "C", "C+", "B", "B+", "A"],
    "DeMPA score A to D": ["D", "C", "B", "A"],
    "group A to D": ["D", "C", "B", "A"],
    "rating": ["weak", "fair", "good", "strong"],
    "stage": ["none", "planned", "piloted", "in use"],
}

Reading = tuple[float | None, int | None, int | None, int | None, str | None]
"""value, numerator, denominator, weight, level"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an indicator is, before anybody reports on it. An ordinal's baseline and target are places on its scale."""

    catalogue: str | None
    title: str
    definition: str
    method: str
    direction: str
    unit: str
    baseline: int
    target: int
    scale: list[str] | None = None

    @property
    def splits(self) -> bool:
        """Parts, such as women and men, add up to their total."""
        return self.method in {"sum", "ratio_of_sums"}


def own_sheets() -> list[Sheet]:
    return [
        Sheet(None, title, "", method, direction, unit, baseline, target)
        for title, unit, method, direction, baseline, target in OWN_INDICATORS
    ]


def catalogue_sheets() -> dict[str, list[Sheet]]:
    """The standard indicators of each practice area, with a plausible way to go."""
    found: dict[str, list[Sheet]] = {}
    for row in CatalogueIndicator.objects.order_by("code"):
        found.setdefault(row.area_id, []).append(_of_catalogue(row))
    return found


def _of_catalogue(row: CatalogueIndicator) -> Sheet:
    direction = "decrease" if row.direction == "decrease" else "increase"
    scale = _scale(row.unit) if row.method == "ordinal_latest" else None
    low, high = (1, len(scale) - 2 if len(scale) > 4 else len(scale) - 1) if scale else RANGES[row.unit]
    falls = direction == "decrease" and low < high and not scale
    baseline, target = (high, low) if falls else (low, high)
    return Sheet(row.code, row.title, row.definition, row.method, direction, row.unit, baseline, target, scale)


def _scale(unit: str) -> list[str]:
    """'rating NC/PC/LC/C' names its levels from the lowest up, 'grade C/LC/MNC/NC' from the best down."""
    if unit in _SCALES:
        return _SCALES[unit]
    levels = re.sub(r"^\w+ ", "", unit).split("/")
    return levels if levels[0] in {"NC", "LE"} and levels[-1] in {"C", "HE"} else levels[::-1]


def speed_of(dice: random.Random) -> float:
    return dice.choice(_SPEEDS)


class Trend:
    """One indicator's figures, period by period, at `speed` of its plan."""

    def __init__(self, dice: random.Random, sheet: Sheet, periods: int) -> None:
        self._dice, self._sheet, self._periods = dice, sheet, max(1, periods)
        self._speed = speed_of(dice)

    def read(self, nth: int) -> Reading:
        """The figure of the nth period, counted from 1."""
        sheet, way = self._sheet, min(1.1, self._speed * nth / self._periods)
        if sheet.method == "sum":
            planned = sheet.target / self._periods * self._speed
            return max(0, round(planned * self._dice.uniform(0.6, 1.4))), None, None, None, None
        if sheet.scale is not None:
            place = sheet.baseline + int((sheet.target - sheet.baseline) * way)
            return None, None, None, None, sheet.scale[min(place, len(sheet.scale) - 1)]
        value = sheet.baseline + (sheet.target - sheet.baseline) * way
        if sheet.unit == "yes/no":
            return round(way), None, None, None, None
        if sheet.method == "ratio_of_sums":
            whole = self._dice.randint(200, 4000)
            return (
                None,
                max(0, round(whole * value * self._dice.uniform(0.97, 1.03) / _factor(sheet.unit))),
                whole,
                None,
                None,
            )
        read = max(0.0, round(value * self._dice.uniform(0.96, 1.04), 1))
        return read, None, None, self._dice.randint(20, 400) if sheet.method == "weighted_mean" else None, None


def _factor(unit: str) -> int:
    found = re.match(r"per ([0-9,]+)", unit)
    return int(found[1].replace(",", "")) if found else 100


def parts_of(reading: Reading, pct: int) -> list[tuple[str, Reading]]:
    """Women and men: two parts that make their total, to the unit."""
    value, numerator, denominator, _, _ = reading
    (value_f, value_m), (num_f, num_m), (den_f, den_m) = (
        _split(figure, pct) for figure in (value, numerator, denominator)
    )
    return [("sex=f", (value_f, num_f, den_f, None, None)), ("sex=m", (value_m, num_m, den_m, None, None))]


def _split(figure: float | None, pct: int) -> tuple[int | None, int | None]:
    if figure is None:
        return None, None
    return int(figure) * pct // 100, int(figure) - int(figure) * pct // 100
