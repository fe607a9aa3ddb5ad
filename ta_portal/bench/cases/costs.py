"""What was spent, by engagement and category: the costing service against SQL by hand and against a loop."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from costing.domain.summary import CostSummary
from costing.domain.vocabulary import Basis, By
from costing.selectors.costs import cost_summaries
from ta_portal.bench.measuring import Case, Rival, Side
from ta_portal.bench.subject import Subject, raw

CURRENCY = "USD"
_CENT = Decimal("0.01")

Sums = dict[tuple[int, str | None], Decimal]


def cost_cases(subject: Subject) -> list[Case]:
    values = {"as_of": subject.as_of, "cut_off": subject.cut_off}
    return [
        Case(
            "cost summary, whole portfolio",
            Side("ours", lambda: _ours(subject), _of_summaries),
            [
                Rival(Side("SQL by hand", lambda: raw("raw_costs.sql", values), _of_rows), 1.5),
                Rival(Side("loop in Python", lambda: _loop(raw("raw_lines.sql", values)), _without_zeros), 1.0),
            ],
        )
    ]


def _ours(subject: Subject) -> dict[int, CostSummary]:
    return cost_summaries(
        subject.ids, basis=Basis.ACTUAL, by=By.CATEGORY, currency=CURRENCY, as_of=subject.as_of, cut_off=subject.cut_off
    )


def _of_summaries(summaries: dict[int, CostSummary]) -> Sums:
    found: Sums = {}
    for key, summary in summaries.items():
        for bucket, amount in [*summary.groups.items(), *summary.outside.items(), (None, summary.uncategorised)]:
            found[key, bucket] = Decimal(amount)
    return _without_zeros(found)


def _of_rows(rows: list[Any]) -> Sums:
    return _without_zeros({(row[0], row[1]): row[2] for row in rows if row[2] is not None})


def _loop(rows: list[Any]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for engagement, bucket, currency, amount, num, den, base_amount, booked in rows:
        worth = booked if booked is not None else amount
        if booked is None and currency != CURRENCY:
            if num is None and base_amount is None:
                continue
            exact = base_amount if num is None else amount * num / den
            worth = exact.quantize(_CENT, ROUND_HALF_UP)
        sums[engagement, bucket] += worth
    return sums


def _without_zeros(sums: Sums) -> Sums:
    return {key: amount for key, amount in sums.items() if amount}
