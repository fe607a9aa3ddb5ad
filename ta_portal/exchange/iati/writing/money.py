"""Budgets and transactions of an activity: from the approved plan and from the ledger."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from costing.domain.vocabulary import Category, EntryKind
from costing.models import CostLine, LedgerEntry
from programmes.models import Engagement, Organisation
from ta_portal.exchange.iati.money import ENTRY_KINDS
from ta_portal.exchange.iati.writing.days import first_day, last_day
from ta_portal.exchange.iati.writing.elements import money, narrative, told, under

_CODES = {kind: code for code, kind in ENTRY_KINDS.items()}
ORIGINAL, REVISED = "1", "2"
_INDICATIVE, _COMMITTED = "1", "2"


@dataclass(frozen=True, slots=True)
class _Planned:
    starts: dt.date
    ends: dt.date
    currency: str
    amount: Decimal
    status: str


def write_budgets(found: etree._Element, engagement: Engagement, facts: Mapping[str, Any]) -> None:
    """The first approved version as the original; what the last one has otherwise, as revised."""
    versions = list(engagement.budgets.all())
    if not versions:
        return
    committed = set(facts.get("committed_budgets", []))
    original = list(_planned(versions[0].lines.all(), committed))
    revised = list(_planned(versions[-1].lines.all(), committed)) if len(versions) > 1 else []
    for kind, budgets in ((ORIGINAL, original), (REVISED, [other for other in revised if other not in original])):
        for planned in budgets:
            element = under(found, "budget", type=kind, status=planned.status)
            under(element, "period-start", iso_date=str(planned.starts))
            under(element, "period-end", iso_date=str(planned.ends))
            money(element, planned.amount, planned.currency, planned.starts)


def _planned(lines: Iterable[CostLine], committed: set[str]) -> Iterator[_Planned]:
    """A line planned over a period is that period's budget; those of single days add up by calendar year and currency.

    Salaries always add up: a published line could lead to a named person's rate.
    """
    years: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        starts = first_day(line.planned)
        ends = last_day(line.planned) or starts
        if starts == ends or line.category == Category.SALARIES:
            years[starts.year, line.currency_id] += line.amount
        else:
            status = _COMMITTED if line.key.code in committed else _INDICATIVE
            yield _Planned(starts, ends, line.currency_id, line.amount, status)
    for (year, currency), amount in sorted(years.items()):
        yield _Planned(dt.date(year, 1, 1), dt.date(year, 12, 31), currency, amount, _INDICATIVE)


@dataclass(frozen=True, slots=True)
class _Posted:
    kind: str
    on: dt.date
    currency: str
    amount: Decimal
    ref: str | None
    description: str
    provider: Organisation | None


def write_transactions(found: etree._Element, engagement: Engagement) -> None:
    """Every entry, reversals too: by kind and currency they come to what the ledger does."""
    entries = list(engagement.ledger_entries.all())
    salaries = [entry for entry in entries if entry.category == Category.SALARIES]
    others = [entry for entry in entries if entry.category != Category.SALARIES]
    posted = [*(_posted(entry) for entry in others), *_added_up(salaries)]
    for each in sorted(posted, key=lambda each: each.on):
        element = under(found, "transaction", ref=each.ref)
        under(element, "transaction-type", code=_CODES[EntryKind(each.kind)])
        under(element, "transaction-date", iso_date=str(each.on))
        money(element, each.amount, each.currency, each.on)
        if each.description:
            told(element, "description", each.description)
        if each.provider is not None:
            provider = under(element, "provider-org", ref=each.provider.iati_ref or None, type=each.provider.kind)
            narrative(provider, each.provider.name)


def _posted(entry: LedgerEntry) -> _Posted:
    own = entry.external_ref.partition(":")[2] if entry.source.startswith("iati:") else entry.external_ref
    return _Posted(
        kind=entry.kind,
        on=entry.on_date,
        currency=entry.currency_id,
        amount=entry.amount,
        ref=own or None,
        description=entry.description,
        provider=entry.agreement.contributor if entry.agreement else None,
    )


def _added_up(salaries: Iterable[LedgerEntry]) -> Iterator[_Posted]:
    """By kind, currency, donor and year, on the last day of each: what an expert is paid must not be read from them."""
    groups: dict[tuple[str, str, int | None, int], list[LedgerEntry]] = defaultdict(list)
    for entry in salaries:
        groups[entry.kind, entry.currency_id, entry.agreement_id, entry.on_date.year].append(entry)
    for (kind, currency, _agreement, _year), entries in groups.items():
        last = max(entries, key=lambda entry: entry.on_date)
        yield _Posted(
            kind=kind,
            on=last.on_date,
            currency=currency,
            amount=sum((entry.amount for entry in entries), Decimal(0)),
            ref=None,
            description="",
            provider=last.agreement.contributor if last.agreement else None,
        )
