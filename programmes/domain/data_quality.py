"""How far an engagement's results can be relied on: what each indicator is held against, and what does not hold.

No check says that a figure is wrong. Each says what somebody who reads the results should know before relying on them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from programmes.domain.doubts import Doubt, Known, doubts
from programmes.domain.parts import sums_by_dimension
from programmes.domain.periods import Coverage
from programmes.domain.vocabulary import Direction, Method

# Methods whose parts add up to their total (ratios and means do not).
_ADD_UP = (Method.SUM, Method.LATEST)
_SLIPS = frozenset(doubt for doubt in Doubt if doubt.value.startswith(("times_", "one_")))
# From so many figures on it can be said that one person alone reported.
_SEVERAL = 2


class Check(StrEnum):
    """What a figure, an indicator or an engagement is held against, in the order in which it is told."""

    LATE = "late"  # every period that was due is reported
    NO_BASELINE = "no_baseline"  # there is a baseline
    DIRECTION = "direction"  # the target lies where the indicator is to go
    NOT_ADDING_UP = "not_adding_up"  # the last figure's parts make its total
    JUMP = "jump"  # the last figure is of the size of those before, or its author said that it is right
    FALLING = "falling"  # what is to grow and never fell before did not fall
    NO_EVIDENCE = "no_evidence"  # the last figure says where it comes from, or a file stands behind it
    ONE_REPORTER = "one_reporter"  # more than one person reported


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One indicator as it is examined: accepted figures, the oldest first, in its unit; those of levels are none.

    `target` is the last one by date. `parts` and `total` are of the last figure; `is_backed` says whether it names its
    source or has a file, `is_confirmed` whether its author was asked about it and said yes.
    """

    code: str
    method: Method
    direction: Direction
    is_share: bool
    baseline: Fraction | None
    target: Fraction | None
    coverage: Coverage
    sizes: Sequence[Fraction]
    total: Decimal | None = None
    parts: Mapping[str, Decimal] | None = None
    has_figure: bool = False
    is_backed: bool = False
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that does not hold; `code` is the indicator's, empty where it is about the whole engagement."""

    check: Check
    code: str = ""


@dataclass(frozen=True, slots=True)
class DataQuality:
    """How many checks could be made, and those that do not hold."""

    made: int
    findings: Sequence[Finding]

    @property
    def score_pct(self) -> Fraction | None:
        """The checks that hold, of those that could be made; None where none could."""
        return Fraction(100 * (self.made - len(self.findings)), self.made) if self.made else None


def data_quality(indicators: Iterable[Examined], reporters: Sequence[int | None]) -> DataQuality:
    """Each indicator held against each check that can be made of it, and the engagement against having one reporter.

    `reporters` has who first reported each accepted figure, None for a figure that came from no person.
    """
    made = 0
    findings: list[Finding] = []
    for one in indicators:
        for check, holds in _checks(one).items():
            made += 1
            findings += [] if holds else [Finding(check, one.code)]
    if len(reporters) >= _SEVERAL:
        made += 1
        findings += [] if len(set(reporters)) > 1 else [Finding(Check.ONE_REPORTER)]
    return DataQuality(made, sorted(findings, key=lambda one: (list(Check).index(one.check), one.code)))


def _checks(one: Examined) -> dict[Check, bool]:
    """The checks that can be made of an indicator, and whether each holds."""
    found = {Check.NO_BASELINE: one.baseline is not None}
    if one.coverage.expected:
        found[Check.LATE] = one.coverage.reported >= one.coverage.expected
    if one.baseline is not None and one.target is not None:
        way = one.target - one.baseline
        found[Check.DIRECTION] = way >= 0 if one.direction == Direction.INCREASE else way <= 0
    if one.parts and one.total is not None and one.method in _ADD_UP and not one.is_share:
        found[Check.NOT_ADDING_UP] = all(made == one.total for made in sums_by_dimension(one.parts).values())
    if len(one.sizes) >= _SEVERAL:
        raised = set(doubts(one.sizes[-1], _before(one)))
        found[Check.JUMP] = one.is_confirmed or not raised & {Doubt.JUMPS, *_SLIPS}
        if one.direction == Direction.INCREASE and one.method in (Method.LATEST, Method.MAX):
            found[Check.FALLING] = one.is_confirmed or Doubt.FALLS not in raised
    if one.has_figure:
        found[Check.NO_EVIDENCE] = one.is_backed
    return found


def _before(one: Examined) -> Known:
    return Known(
        earlier=one.sizes[:-1],
        method=one.method,
        direction=one.direction,
        is_share=one.is_share,
        baseline=one.baseline,
        expected=one.target,
    )
