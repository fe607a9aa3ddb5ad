"""What REST answers on an engagement's deployments (design.md §5.2)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from experts.domain.summary import DeploymentSummary, ExpertSummary, Overload
from ta_portal.money.exact import rounded

WITHHELD = "days and rates by person need the permission rate.view"


def deployment_summary_answer(ref: str, summary: DeploymentSummary) -> dict[str, Any]:
    """`summary` as the reader may see it (`as_seen_by`). What is withheld is null, and `withheld` says why."""
    total = summary.total_days
    return {
        "engagement": ref,
        "experts": {code: _expert(expert) for code, expert in summary.experts.items()},
        "total_days": {"planned": plain(total.planned), "actual": plain(total.actual)} if total else None,
        "overlaps": [_overload(overload) for overload in summary.overlaps],
    }


def plain(days: Decimal | None) -> Decimal | None:
    """Days without the zeros that the database keeps behind them: 452, 10.5."""
    if days is None:
        return None
    whole = days.to_integral_value()
    return whole if days == whole else days.normalize()


def _expert(expert: ExpertSummary) -> dict[str, Any]:
    months: Fraction | None = expert.person_months
    return {
        "deployments": expert.deployments,
        "planned_days": plain(expert.planned_days),
        "actual_days": plain(expert.actual_days),
        "person_months": None if months is None else rounded(months, 2),
        "daily_rate": expert.daily_rate,
        "currency": expert.currency,
        "planned_cost_native": expert.planned_cost_native,
        "actual_cost_native": expert.actual_cost_native,
        "withheld": WITHHELD if expert.withheld else None,
    }


def _overload(overload: Overload) -> dict[str, Any]:
    return {
        "expert": overload.expert,
        "deployments": list(overload.deployments),
        "first_day": overload.days.first,
        "last_day": overload.days.last,
        "peak_fte": overload.peak_fte,
    }
