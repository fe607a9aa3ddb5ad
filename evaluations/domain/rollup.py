"""What an impact report says: its scope, its levels, and the closed list of its metrics.

A row is one metric of one key at one level: {level, key, metric, value, num, den, reported, expected, weight_basis}.

Levels (`vocabulary.Level`) and their keys
    indicator, outcome      reference and code: `FIN-TAX-2024/I01`
    engagement              the reference
    programme, area, donor  their codes; `unassigned` for what has none
    country                 the ISO code, or the code of a region that receives as a whole; `unassigned`
    portfolio               the report's scope, as it was asked for: everything in it together
    pooled metrics          the key above, and the catalogue's code: `P-TAX/REV-03`; `/2` more for a level of a scale
    Every level speaks of the engagements in the report's scope only. All of them count, whatever their status.

Columns
    value           None where it cannot be said, which is not 0
    num, den        where a figure is a ratio or a mean: value = num / den
    reported, expected   how many of how many it is made of: periods, indicators, outcomes, engagements or cost items
    weight_basis    what members of a mean, or shares of money, are weighted by
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from evaluations.domain.vocabulary import Level
from ta_portal.money.exact import rounded

# Below this share of the periods due a figure is provisional, and a low bound stands beside it (design.md §4.6).
PROVISIONAL_BELOW_PCT = Decimal(60)
DEFAULT_CURRENCY = "USD"
FIGURE_DIGITS = 2


class Metric(StrEnum):
    # Of an indicator
    LATEST = "latest"  # by its method; reported of expected periods in its window
    PACE_PCT = "pace_pct"  # of the way that is expected by now
    # Of an indicator (not capped), and of an engagement (the weighted mean of its outcomes)
    PROGRESS_PCT = "progress_pct"
    # Of an outcome: the weighted mean of its indicators' progress, each capped to 0..100; the rating that follows,
    # 1 to 4; and the one that a person assigned, where somebody did
    OUTCOME_PROGRESS_PCT = "outcome_progress_pct"
    RATING = "rating"
    ASSIGNED_RATING = "assigned_rating"
    # From indicator to portfolio: periods reported, of those due by each indicator's frequency
    COVERAGE_PCT = "coverage_pct"
    # From outcome upwards, only where coverage is below 60 %: the mean with what is missing at 0
    LOW_BOUND = "low_bound"
    # From outcome upwards, only where there are any: ordinal indicators in the mean, as positions on their scales
    ORDINALS_IN_MEAN = "ordinals_in_mean"

    # From engagement upwards: the formula's five categories, and all that was charged (fees and uncategorised as well);
    # reported of expected items could be converted
    PLANNED_COST = "planned_cost"
    COMMITTED_COST = "committed_cost"
    ACTUAL_COST = "actual_cost"
    PLANNED_CHARGED = "planned_charged"
    COMMITTED_CHARGED = "committed_charged"
    ACTUAL_CHARGED = "actual_charged"
    UNCONVERTED = "unconverted"  # items without a rate, left out of all of these
    SPENT_PCT = "spent_pct"  # actual of planned, all that was charged
    MILESTONES_DONE = "milestones_done"  # of those planned
    MILESTONES_ON_TIME = "milestones_on_time"  # of those done
    # What was spent for each point of the outcomes' ratings and each milestone done, over engagements that have any. It
    # says what was paid, not what a point is worth: engagements differ in size and in aims. Not of countries
    # and donors, which have a part of the money but no part of a milestone.
    COST_PER_RATING_POINT = "cost_per_rating_point"
    COST_PER_MILESTONE = "cost_per_milestone"

    # Above the engagement: how many there are, and the mean of their progress, plain and weighted by spending
    ENGAGEMENTS = "engagements"
    PROGRESS_PCT_MEAN = "progress_pct_mean"
    PROGRESS_PCT_WEIGHTED = "progress_pct_weighted"
    LOW_BOUND_WEIGHTED = "low_bound_weighted"

    # Above the engagement, of one indicator of the catalogue: how many could be put together. None can where their
    # methods, units (a currency is one) or scales differ. Sums add, ratios add numerators and denominators, ordinals
    # are counted by level; all else is a mean with its spread.
    POOLED_INDICATORS = "pooled_indicators"
    POOLED_SUM = "pooled_sum"
    POOLED_RATIO = "pooled_ratio"
    POOLED_MEAN = "pooled_mean"
    POOLED_LEAST = "pooled_least"
    POOLED_MOST = "pooled_most"
    POOLED_AT_LEVEL = "pooled_at_level"


class WeightBasis(StrEnum):
    NONE = ""
    EQUAL = "equal"
    INDICATOR_WEIGHT = "indicator_weight"
    OUTCOME_WEIGHT = "outcome_weight"
    SPENDING = "spending"
    SHARE_OF_SPENDING = "share_of_spending"  # a donor's own, or a country's part by its percentage
    RECIPIENT_PCT = "recipient_pct"


MONEY = frozenset(
    {
        Metric.PLANNED_COST,
        Metric.COMMITTED_COST,
        Metric.ACTUAL_COST,
        Metric.PLANNED_CHARGED,
        Metric.COMMITTED_CHARGED,
        Metric.ACTUAL_CHARGED,
        Metric.COST_PER_RATING_POINT,
        Metric.COST_PER_MILESTONE,
    }
)
COUNTS = frozenset(
    {
        Metric.RATING,
        Metric.ASSIGNED_RATING,
        Metric.ORDINALS_IN_MEAN,
        Metric.UNCONVERTED,
        Metric.MILESTONES_DONE,
        Metric.MILESTONES_ON_TIME,
        Metric.ENGAGEMENTS,
        Metric.POOLED_INDICATORS,
        Metric.POOLED_AT_LEVEL,
    }
)

LEVEL_ORDER = {level.value: place for place, level in enumerate(reversed(Level))}


class ScopeKind(StrEnum):
    """What a report is about."""

    ENGAGEMENT = "engagement"
    PROGRAMME = "programme"
    COUNTRY = "country"
    AREA = "area"
    DONOR = "donor"
    PORTFOLIO = "portfolio"


@dataclass(frozen=True, slots=True)
class ReportScope:
    """`engagement:REF`, `programme:CODE`, `country:ISO2`, `area:CODE`, `donor:CODE`, or `portfolio` without a code."""

    kind: ScopeKind
    code: str = ""

    @classmethod
    def parse(cls, text: str) -> "ReportScope | None":
        """The scope that the text names; None if it has another form. Whether there is such a row is not asked here."""
        kind, colon, code = text.strip().partition(":")
        if kind == ScopeKind.PORTFOLIO:
            return None if colon else cls(ScopeKind.PORTFOLIO)
        return cls(ScopeKind(kind), code) if kind in set(ScopeKind) and code and code.isprintable() else None

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}" if self.code else str(self.kind)


def shown(value: Decimal | None, metric: str, *, money_digits: int) -> Decimal | None:
    """A value as it is put out: rounded half away from zero, money to its minor units, all else to two decimals."""
    if value is None:
        return None
    digits = money_digits if metric in MONEY else 0 if metric in COUNTS else FIGURE_DIGITS
    return rounded(value, digits)


def trimmed(value: Decimal | None) -> Decimal | None:
    """A numerator or denominator without the zeros that the column pads it with."""
    if value is None:
        return None
    fraction = Fraction(value)
    digits = 0
    while (fraction * 10**digits).denominator != 1:
        digits += 1
    return rounded(value, digits)


def input_hash(*parameters: object) -> str:
    """SHA-256 over a report's parameters: two reports with one hash were asked the same question."""
    return hashlib.sha256("\n".join(str(parameter) for parameter in parameters).encode()).hexdigest()
