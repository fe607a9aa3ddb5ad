"""Who pays: what each donor promised, brought in and paid for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from costing.domain.arithmetic import difference, exact_sum, percentage
from costing.domain.conversion import Unit
from costing.domain.items import Unconverted
from costing.domain.summary import UNASSIGNED

COST_SHARE = "cost_share"


@dataclass(frozen=True, slots=True)
class AgreementMoney:
    """One agreement's money; `donor` None is money that names no agreement.

    `committed` and `received` are in the agreement's own currency, None where an entry is in another one and the books
    do not say what it came to. Base figures are in the programme's currency: committed at the budget's rates, received
    and spent at the rates of their dates.
    """

    donor: str | None
    instrument: str | None
    unit: Unit | None
    committed: Decimal | None
    received: Decimal | None
    committed_base: Decimal
    received_base: Decimal
    spent_base: Decimal
    unconverted: tuple[Unconverted, ...] = ()


@dataclass(frozen=True, slots=True)
class DonorFunding:
    """One donor's money. Native figures are None where its agreements are not all in one currency."""

    unit: Unit | None
    committed: Decimal | None
    received: Decimal | None
    committed_base: Decimal
    received_base: Decimal
    spent_base: Decimal

    @property
    def undrawn(self) -> Decimal | None:
        """Promised and not yet received."""
        if self.committed is None or self.received is None:
            return None
        return difference(self.committed, self.received)

    @property
    def balance_base(self) -> Decimal:
        """Received and not yet spent; below 0 the engagement has laid money out."""
        return difference(self.received_base, self.spent_base)

    @property
    def spent_pct(self) -> Decimal | None:
        """Spent of what was committed, in percent; none where nothing was."""
        return percentage(self.spent_base, self.committed_base)


@dataclass(frozen=True, slots=True)
class Funding:
    """All donors of one engagement, and how much of what was spent the recipient paid itself."""

    engagement: str
    currency: Unit
    as_of: dt.date
    donors: Mapping[str, DonorFunding]
    cost_share_pct: Decimal | None
    unconverted: tuple[Unconverted, ...] = ()


def fund(agreements: Collection[AgreementMoney], *, engagement: str, currency: Unit, as_of: dt.date) -> Funding:
    """Put the agreements together by donor."""
    of_donor: dict[str | None, list[AgreementMoney]] = defaultdict(list)
    for agreement in agreements:
        of_donor[agreement.donor].append(agreement)
    codes = sorted(of_donor, key=lambda code: (code is None, code or ""))
    left_out = (item for agreement in agreements for item in agreement.unconverted)
    return Funding(
        engagement,
        currency,
        as_of,
        donors={code or UNASSIGNED: _together(of_donor[code]) for code in codes},
        cost_share_pct=percentage(
            exact_sum(agreement.spent_base for agreement in agreements if agreement.instrument == COST_SHARE),
            exact_sum(agreement.spent_base for agreement in agreements),
        ),
        unconverted=tuple(sorted(left_out, key=lambda item: (item.date, item.id))),
    )


def _together(agreements: list[AgreementMoney]) -> DonorFunding:
    units = {agreement.unit for agreement in agreements}
    one_currency = len(units) == 1
    return DonorFunding(
        unit=agreements[0].unit if one_currency else None,
        committed=_native(agreement.committed for agreement in agreements) if one_currency else None,
        received=_native(agreement.received for agreement in agreements) if one_currency else None,
        committed_base=exact_sum(agreement.committed_base for agreement in agreements),
        received_base=exact_sum(agreement.received_base for agreement in agreements),
        spent_base=exact_sum(agreement.spent_base for agreement in agreements),
    )


def _native(amounts: Iterable[Decimal | None]) -> Decimal | None:
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return exact_sum(known) if len(known) == len(found) else None
