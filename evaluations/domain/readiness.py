"""Can the institution go on alone? The score of one assessment, and whether that is enough to leave."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.domain.vocabulary import Side

READY_FROM_PCT = Decimal(70)
TOP_SCORE = 3

# What a dimension that is marked critical must reach.
_LEAST_IF_CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that must be in place, from 0 (absent) to 3 (strong). A score of None is not rated, which is not 0."""

    weight: Decimal
    score: int | None
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """What an assessment comes to; `score_pct` is None where nothing was rated."""

    score_pct: Fraction | None
    any_zero: bool
    unscored: int
    ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """One assessment: when, by which side, and what it came to."""

    label: str
    on_date: dt.date
    side: Side
    score: Score


def readiness_score(dimensions: Iterable[Dimension], threshold_pct: Decimal = READY_FROM_PCT) -> Score:
    """The weighted share of the top score, over the dimensions rated.

    Ready from the threshold on, with no dimension at 0, no critical one below 2 and none left unrated.
    """
    everything = list(dimensions)
    rated = [(Fraction(d.weight), d.score) for d in everything if d.score is not None]
    weight = sum((w for w, _ in rated), Fraction(0))
    score_pct = sum((w * s for w, s in rated), Fraction(0)) / (TOP_SCORE * weight) * 100 if weight else None
    any_zero = any(s == 0 for _, s in rated)
    too_weak = any(d.critical and d.score is not None and d.score < _LEAST_IF_CRITICAL for d in everything)
    unscored = len(everything) - len(rated)
    enough = score_pct is not None and score_pct >= Fraction(threshold_pct)
    return Score(score_pct, any_zero, unscored, enough and not any_zero and not too_weak and not unscored)


def latest_readiness(assessments: Iterable[Readiness]) -> Readiness | None:
    """The last assessment; of one day the most independent: the evaluator's, the donor's, the ministry's own."""
    independence = (Side.MINISTRY, Side.DONOR, Side.EVALUATOR)
    return max(assessments, key=lambda a: (a.on_date, independence.index(a.side)), default=None)
