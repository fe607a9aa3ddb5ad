"""How engagements stand with their milestones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from programmes.domain.milestones import Milestone, MilestoneSummary, milestone_summary
from programmes.selectors.rows import named_rows

MILESTONES = """
    SELECT engagement_id, code, due, done, rating FROM ta_known_milestones(%s) WHERE engagement_id = ANY (%s::bigint[])
"""


def milestone_summaries(
    engagement_ids: Collection[int], *, as_of: dt.date, cut_off: dt.datetime
) -> dict[int, MilestoneSummary]:
    """Each engagement's milestones as they stood on `as_of`, as known at `cut_off`. One query."""
    milestones: dict[int, list[Milestone]] = defaultdict(list)
    for row in named_rows(MILESTONES, [cut_off, list(engagement_ids)]):
        milestones[row["engagement_id"]].append(Milestone(row["code"], row["due"], row["done"], row["rating"]))
    return {key: milestone_summary(milestones[key], as_of) for key in engagement_ids}
