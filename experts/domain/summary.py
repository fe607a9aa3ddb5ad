"""Who was deployed, for how many days, and what that cost at their daily rates."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from experts.domain.vocabulary import DAYS_PER_PERSON_MONTH
from programmes.domain.periods import Days
from ta_portal.money.exact import rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyRate:
    """What a day costs over a stretch of time, in a currency of so many minor digits."""

    during: Days
    amount: Decimal
    currency: str
    minor_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One expert's time on one engagement. `rate` is the one in force on its first day; None if there was none."""

    code: str
    expert: str
    expert_id: int
    during: Days
    fte: Decimal
    planned_days: Decimal
    actual_days: Decimal
    rate: DailyRate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertSummary:
    """One expert's deployments. Days, rate and costs are None where the reader may not know them (`withheld`).

    Rate, currency and costs are None as well where a deployment has no rate, or where currencies differ; the rate
    alone where it changed from one deployment to the next.
    """

    expert_id: int
    deployments: int
    planned_days: Decimal | None
    actual_days: Decimal | None
    daily_rate: Decimal | None
    currency: str | None
    planned_cost_native: Decimal | None
    actual_cost_native: Decimal | None
    withheld: bool = False

    @property
    def person_months(self) -> Fraction | None:
        return None if self.actual_days is None else Fraction(self.actual_days) / DAYS_PER_PERSON_MONTH

    def without_days_and_rate(self) -> "ExpertSummary":
        """What is left where the rate may not be seen: a cost divided by days would tell it."""
        return replace(
            self,
            planned_days=None,
            actual_days=None,
            daily_rate=None,
            currency=None,
            planned_cost_native=None,
            actual_cost_native=None,
            withheld=True,
        )


@dataclass(frozen=True, slots=True)
class TotalDays:
    planned: Decimal
    actual: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """Deployments of one expert that together pass one full-time equivalent, from the first such day to the last."""

    expert: str
    deployments: tuple[str, ...]
    days: Days
    peak_fte: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSummary:
    """An engagement's deployments by expert. `total_days` is None where it would tell the days of one person.

    `all_begun`: whether every deployment had begun on the day in question, so that its days are in the total.
    """

    experts: Mapping[str, ExpertSummary]
    total_days: TotalDays | None
    overlaps: Sequence[Overload]
    all_begun: bool = True

    def as_seen_by(self, may_see_rate: Callable[[ExpertSummary], bool]) -> "DeploymentSummary":
        """The summary without the days and rates that the reader may not know.

        The total of days goes too where it would tell one person's: where only one of those withheld has any, since it
        less the others' would be theirs; and before all have begun, since two days' totals differ by whoever began
        between them.
        """
        withheld = [expert for expert in self.experts.values() if not may_see_rate(expert)]
        return replace(
            self,
            experts={
                code: expert.without_days_and_rate() if expert in withheld else expert
                for code, expert in self.experts.items()
            },
            total_days=self.total_days if not withheld or self._hides_each_of(withheld) else None,
        )

    def _hides_each_of(self, withheld: Sequence[ExpertSummary]) -> bool:
        planned = sum(bool(expert.planned_days) for expert in withheld)
        actual = sum(bool(expert.actual_days) for expert in withheld)
        return self.all_begun and len(withheld) > 1 and 1 not in (planned, actual)


def deployment_summary(deployments: Iterable[Deployment], *, as_of: dt.date = dt.date.max) -> DeploymentSummary:
    """Days and costs by expert, in the order of their codes, and where somebody is booked for more than full time."""
    by_expert: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in sorted(deployments, key=lambda d: (d.expert, d.code)):
        by_expert[deployment.expert].append(deployment)
    everyone = [deployment for own in by_expert.values() for deployment in own]
    return DeploymentSummary(
        experts={expert: _expert_summary(own) for expert, own in by_expert.items()},
        total_days=TotalDays(
            sum((d.planned_days for d in everyone), Decimal(0)), sum((d.actual_days for d in everyone), Decimal(0))
        ),
        overlaps=[load for own in by_expert.values() if (load := overload(own))],
        all_begun=all(deployment.during.first <= as_of for deployment in everyone),
    )


def overload(deployments: Sequence[Deployment]) -> Overload | None:
    """Where one expert's deployments pass 1.00 FTE together; None if they never do.

    Load changes only on first days and after last ones, so those days are enough to look at.
    """
    ends_before = {d.during.last + dt.timedelta(days=1) for d in deployments if d.during.last}
    turns = sorted({d.during.first for d in deployments} | ends_before)
    heavy = [(day, at_once) for day in turns if _fte(at_once := [d for d in deployments if _on(d, day)]) > 1]
    if not heavy:
        return None
    ends = [min((d.during.last for d in at_once if d.during.last), default=None) for _, at_once in heavy]
    return Overload(
        expert=deployments[0].expert,
        deployments=tuple(sorted({d.code for _, at_once in heavy for d in at_once})),
        days=Days(heavy[0][0], None if None in ends else max(end for end in ends if end)),
        peak_fte=max(_fte(at_once) for _, at_once in heavy),
    )


def rate_on(rates: Iterable[DailyRate], day: dt.date) -> DailyRate | None:
    """The rate in force on `day`."""
    today = Days(day, day)
    return next((rate for rate in rates if rate.during.shared_with(today)), None)


def _expert_summary(own: Sequence[Deployment]) -> ExpertSummary:
    rates = [d.rate for d in own if d.rate]
    currencies = {rate.currency for rate in rates}
    has_cost = len(rates) == len(own) and len(currencies) == 1
    amounts = {rate.amount for rate in rates}
    return ExpertSummary(
        expert_id=own[0].expert_id,
        deployments=len(own),
        planned_days=sum((d.planned_days for d in own), Decimal(0)),
        actual_days=sum((d.actual_days for d in own), Decimal(0)),
        daily_rate=_in_minor_units(amounts.pop(), rates[0]) if has_cost and len(amounts) == 1 else None,
        currency=rates[0].currency if has_cost else None,
        planned_cost_native=_cost([(d.planned_days, d.rate) for d in own if d.rate]) if has_cost else None,
        actual_cost_native=_cost([(d.actual_days, d.rate) for d in own if d.rate]) if has_cost else None,
    )


def _cost(days_at_rates: Sequence[tuple[Decimal, DailyRate]]) -> Decimal:
    """Each deployment rounded to the minor unit, then added."""
    parts = (rounded(Fraction(days) * Fraction(rate.amount), rate.minor_units) for days, rate in days_at_rates)
    return sum(parts, Decimal(0))


def _in_minor_units(amount: Decimal, rate: DailyRate) -> Decimal:
    """A rate that is finer than the minor unit is shown as it is."""
    shown = rounded(amount, rate.minor_units)
    return shown if shown == amount else amount


def _on(deployment: Deployment, day: dt.date) -> bool:
    return deployment.during.shared_with(Days(day, day)) is not None


def _fte(deployments: Sequence[Deployment]) -> Decimal:
    return sum((d.fte for d in deployments), Decimal(0))
