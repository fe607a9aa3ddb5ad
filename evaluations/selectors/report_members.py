"""The engagements behind a figure of an impact report that stands above them, with their own figures in that report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from costing.domain.vocabulary import Basis
from costing.selectors.costs import portfolio_members
from evaluations.domain.rollup import Metric
from evaluations.domain.vocabulary import Level
from evaluations.models import ImpactReport
from evaluations.selectors.reports import ReportRow, as_shown
from programmes.models import Engagement, EngagementRecipient
from ta_portal.money.exact import split_largest_remainder

UNASSIGNED = "unassigned"
# A cost metric of a report: on which basis, of the formula or of all that is charged.
COSTS: Mapping[str, tuple[Basis, str]] = {
    Metric.PLANNED_COST: (Basis.PLANNED, "total"),
    Metric.COMMITTED_COST: (Basis.COMMITTED, "total"),
    Metric.ACTUAL_COST: (Basis.ACTUAL, "total"),
    Metric.PLANNED_CHARGED: (Basis.PLANNED, "charged"),
    Metric.COMMITTED_CHARGED: (Basis.COMMITTED, "charged"),
    Metric.ACTUAL_CHARGED: (Basis.ACTUAL, "charged"),
}


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
    engagements = _engagements(report, level, key)
    own = {row.key: row.value for row in report.rows.filter(level=Level.ENGAGEMENT, key__in=engagements, metric=metric)}
    if metric in COSTS:
        own = _parts(report, (level, key), metric, engagements, own)
    weights: Mapping[str, Decimal | None] = {}
    if weighted:
        spent = report.rows.filter(level=Level.ENGAGEMENT, key__in=engagements, metric=Metric.ACTUAL_CHARGED)
        charged = {row.key: row.value for row in spent}
        weights = _parts(report, (level, key), Metric.ACTUAL_CHARGED, engagements, charged)
    return [
        Member(ref, name, own.get(ref), max(weights.get(ref) or Decimal(0), Decimal(0)) if weighted else None, metric)
        for ref, name in sorted(engagements.items())
    ]


def _engagements(report: ImpactReport, level: str, key: str) -> dict[str, str]:
    """The references and titles of the engagements that the report counted under a key."""
    counted = report.rows.filter(level=Level.ENGAGEMENT).values("key")
    inside = {
        Level.PORTFOLIO: Q(),
        Level.PROGRAMME: Q(programme__code=key),
        Level.AREA: Q(practice_area=None) if key == UNASSIGNED else Q(practice_area=key),
        Level.COUNTRY: Q(recipients__country=key) | Q(recipients__region=key),
        Level.DONOR: Q(agreements__contributor__code=key),
    }[Level(level)]
    if key == UNASSIGNED and level in (Level.COUNTRY, Level.DONOR):
        inside = Q(recipients=None) if level == Level.COUNTRY else Q()
    rows = Engagement.objects.filter(inside, ref__in=counted).order_by().distinct()
    return dict(rows.values_list("ref", "title"))


def _parts(
    report: ImpactReport,
    place: tuple[str, str],
    metric: str,
    engagements: Mapping[str, str],
    own: Mapping[str, Decimal | None],
) -> dict[str, Decimal | None]:
    """What of each engagement's money falls to the place: a level and its key."""
    level, key = place
    if level == Level.DONOR:
        return _of_donor(report, key, metric, engagements)
    if level == Level.COUNTRY and key != UNASSIGNED:
        return _of_country(report, key, engagements, own)
    return dict(own)


def _of_donor(report: ImpactReport, key: str, metric: str, refs: Mapping[str, str]) -> dict[str, Decimal | None]:
    basis, group = COSTS[metric]
    ids = Engagement.objects.filter(ref__in=list(refs)).values_list("pk", flat=True)
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


def _of_country(
    report: ImpactReport, key: str, refs: Mapping[str, str], own: Mapping[str, Decimal | None]
) -> dict[str, Decimal | None]:
    rows = EngagementRecipient.objects.filter(engagement__ref__in=list(refs))
    shares: dict[str, list[tuple[str, Decimal]]] = {}
    for ref, country, region, pct in rows.values_list("engagement__ref", "country", "region", "pct"):
        shares.setdefault(ref, []).append((country or region, pct))
    return {ref: _share(amount, sorted(shares.get(ref, [])), key, report) for ref, amount in own.items()}


def _share(
    amount: Decimal | None, shares: Sequence[tuple[str, Decimal]], key: str, report: ImpactReport
) -> Decimal | None:
    """One country's part, by largest remainder over all recipients in the order of their codes."""
    if amount is None or len(shares) < 2:
        return amount
    parts = split_largest_remainder(amount, [pct for _code, pct in shares], report.currency.minor_units)
    return parts[[code for code, _pct in shares].index(key)]
