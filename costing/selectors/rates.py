"""The rate that serves an entry, and the entries that a corrected rate would value otherwise."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costing.domain.vocabulary import Reason
from costing.models import LedgerEntry
from programmes.selectors.rows import named_rows


@dataclass(frozen=True, slots=True)
class ServingRate:
    """The rate that serves a day, as quoted: `amount * num / den`. The pivot, at 1, has no `rate_id`."""

    num: Decimal
    den: Decimal
    rate_id: int | None = None


def rate_of_entry(entry: LedgerEntry, *, cut_off: dt.datetime | None = None) -> ServingRate | Reason:
    """What its programme's source says of the entry's currency on its date, known at the cut-off, or now. One query."""
    [row] = named_rows(
        """SELECT r.* FROM engagement e JOIN programme p ON p.id = e.programme_id
               CROSS JOIN LATERAL ta_rate_as_of(p.rate_source, %s, %s, coalesce(%s, statement_timestamp())) r
               WHERE e.id = %s""",
        [entry.currency_id, entry.on_date, cut_off, entry.engagement_id],
    )
    if row["reason"]:
        return Reason(row["reason"])
    return ServingRate(row["num"], row["den"], row["rate_id"])


@dataclass(frozen=True, slots=True)
class Revaluation:
    """An entry that its source's rates, as known now, would value otherwise; `valued_at` None: it is unconverted."""

    entry: LedgerEntry
    rate: ServingRate
    valued_at: ServingRate | None


def revaluations(engagement_ids: Collection[int], *, cut_off: dt.datetime) -> list[Revaluation]:
    """Entries that a corrected rate would change, oldest first: a finance officer revalues them or not. Two queries."""
    found = {
        row["entry_id"]: row
        for row in named_rows("SELECT * FROM ta_entries_to_revalue(%s, %s)", [list(engagement_ids), cut_off])
    }
    return [
        Revaluation(
            entry,
            ServingRate(found[entry.pk]["num"], found[entry.pk]["den"], found[entry.pk]["rate_id"]),
            _valued_at(found[entry.pk]),
        )
        for entry in LedgerEntry.objects.filter(pk__in=found).order_by("on_date", "pk")
    ]


def _valued_at(row: Mapping[str, Any]) -> ServingRate | None:
    return None if row["valued_num"] is None else ServingRate(row["valued_num"], row["valued_den"])
