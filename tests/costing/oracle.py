"""The third reading of the rules: whole numbers and Fractions, day by day, written apart from the code it judges."""

import calendar
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from costing.domain.vocabulary import Category, EntryKind, Outside
from tests.costing.portfolios import DIGITS, PROGRAMMES, Entry, Plan, Portfolio, Source, Version, postings

COUNTS = {
    EntryKind.COMMITMENT: "committed",
    EntryKind.EXPENDITURE: "actual",
    EntryKind.DISBURSEMENT: "actual",
    EntryKind.INCOMING_COMMITMENT: "pledged",
    EntryKind.INCOMING: "received",
}


class Gap(Exception):
    """No figure, and why."""


def cents(value: Fraction, code: str) -> int:
    """In minor units; a half goes away from zero."""
    scaled = abs(value) * 10 ** DIGITS[code]
    units = (scaled + Fraction(1, 2)).__floor__()
    return units if value >= 0 else -units


def market(portfolio: Portfolio, source: Source, code: str, day: dt.date, known: dt.datetime) -> Fraction:
    """Walk back from the day to the first date with a quote; it has to be young enough."""
    if code == source.pivot:
        return Fraction(1)
    mine = [q for q in portfolio.quotes if q.source == source and q.currency == code and q.known_at <= known]
    for back in range((day - dt.date(2023, 1, 1)).days):
        date = day - dt.timedelta(days=back)
        here = [q for q in mine if q.on_date == date]
        if not here:
            continue
        straight = [q for q in here if not q.inverse] or here
        quote = sorted(straight, key=lambda q: q.seq)[-1]
        month_end = date.replace(day=calendar.monthrange(date.year, date.month)[1])
        oldest_use = (month_end if source.frequency == "monthly" else date) + dt.timedelta(days=source.grace_days)
        if day > oldest_use:
            raise Gap("stale_rate")
        return 1 / Fraction(quote.value) if quote.inverse else Fraction(quote.value)
    raise Gap("no_rate")


def budget_version(plan: Plan, known: dt.datetime) -> Version | None:
    return next((v for v in reversed(plan.versions) if v.approved_at and v.approved_at <= known), None)


def at_budget_rates(version: Version | None, amount: Decimal, code: str, target: str) -> int:
    if code == target:
        return cents(Fraction(amount), target)
    rates = {}
    if version:
        rates = {c: Fraction(num) / Fraction(den) for c, (num, den) in version.rates.items()} | {
            version.base: Fraction(1)
        }
    if code not in rates or target not in rates:
        raise Gap("not_in_rate_set")
    return cents(Fraction(amount) * rates[code] / rates[target], target)


def in_ledger(portfolio: Portfolio, plan: Plan, entry: Entry, target: str, known: dt.datetime) -> int:
    if entry.booked is not None and plan.agreements[entry.donor] == target:
        return cents(Fraction(entry.booked), target)
    if entry.currency == target:
        return cents(Fraction(entry.amount), target)
    if entry.kind is EntryKind.INCOMING_COMMITMENT:
        return at_budget_rates(budget_version(plan, known), entry.amount, entry.currency, target)
    seen = [v for v in entry.valuations if v.known_at <= known]
    if not seen:
        raise Gap("no_valuation")
    last = seen[-1]
    in_pivot = (
        Fraction(last.base_amount)
        if last.num is None
        else Fraction(entry.amount) * Fraction(last.num) / Fraction(last.den)
    )
    return cents(in_pivot / market(portfolio, PROGRAMMES[plan.programme][0], target, entry.on_date, known), target)


def figures(
    portfolio: Portfolio, plan: Plan, target: str, as_of: dt.date, known: dt.datetime
) -> list[tuple[str, object, int | str]]:
    """All lines and entries that are to count: the measure, the item, and its minor units or why there are none."""
    version = budget_version(plan, known)
    planned = [
        ("planned", line, attempt(at_budget_rates, version, line.amount, line.currency, target))
        for line in (version.lines if version else ())
    ]
    posted = [
        (COUNTS[entry.kind], entry, attempt(in_ledger, portfolio, plan, entry, target, known))
        for entry in postings(plan)
        if entry.on_date <= as_of and entry.posted_at <= known and not entry.is_advance
    ]
    return planned + posted


def attempt(rule, *given) -> int | str:
    try:
        return rule(*given)
    except Gap as gap:
        return str(gap)


def key_of(item, by: str) -> str | None:
    if by == "category":
        return item.bucket
    if by == "quarter":
        return f"{item.on_date.year}-Q{1 + (item.on_date.month - 1) // 3}"
    if by == "year":
        return str(item.on_date.year)
    if by == "line":
        return getattr(item, "code", None) or getattr(item, "line", None)
    return getattr(item, by)


def summary(found: list, measure: str, by: str, target: str) -> dict:
    """Groups, outside, uncategorised in minor units, and how many were left out for which reason."""
    groups, outside, reasons = defaultdict(int), defaultdict(int), defaultdict(int)
    uncategorised = 0
    if by == "category":
        groups.update(dict.fromkeys(Category, 0))
    for what, item, units in found:
        if what != measure:
            continue
        amount = units if isinstance(units, int) else 0
        if isinstance(units, str):
            reasons[units] += 1
        if by != "category":
            groups[key_of(item, by) or "unassigned"] += 0
        if isinstance(item.bucket, Outside):
            outside[item.bucket] += amount
        elif item.bucket is None:
            uncategorised += amount
        else:
            groups[key_of(item, by) or "unassigned"] += amount
    return {
        "groups": dict(groups),
        "outside": dict(outside),
        "uncategorised": uncategorised,
        "left_out": dict(reasons),
    }


def by_measure(found: list, donor: str | None) -> dict[str, int]:
    """What one donor promised, brought in and paid for, in minor units."""
    sums = dict.fromkeys(("pledged", "received", "actual"), 0)
    for measure, item, units in found:
        if measure in sums and item.donor == donor and isinstance(units, int):
            sums[measure] += units
    return sums


def native(plan: Plan, found: list, donor: str) -> tuple[Fraction | None, Fraction | None]:
    """Promised and received in the agreement's currency, where every entry is known in it."""
    sums: dict[str, Fraction | None] = {"pledged": Fraction(0), "received": Fraction(0)}
    for measure, entry, _units in found:
        if measure in sums and entry.donor == donor:
            same = entry.amount if entry.currency == plan.agreements[donor] else None
            amount = same if entry.booked is None else entry.booked
            so_far = sums[measure]
            sums[measure] = None if amount is None or so_far is None else so_far + Fraction(amount)
    return sums["pledged"], sums["received"]


def forecasts(found: list, as_of: dt.date) -> dict:
    """By bucket, in minor units: spent, and on top of it the most of nothing, what is unpaid and what begins later."""
    spent, promised, later = defaultdict(int), defaultdict(int), defaultdict(int)
    for what, item, units in found:
        counts = {"actual": spent, "committed": promised, "planned": later}.get(what)
        if counts is None or (what == "planned" and not as_of < item.on_date):
            continue
        counts[item.bucket] += units if isinstance(units, int) else 0
        for each in (spent, promised, later):
            each[item.bucket] += 0
    return {
        bucket: spent[bucket] + sorted((0, promised[bucket] - spent[bucket], later[bucket]))[-1] for bucket in spent
    }
