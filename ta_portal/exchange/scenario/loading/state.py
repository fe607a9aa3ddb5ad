"""What the steps of a load share: the scenario, who acts, and the rows made so far by the codes of the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from costing.models import CostLineKey
from experts.models import Deployment, Expert
from programmes.models import Country, Engagement, FundingAgreement, Organisation, Outcome, Programme, Workstream
from ta_portal.accounts.models import User
from ta_portal.errors import DomainError, Fault, InvalidInput
from ta_portal.exchange.scenario.content import Scenario
from ta_portal.exchange.scenario.loading.known import Known


@dataclass
class Load:
    """One load under way. `author` writes, `approver` approves what the author wrote."""

    scenario: Scenario
    author: User
    approver: User
    known: Known
    warnings: list[str] = field(default_factory=list)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    workstreams: dict[str, Workstream] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    agreements: dict[str, FundingAgreement] = field(default_factory=dict)
    experts: dict[str, Expert] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    cost_lines: dict[str, CostLineKey] = field(default_factory=dict)
    country: Country = field(init=False)
    programme: Programme = field(init=False)
    engagement: Engagement = field(init=False)

    @property
    def source(self) -> str:
        """What the scenario's rates, experts and ledger entries are known to come from."""
        return f"scenario:{self.scenario.engagement.ref}"


@contextmanager
def at(place: str) -> Iterator[None]:
    """Whatever is refused in here is refused at this place of the file."""
    try:
        yield
    except InvalidInput as refusal:
        raise InvalidInput(
            [Fault(".".join(filter(None, (place, fault.place))), fault.code, fault.message) for fault in refusal.faults]
        ) from refusal
    except DomainError as refusal:
        raise InvalidInput.at(place, refusal.message, refusal.code) from refusal
