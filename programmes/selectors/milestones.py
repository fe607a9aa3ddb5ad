"""How engagements stand with their milestones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from programmes.domain.milestones import Milestone, MilestoneSummary, milestone_summary
from programmes.models import Milestone as MilestoneRow


def milestone_summaries(engagement_ids: Collection[int], *, as_of: dt.date) -> dict[int, MilestoneSummary]:
    """Each engagement's milestones as they stood on `as_of`. One query."""
    milestones: dict[int, list[Milestone]] = defaultdict(list)
    rows = MilestoneRow.objects.filter(engagement__in=engagement_ids)
    for engagement_id, code, due, done, rating in rows.values_list("engagement", "code", "due", "done", "rating"):
        milestones[engagement_id].append(Milestone(code, due, done, rating))
    return {key: milestone_summary(milestones[key], as_of) for key in engagement_ids}
