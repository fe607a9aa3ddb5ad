"""What REST and commands answer on an engagement's results, milestones and overlaps (design.md §5.2).

Results are rounded here, once, to two decimals, half away from zero.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from programmes.domain.data_quality import DataQuality
from programmes.domain.milestones import MilestoneSummary
from programmes.domain.overlaps import Overlap
from programmes.domain.results import IndicatorAnswer, OutcomeAnswer
from ta_portal.money.exact import rounded

RESULT_DIGITS = 2


def two_decimals(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, RESULT_DIGITS)


def indicator_answer(indicator: IndicatorAnswer) -> dict[str, Any]:
    """An ordinal's figures are positions on its scale, from 0; `latest_label` is the level's name."""
    result = indicator.result
    return {
        "code": indicator.code,
        "title": indicator.title,
        "method": indicator.method.value,
        "baseline": two_decimals(result.baseline),
        "target": two_decimals(result.target),
        "latest": two_decimals(result.latest.value),
        "progress_pct": two_decimals(result.progress_pct),
        "target_met": result.target_met,
        "expected_now": two_decimals(result.expected_now),
        "pace_pct": two_decimals(result.pace_pct),
        "pace": result.pace.value,
        "held": result.held,
        "reported": result.reported,
        "latest_label": result.latest.label,
        "annual": {str(year): two_decimals(value) for year, value in indicator.annual.items()},
        "parts": {
            disagg: {"value": two_decimals(part.value), "share_pct": two_decimals(part.share_pct)}
            for disagg, part in indicator.parts.items()
        },
    }


def outcome_answer(outcome: OutcomeAnswer) -> dict[str, Any]:
    """`reported` and `expected` count indicators."""
    return {
        "code": outcome.code,
        "mean_capped_progress_pct": two_decimals(outcome.result.mean_capped_progress_pct),
        "rating": outcome.result.rating,
        "reported": outcome.result.reported,
        "expected": outcome.result.expected,
    }


def milestones_answer(milestones: MilestoneSummary) -> dict[str, Any]:
    return {
        "total": milestones.total,
        "done": milestones.done,
        "on_time": milestones.on_time,
        "late": milestones.late,
        "not_done": list(milestones.not_done),
        "days_late": dict(milestones.days_late),
        "mean_rating": two_decimals(milestones.mean_rating),
    }


def overlaps_answer(ref: str, overlaps: Iterable[Overlap]) -> dict[str, Any]:
    """True overlaps only, by code; `last_day` and `shared_days` are null where both go on without an end."""
    return {
        "engagement": ref,
        "overlaps": [
            {
                "code": overlap.code,
                "title": overlap.title,
                "donor": overlap.lead_name,
                "internal": overlap.internal,
                "strength": overlap.strength.value,
                "shared_sectors": list(overlap.shared_sectors),
                "shared_days": overlap.shared_days.count,
                "first_day": overlap.shared_days.first,
                "last_day": overlap.shared_days.last,
            }
            for overlap in sorted(overlaps, key=lambda o: o.code)
            if overlap.is_true
        ],
    }


def data_quality_answer(ref: str, as_of: dt.date, quality: DataQuality) -> dict[str, Any]:
    """`score_pct` is null where no check could be made; a finding without an indicator is about the engagement."""
    return {
        "engagement": ref,
        "as_of": as_of,
        "checks": quality.made,
        "score_pct": two_decimals(quality.score_pct),
        "findings": [{"check": one.check.value, "indicator": one.code or None} for one in quality.findings],
    }
