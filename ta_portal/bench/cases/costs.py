"""What was spent, by engagement and category, and what is left out: our service against SQL by hand and a loop."""

import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from costing.domain.summary import CostSummary
from costing.domain.vocabulary import Basis, By, ItemKind, Reason
from costing.selectors.costs import cost_summaries
from ta_portal.bench.measuring import Case, Rival, Side
from ta_portal.bench.subject import Subject, raw

CURRENCY = "USD"
_CENT = Decimal("0.01")

Sums = dict[str | None, Decimal]
# Kind, id, category, amount, currency, date, reason.
LeftOut = tuple[str, str, str | None, Decimal, str, str, str]
# By engagement: what was spent by category or kind, where it is not zero, and every entry that is left out.
Answer = dict[int, tuple[Sums, set[LeftOut]]]


def cost_cases(subject: Subject) -> list[Case]:
    values = {"as_of": subject.as_of, "cut_off": subject.cut_off}
    return [
        Case(
            "cost summary, whole portfolio",
            Side("ours", lambda: _ours(subject), _of_summaries),
            [
                Rival(Side("SQL by hand", lambda: raw("raw_costs.sql", values), _of_rows), 1.5),
                Rival(
                    Side("loop in Python", lambda: _loop(subject, raw("raw_lines.sql", values)), _without_zeros), 1.0
                ),
            ],
        )
    ]


def _ours(subject: Subject) -> dict[int, CostSummary]:
    return cost_summaries(
        subject.ids, basis=Basis.ACTUAL, by=By.CATEGORY, currency=CURRENCY, as_of=subject.as_of, cut_off=subject.cut_off
    )


def _of_summaries(summaries: dict[int, CostSummary]) -> Answer:
    found: Answer = {}
    for key, summary in summaries.items():
        sums: Sums = {None: summary.uncategorised}
        sums.update(summary.groups)
        sums.update({str(kind): amount for kind, amount in summary.outside.items()})
        left_out: set[LeftOut] = {
            (one.kind, one.id, one.category, one.amount, one.currency, one.date.isoformat(), one.reason)
            for one in summary.unconverted
        }
        found[key] = sums, left_out
    return _without_zeros(found)


def _of_rows(rows: list[Any]) -> Answer:
    found: Answer = {}
    for key, bucket, amount, listed in rows:
        sums, left_out = found.setdefault(key, ({}, set()))
        sums[bucket] = amount or Decimal(0)
        for one in json.loads(listed) if listed else ():
            left_out.add(
                (one["kind"], one["id"], one["category"], Decimal(one["amount"]), one["currency"], one["date"],
                 one["reason"])
            )  # fmt: skip
    return _without_zeros(found)


def _loop(subject: Subject, rows: list[Any]) -> Answer:
    found: Answer = {key: (defaultdict(Decimal), set()) for key in subject.ids}
    for engagement, category, outside, currency, amount, num, den, base_amount, booked, ident, on in rows:
        sums, left_out = found[engagement]
        worth = booked if booked is not None else amount
        if booked is None and currency != CURRENCY:
            if num is None and base_amount is None:
                entry, why = ItemKind.LEDGER_ENTRY, Reason.NO_VALUATION
                left_out.add((entry, ident, category, amount, currency, on.isoformat(), why))
                continue
            worth = base_amount if num is None else amount * num / den
        sums[category or outside] += worth.quantize(_CENT, ROUND_HALF_UP)
    return found


def _without_zeros(found: Answer) -> Answer:
    return {
        key: ({bucket: amount for bucket, amount in sums.items() if amount}, left_out)
        for key, (sums, left_out) in found.items()
    }
