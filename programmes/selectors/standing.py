"""Where engagements stand on a day: time from their dates, results as observed, spending from who counts it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from django.utils import timezone

from programmes.domain.standing import Standing, standing
from programmes.models import Engagement
from programmes.selectors.engagements import days_of
from programmes.selectors.rows import fraction, named_rows
from ta_portal.registry.figures import figures_of

SPEND = "spend_pct"

# An engagement is the weighted mean of its outcomes that have a progress; exact, as they are.
MEANS = """
    SELECT engagement_id, total[1] AS mean_num, total[2] * weights AS mean_den
    FROM (SELECT engagement_id, ta_fraction_sum(mean_num * weight, mean_den) AS total, sum(weight) AS weights
          FROM ta_outcome_results(%s::bigint[], %s, %s) WHERE mean_den IS NOT NULL GROUP BY engagement_id) outcomes
    WHERE weights > 0
"""


def standings(engagements: Sequence[Engagement], *, as_of: date) -> Mapping[int, Standing]:
    """Each engagement's standing, by its key. One query for results; the number does not grow with the engagements."""
    ids = [engagement.pk for engagement in engagements]
    results = mean_progress(ids, as_of=as_of, cut_off=timezone.now()) if ids else {}
    spending = figures_of("engagement", SPEND, engagements, as_of=as_of)
    return {engagement.pk: _standing(engagement, results, spending, as_of) for engagement in engagements}


def mean_progress(engagement_ids: Sequence[int], *, as_of: date, cut_off: datetime) -> dict[int, Fraction | None]:
    """The mean capped progress of each engagement that has one, in percent. One query."""
    rows = named_rows(MEANS, [list(engagement_ids), as_of, cut_off])
    return {row["engagement_id"]: fraction(row, "mean") for row in rows}


def _standing(
    engagement: Engagement, results: Mapping[int, Fraction | None], spending: Mapping[int, Fraction], as_of: date
) -> Standing:
    running = days_of(engagement)
    return standing(
        starts=running.first,
        ends=running.last,
        on=as_of,
        spend_pct=spending.get(engagement.pk),
        results_pct=results.get(engagement.pk),
    )
