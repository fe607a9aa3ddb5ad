"""The engagements behind a figure of an impact report that stands above them, with their own figures in that report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costing.domain.vocabulary import Basis
from costing.selectors.costs import portfolio_members
from evaluations.domain.rollup import Metric
from evaluations.domain.vocabulary import Level
from evaluations.models import ImpactReport
from evaluations.selectors.reports import ReportRow, as_shown
from programmes.models import Engagement
from programmes.selectors.rows import named_rows
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


# Where the engagements of a report counted: the rule is `ta_engagement_places`, and the books tell of money without an agreement.
_PLACES = """
    WITH inside AS (
        SELECT array_agg(e.id) AS ids FROM impact_row r JOIN engagement e ON e.ref = r.key
        WHERE r.report_id = %(report)s AND r.level = 'engagement' AND r.metric = 'milestones_done'
    ), place AS (
        SELECT p.* FROM inside, ta_engagement_places(inside.ids, %(cut_off)s) p
    )
"""
COUNTED = f"""
    {_PLACES}
    SELECT e.ref, e.title
    FROM ta_known_engagements(%(cut_off)s) e, inside
    WHERE e.id = ANY (inside.ids) AND (
        %(level)s = 'portfolio'
        OR e.id IN (SELECT p.engagement_id FROM place p WHERE p.level = %(level)s AND p.key = %(key)s)
        OR (%(level)s = 'donor' AND %(key)s = 'unassigned' AND e.id IN (
            SELECT i.engagement_id
            FROM ta_converted_items(inside.ids, '{{planned,committed,actual}}', %(currency)s, %(as_of)s, %(cut_off)s) i
            WHERE i.agreement_id IS NULL)))
"""
SHARES = f"""
    {_PLACES}
    SELECT e.ref, p.shares, p.nth FROM place p JOIN engagement e ON e.id = p.engagement_id
    WHERE p.level = 'country' AND p.key = %(key)s AND p.nth IS NOT NULL
"""


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
    """The references and titles of the engagements that the report counted under a key, as was on record."""
    return {row["ref"]: row["title"] for row in named_rows(COUNTED, _asked(report, level=level, key=key))}


def _asked(report: ImpactReport, **more: str) -> dict[str, object]:
    known = {"as_of": report.as_of, "cut_off": report.cut_off, "currency": report.currency_id}
    return {"report": report.pk, **known, **more}


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
    split = {row["ref"]: (row["shares"], row["nth"]) for row in named_rows(SHARES, _asked(report, key=key))}
    return {ref: _share(amount, *split.get(ref, (None, 1)), report) for ref, amount in own.items() if ref in refs}


def _share(
    amount: Decimal | None, shares: Sequence[Decimal] | None, nth: int, report: ImpactReport
) -> Decimal | None:
    """One country's part, by largest remainder over all recipients in the order of their codes."""
    if amount is None or shares is None:
        return amount
    return split_largest_remainder(amount, shares, report.currency.minor_units)[nth - 1]
