"""The deployments of one engagement, as its pages show them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from experts.domain.vocabulary import DeploymentStatus
from experts.models import Deployment, Expert
from programmes.domain.periods import Days
from programmes.models import Engagement


@dataclass(frozen=True, slots=True)
class ExpertDeployments:
    """One expert's deployments to an engagement, the earliest first."""

    expert: Expert
    deployments: Sequence[Deployment]

    @property
    def days(self) -> Days:
        """From the first day of any to the last of all; open while one of them is."""
        stretches = [Days.from_bounds(one.during.lower, one.during.upper) for one in self.deployments]
        lasts = [stretch.last for stretch in stretches]
        open_end = None in lasts
        return Days(min(s.first for s in stretches), None if open_end else max(last for last in lasts if last))

    @property
    def latest(self) -> Deployment:
        return self.deployments[-1]


def deployments_of(engagement: Engagement) -> list[ExpertDeployments]:
    """Who is deployed, in the order of first days; cancelled ones are left out. One query."""
    rows = Deployment.objects.filter(engagement=engagement).exclude(status=DeploymentStatus.CANCELLED)
    found: dict[Expert, list[Deployment]] = defaultdict(list)
    for row in rows.select_related("expert__person", "workstream").order_by("during", "code"):
        found[row.expert].append(row)
    return [ExpertDeployments(expert, deployments) for expert, deployments in found.items()]
