"""The costing service's answers as JSON: the same for REST and for the commands (design.md §5.2).

Money is text with its currency's minor units, percentages with two decimals, dates are ISO.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from costing.domain.arithmetic import ZERO
from costing.domain.comparison import Bases, CostComparison, CostRow
from costing.domain.conversion import Unit
from costing.domain.funding import DonorFunding, Funding
from costing.domain.items import Unconverted
from costing.domain.summary import UNASSIGNED, CostSummary
from costing.domain.vocabulary import Basis, By, Category
from ta_portal.money.exact import rounded

Answer = dict[str, Any]


def cost_answer(summary: CostSummary, *, with_salaries: bool = True) -> Answer:
    """The cost on one basis. Without `with_salaries` (RATE_VIEW) no single salary is listed: it would tell a rate."""
    question = summary.question
    unit = question.currency
    return {
        "engagement": question.engagement,
        "basis": summary.basis,
        "currency": unit.code,
        "total": money(summary.total, unit),
        "by": question.by,
        "groups": {key: money(amount, unit) for key, amount in _with_unassigned(summary.groups, question.by, ZERO)},
        "outside": {kind: money(amount, unit) for kind, amount in summary.outside.items()},
        "uncategorised": money(summary.uncategorised, unit),
        "charged": money(summary.charged, unit),
        "unconverted": unconverted_answer(summary.unconverted, with_salaries=with_salaries),
        "as_of": question.as_of.isoformat(),
    }


def comparison_answer(comparison: CostComparison, *, with_salaries: bool = True) -> Answer:
    """Planned, committed and actual side by side. Shares are of the formula's actual total: only its rows have one."""
    question = comparison.question

    def row(found: CostRow, *, of_the_formula: bool = True) -> Answer:
        return _row(found, question.currency, comparison.share_of_actual_pct(found) if of_the_formula else None)

    groups = _with_unassigned(comparison.groups, question.by, CostRow())
    return {
        "engagement": question.engagement,
        "currency": question.currency.code,
        "by": question.by,
        "total": row(comparison.total),
        "groups": {key: row(found) | _native(found.native) for key, found in groups},
        "outside": {kind: row(found, of_the_formula=False) for kind, found in comparison.outside.items()},
        "uncategorised": row(comparison.uncategorised, of_the_formula=False),
        "charged": row(comparison.charged, of_the_formula=False),
        "counts": {"lines": comparison.lines, "entries": comparison.entries},
        "unconverted": unconverted_answer(comparison.unconverted, with_salaries=with_salaries),
        "as_of": question.as_of.isoformat(),
    }


def funding_answer(funding: Funding, *, with_salaries: bool = True) -> Answer:
    """Who pays: native figures in each agreement's currency, `_base` ones in the programme's."""
    return {
        "engagement": funding.engagement,
        "currency": funding.currency.code,
        "donors": {code: _donor(donor, funding.currency) for code, donor in funding.donors.items()},
        "cost_share_pct": percent(funding.cost_share_pct),
        "unconverted": unconverted_answer(funding.unconverted, with_salaries=with_salaries),
        "as_of": funding.as_of.isoformat(),
    }


def money(amount: Decimal, unit: Unit) -> str:
    """As text with the currency's minor units: `1200`, `1200.00` or `1200.000`."""
    return format(rounded(amount, unit.digits), "f")


def percent(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def unconverted_answer(items: Iterable[Unconverted], *, with_salaries: bool) -> list[Answer]:
    """What no rate was found for, and why; amounts are as they stand, in their own currency."""
    return [
        {
            "kind": item.kind,
            "id": item.id,
            "amount": format(item.amount, "f"),
            "currency": item.currency,
            "date": item.date.isoformat(),
            "reason": item.reason,
        }
        for item in items
        if with_salaries or item.category is not Category.SALARIES
    ]


def _with_unassigned(groups: Mapping[str, Any], by: By, nothing: Any) -> Iterable[tuple[str, Any]]:
    """Every grouping but the five categories has a place for what belongs nowhere, if only to say that it is empty."""
    if by is By.CATEGORY or UNASSIGNED in groups:
        return groups.items()
    return [*groups.items(), (UNASSIGNED, nothing)]


def _row(row: CostRow, unit: Unit, share: Decimal | None) -> Answer:
    return {
        "planned": money(row.planned, unit),
        "committed": money(row.committed, unit),
        "actual": money(row.actual, unit),
        "variance": money(row.variance, unit),
        "variance_pct": percent(row.variance_pct),
        "share_of_actual_pct": percent(share),
    }


def _native(sums: Bases | None) -> Answer:
    """The sums in the items' own currency, with the decimals that the items have."""
    if sums is None:
        return {}
    amounts = {basis: getattr(sums, basis) for basis in Basis}
    digits = max(-amount.as_tuple().exponent for amount in amounts.values())
    return {"native": {basis: format(rounded(amount, digits), "f") for basis, amount in amounts.items()}}


def _donor(donor: DonorFunding, base: Unit) -> Answer:
    def native(amount: Decimal | None) -> str | None:
        return None if amount is None or donor.unit is None else money(amount, donor.unit)

    return {
        "currency": donor.unit.code if donor.unit else None,
        "committed": native(donor.committed),
        "received": native(donor.received),
        "undrawn": native(donor.undrawn),
        "committed_base": money(donor.committed_base, base),
        "received_base": money(donor.received_base, base),
        "spent_base": money(donor.spent_base, base),
        "balance_base": money(donor.balance_base, base),
        "spent_pct": percent(donor.spent_pct),
    }
