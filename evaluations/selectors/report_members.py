"""The engagements behind a figure of an impact report that stands above them, with their own figures in that report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from costing.domain.vocabulary import Basis
from costing.selectors.costs import portfolio_members
from evaluations.domain.rollup import Metric
from evaluations.domain.vocabulary import Level
from evaluations.models import ImpactReport
from evaluations.selectors.reports import ReportRow, as_shown
from programmes.models import Engagement
from programmes.selectors.rows import Row, named_rows
from ta_portal.money.exact import split_largest_remainder

# A cost metric of a report: on which basis, of the formula or of all that is charged.
COSTS: Mapping[str, tuple[Basis, str]] = {
    Metric.PLANNED_COST: (Basis.PLANNED, "total"),
    Metric.COMMITTED_COST: (Basis.COMMITTED, "total"),
    Metric.ACTUAL_COST: (Basis.ACTUAL, "total"),
    Metric.PLANNED_CHARGED: (Basis.PLANNED, "charged"),
    Metric.COMMITTED_CHARGED: (Basis.COMMITTED, "charged"),
    Metric.ACTUAL_CHARGED: (Basis.ACTUAL, "charged"),
}
Amounts = dict[str, Decimal | None]

MEMBERS = (Path(__file__).parent.parent / "sql" / "report_members.sql").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Member:
    """An engagement: its own figure, and its weight where members are weighted."""

    ref: str
    name: str
    counts: Decimal | None
    weight: Decimal | None = None
    metric: str = ""


def report_row(report: ImpactReport, level: str, key: str, metric: str) -> ReportRow | None:
    """One figure of a report. One query."""
    found = report.rows.filter(level=level, key=key, metric=metric).first()
    return as_shown(found, money_digits=report.currency.minor_units) if found else None


def rows_of_key(report: ImpactReport, level: str, key: str) -> dict[str, ReportRow]:
    """Every figure of one key, by its metric. One query."""
    rows = report.rows.filter(level=level, key=key)
    return {row.metric: as_shown(row, money_digits=report.currency.minor_units) for row in rows}


def members_of(report: ImpactReport, level: str, key: str, metric: str, *, weighted: bool = False) -> list[Member]:
    """The engagements of a key with their figure of `metric` in this report. Five queries at most.

    Costs of a country are its share of each engagement, those of a donor what its agreements paid; a weight is what was
    spent, counted the same way and never below 0.
    """
    counted = _counted(report, level, key)
    own = _own(report, metric, counted)
    if metric in COSTS:
        own = _parts(report, (level, key), metric, counted, own)
    weights: Amounts = {}
    if weighted:
        spent = _own(report, Metric.ACTUAL_CHARGED, counted)
        weights = _parts(report, (level, key), Metric.ACTUAL_CHARGED, counted, spent)
    return [
        Member(
            ref,
            row["title"],
            own.get(ref),
            max(weights.get(ref) or Decimal(0), Decimal(0)) if weighted else None,
            metric,
        )
        for ref, row in sorted(counted.items())
    ]


def _counted(report: ImpactReport, level: str, key: str) -> dict[str, Row]:
    """By reference, the title and the split of each engagement that the report counted under a key."""
    asked = {
        "report": report.pk,
        "level": level,
        "key": key,
        "currency": report.currency_id,
        "as_of": report.as_of,
        "cut_off": report.cut_off,
    }
    return {row["ref"]: row for row in named_rows(MEMBERS, asked)}


def _own(report: ImpactReport, metric: str, counted: Mapping[str, Row]) -> Amounts:
    return dict(report.rows.filter(level=Level.ENGAGEMENT, key__in=counted, metric=metric).values_list("key", "value"))


def _parts(
    report: ImpactReport, place: tuple[str, str], metric: str, counted: Mapping[str, Row], own: Amounts
) -> Amounts:
    """What of each engagement's money falls to the place: a level and its key."""
    level, key = place
    if level == Level.DONOR:
        return _of_donor(report, key, metric, counted)
    digits = report.currency.minor_units
    return {ref: _share(own.get(ref), row["shares"], row["nth"], digits) for ref, row in counted.items()}


def _of_donor(report: ImpactReport, key: str, metric: str, counted: Mapping[str, Row]) -> Amounts:
    basis, group = COSTS[metric]
    ids = Engagement.objects.filter(ref__in=list(counted)).values_list("pk", flat=True)
    found = portfolio_members(
        list(ids),
        basis=basis,
        group=group,
        donor=key,
        currency=report.currency_id,
        as_of=report.as_of,
        cut_off=report.cut_off,
    )
    return {one.ref: one.amount for one in found}


def _share(amount: Decimal | None, shares: Sequence[Decimal] | None, nth: int, digits: int) -> Decimal | None:
    """One country's part, by largest remainder over all recipients in the order of their codes."""
    if amount is None or shares is None:
        return amount
    return split_largest_remainder(amount, shares, digits)[nth - 1]
