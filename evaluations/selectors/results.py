"""All that an engagement achieved by a day: indicators, outcomes, milestones, exit readiness."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from evaluations.domain.readiness import Readiness, latest_readiness
from evaluations.selectors.readiness import exit_readiness
from programmes.domain.milestones import MilestoneSummary
from programmes.domain.results import EngagementResults
from programmes.selectors.milestones import milestone_summaries
from programmes.selectors.results import engagement_results


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One engagement's results. `readiness` is its latest assessment, None where it was never assessed."""

    as_of: dt.date
    progress: EngagementResults
    milestones: MilestoneSummary
    readiness: Readiness | None


def results(
    engagement_ids: Collection[int], *, as_of: dt.date, cut_off: dt.datetime, least_status: str = "accepted"
) -> dict[int, Results]:
    """The results of each engagement at `as_of`, as known at `cut_off`. Six queries, however many engagements."""
    progress = engagement_results(engagement_ids, as_of=as_of, cut_off=cut_off, least_status=least_status)
    milestones = milestone_summaries(engagement_ids, as_of=as_of, cut_off=cut_off)
    readiness = exit_readiness(engagement_ids, as_of=as_of)
    return {
        key: Results(
            as_of=as_of, progress=progress[key], milestones=milestones[key], readiness=latest_readiness(readiness[key])
        )
        for key in engagement_ids
    }
