"""Exit readiness as a page shows it: each dimension through all assessments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evaluations.domain.readiness import Readiness
from evaluations.selectors.readiness import exit_readiness
from programmes.models import Engagement
from programmes.selectors.rows import named_rows

SCORES = """
    SELECT d.code, d.name, d.weight, d.limitation, d.critical,
           array_agg(r.score ORDER BY a.on_date, a.side, a.id) AS scores
    FROM readiness_assessment a
    JOIN readiness_dimension d ON d.set_id = a.set_id
    LEFT JOIN readiness_score r ON r.assessment_id = a.id AND r.dimension_id = d.id
    WHERE a.engagement_id = %s AND a.on_date <= %s
    GROUP BY d.id
    ORDER BY d.id
"""


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One thing that must be in place, with its score in each assessment: None where it was not rated."""

    code: str
    name: str
    weight: object
    limitation: str | None
    critical: bool
    scores: Sequence[int | None]

    @property
    def was(self) -> int | None:
        return self.scores[0] if len(self.scores) > 1 else None

    @property
    def now(self) -> int | None:
        return self.scores[-1]


@dataclass(frozen=True, slots=True)
class Exit:
    """The assessments of an engagement, the earliest first, and its dimensions through them."""

    assessments: Sequence[Readiness]
    dimensions: Sequence[DimensionRow]

    @property
    def latest(self) -> Readiness | None:
        return self.assessments[-1] if self.assessments else None


def exit_of(engagement: Engagement, *, as_of: date) -> Exit:
    """Every assessment by `as_of`, in one order for the scores and the dimensions. Two queries."""
    assessments = exit_readiness([engagement.pk], as_of=as_of)[engagement.pk]
    return Exit(assessments, [DimensionRow(**row) for row in named_rows(SCORES, [engagement.pk, as_of])])
