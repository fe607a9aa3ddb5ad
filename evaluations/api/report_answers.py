"""An impact report as JSON: the same for REST and for `roll_up --json` (design.md §5.2)."""

from collections.abc import Sequence
from typing import Any

from evaluations.models import ImpactReport
from evaluations.selectors.reports import ReportRow, report_rows


def report_answer(report: ImpactReport) -> dict[str, Any]:
    """The report with all its rows, from the portfolio down. Three queries at most."""
    return {
        "scope": report.scope,
        "as_of": report.as_of,
        "cut_off": report.cut_off,
        "currency": report.currency_id,
        "fingerprint": report.fingerprint,
        "rows": row_answers(report_rows(report)),
    }


def row_answers(rows: Sequence[ReportRow]) -> list[dict[str, Any]]:
    return [
        {
            "level": row.level,
            "key": row.key,
            "metric": row.metric,
            "value": row.value,
            "num": row.num,
            "den": row.den,
            "reported": row.reported,
            "expected": row.expected,
            "weight_basis": row.weight_basis,
        }
        for row in rows
    ]
