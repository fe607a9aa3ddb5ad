"""Portfolios that Hypothesis makes up: what is in them, and how they get into the database.

Rows are written as they are, not through the services: only so can they be posted, quoted and approved at any instant.
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import strategies as st

from costing import models
from costing.domain.vocabulary import Category, EntryKind, Outside
from programmes.models import Currency, Engagement, Organisation, Programme
from ta_portal.accounts.models import User
from ta_portal.money.exact import decimal_of_units
from tests import factories as make

DIGITS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}
CODES = sorted(DIGITS)
# Few, so that quotes meet entries: around the last days that a rate of 1 January serves, 8 January and 2 March.
DAYS = [
    dt.date(2024, month, day)
    for month, day in [(1, 1), (1, 2), (1, 8), (1, 9), (1, 31), (2, 29), (3, 1), (3, 2), (3, 3), (4, 1)]
]
INSTANTS = [dt.datetime(2025, month, 1, 12, tzinfo=dt.UTC) for month in (1, 2, 3)]
STREAMS, DONORS, LINES = ("WS1", "WS2"), ("AAA", "BBB"), ("C1", "C2", "C3")


@dataclass(frozen=True)
class Source:
    code: str
    pivot: str
    frequency: str
    grace_days: int


MONTHLY = Source("monthly", "USD", "monthly", 31)
DAILY = Source("daily", "EUR", "daily", 7)
# Each programme has a source and a currency of its own; the second's currency is not its source's pivot.
PROGRAMMES = ((MONTHLY, "USD"), (DAILY, "JPY"))


@dataclass(frozen=True)
class Quote:
    source: Source
    currency: str
    inverse: bool
    on_date: dt.date
    value: Decimal
    seq: int
    known_at: dt.datetime


@dataclass(frozen=True)
class Line:
    code: str
    bucket: Category | Outside | None
    workstream: str | None
    donor: str | None
    currency: str
    amount: Decimal
    on_date: dt.date


@dataclass(frozen=True)
class Version:
    approved_at: dt.datetime | None
    base: str
    rates: dict[str, tuple[Decimal, Decimal]]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Valued:
    num: Decimal | None
    den: Decimal | None
    base_amount: Decimal | None
    known_at: dt.datetime


@dataclass(frozen=True)
class Entry:
    kind: EntryKind
    is_advance: bool
    bucket: Category | Outside | None
    workstream: str | None
    donor: str | None
    line: str | None
    currency: str
    amount: Decimal
    booked: Decimal | None
    on_date: dt.date
    posted_at: dt.datetime
    valuations: tuple[Valued, ...]
    is_reversed: bool = False


@dataclass(frozen=True)
class Plan:
    """One engagement: which programme it is of, the currency of each donor's agreement, its budgets and its entries."""

    programme: int
    agreements: dict[str, str]
    versions: tuple[Version, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Portfolio:
    quotes: tuple[Quote, ...]
    plans: tuple[Plan, ...]


Below = dict[str, dict[str | None, object]]
"""The rows below one engagement that lines and entries point at, by what they are and by code."""


days = st.sampled_from(DAYS)
instants = st.sampled_from(INSTANTS)
codes = st.sampled_from(CODES)
buckets = st.one_of(st.none(), st.sampled_from(Category), st.sampled_from(Outside))
rates = st.one_of(
    st.sampled_from([Decimal("1.0905"), Decimal("0.370370370370"), Decimal("151.37"), Decimal("1E-15"), Decimal("3")]),
    st.integers(1, 10**30 - 1).map(lambda units: decimal_of_units(units, 15)),
)


@st.composite
def amounts(draw, code: str, *, signed: bool):
    units = draw(st.one_of(st.integers(1, 99_999), st.integers(10**17, 10**19)))
    sign = draw(st.sampled_from((1, -1))) if signed else 1
    return decimal_of_units(sign * units, DIGITS[code])


@st.composite
def quotes(draw) -> tuple[Quote, ...]:
    """Gaps, corrections, both directions."""
    found, numbers = [], {}
    for source in (MONTHLY, DAILY):
        for currency in CODES:
            for _ in range(draw(st.integers(0, 4)) if currency != source.pivot else 0):
                pair = (source, currency, draw(st.booleans()), draw(days))
                numbers[pair] = numbers.get(pair, 0) + 1
                found.append(Quote(*pair, value=draw(rates), seq=numbers[pair], known_at=draw(instants)))
    return tuple(found)


@st.composite
def lines(draw, code: str) -> Line:
    currency = draw(codes)
    return Line(
        code,
        draw(buckets),
        draw(st.sampled_from((*STREAMS, None))),
        draw(st.sampled_from((*DONORS, None))),
        currency,
        draw(amounts(currency, signed=False)),
        draw(days),
    )


@st.composite
def versions(draw) -> Version:
    base = draw(codes)
    others = draw(st.sets(st.sampled_from([code for code in CODES if code != base])))
    return Version(
        draw(st.one_of(instants, instants, st.none())),
        base,
        {code: (draw(rates), draw(rates)) for code in sorted(others)},
        tuple(draw(lines(code)) for code in LINES[: draw(st.integers(0, 3))]),
    )


@st.composite
def entries(draw, agreements: dict[str, str]) -> Entry:
    currency, donor = draw(codes), draw(st.sampled_from((*DONORS, None)))
    amount = draw(amounts(currency, signed=True))
    booked = draw(st.one_of(st.none(), amounts(agreements[donor], signed=True))) if donor else None
    kind = draw(st.sampled_from(EntryKind))
    return Entry(
        kind,
        draw(st.booleans()) and kind is EntryKind.DISBURSEMENT,
        draw(buckets),
        draw(st.sampled_from((*STREAMS, None))),
        donor,
        draw(st.sampled_from((*LINES, None))),
        currency,
        amount,
        booked,
        draw(days),
        draw(instants),
        tuple(draw(st.lists(valued(), max_size=2))),
        draw(st.booleans()),
    )


@st.composite
def valued(draw) -> Valued:
    if draw(st.booleans()):
        return Valued(draw(rates), draw(rates), None, draw(instants))
    return Valued(None, None, draw(amounts("USD", signed=True)), draw(instants))


@st.composite
def plans(draw) -> Plan:
    agreements = {donor: draw(codes) for donor in DONORS}
    return Plan(
        draw(st.integers(0, 1)),
        agreements,
        tuple(draw(st.lists(versions(), max_size=3))),
        tuple(draw(st.lists(entries(agreements), max_size=6))),
    )


portfolios = st.builds(Portfolio, quotes(), st.lists(plans(), min_size=1, max_size=3).map(tuple))


def _each_way() -> Portfolio:
    """Every way from an amount to a currency, which chance finds seldom: 150 yen are a euro, a dinar 3.3."""
    first, day, stale = INSTANTS[0], DAYS[1], DAYS[7]
    rate, amount = Valued(Decimal(7), Decimal(3), None, first), Valued(None, None, Decimal("40.25"), first)
    ways = [  # currency, amount, booked, day, valuations
        ("JPY", Decimal(1000), None, day, ()),
        ("EUR", Decimal("10.01"), None, day, ()),
        ("CLF", Decimal("0.0007"), Decimal("8.125"), day, (rate,)),
        ("CLF", Decimal("1.2345"), None, day, (rate,)),
        ("CLF", Decimal("1.2345"), None, day, (amount,)),
        ("CLF", Decimal("1.2345"), None, day, (rate, amount)),
        ("CLF", Decimal("1.2345"), None, day, ()),
        ("CLF", Decimal("1.2345"), None, stale, (rate,)),
    ]
    entries = tuple(
        Entry(kind, False, Category.EQUIPMENT, "WS1", "AAA", "C1", code, worth, booked, on, first, valuations)
        for kind in (EntryKind.EXPENDITURE, EntryKind.COMMITMENT)
        for code, worth, booked, on, valuations in ways
    )
    quoted = tuple(
        Quote(DAILY, code, inverse, DAYS[0], value, 1, first)
        for code, inverse, value in (("JPY", True, Decimal(150)), ("KWD", False, Decimal("3.3")))
    )
    version = Version(first, "USD", {"JPY": (Decimal(2), Decimal(300)), "EUR": (Decimal(11), Decimal(10))}, (
        Line("C1", Category.EQUIPMENT, "WS1", "AAA", "JPY", Decimal(1000), day),
        Line("C2", Category.EQUIPMENT, "WS1", "AAA", "EUR", Decimal("10.01"), day),
        Line("C3", Category.EQUIPMENT, "WS1", "AAA", "KWD", Decimal("1.001"), day),
    ))  # fmt: skip
    return Portfolio(quoted, (Plan(1, {"AAA": "KWD", "BBB": "USD"}, (version,), entries),))


EACH_WAY = _each_way()


def postings(plan: Plan) -> list[Entry]:
    """The plan's entries, each reversed one followed by its mirror."""
    return [each for entry in plan.entries for each in ([entry, mirror(entry)] if entry.is_reversed else [entry])]


def mirror(entry: Entry) -> Entry:
    """The negated amount at the original's rates."""
    valuations = tuple(replace(v, base_amount=-v.base_amount if v.base_amount else None) for v in entry.valuations)
    booked = -entry.booked if entry.booked else None
    return replace(entry, amount=-entry.amount, booked=booked, valuations=valuations)


def write(portfolio: Portfolio, by: User) -> dict[int, Plan]:
    """Put it into the database; says which engagement is which plan."""
    for code, digits in DIGITS.items():
        Currency.objects.update_or_create(code=code, defaults={"name": code, "minor_units": digits})
    for source in (MONTHLY, DAILY):
        models.RateSource.objects.create(
            code=source.code, pivot_id=source.pivot, frequency=source.frequency, grace_days=source.grace_days
        )
    models.ExchangeRate.objects.bulk_create(_rate(quote) for quote in portfolio.quotes)
    programmes = [
        make.ProgrammeFactory(rate_source=source.code, currency=make.CurrencyFactory(code=code))
        for source, code in PROGRAMMES
    ]
    donors = {donor: make.OrganisationFactory(code=donor) for donor in DONORS}
    return {_write_plan(plan, programmes[plan.programme], donors, by): plan for plan in portfolio.plans}


def _rate(quote: Quote) -> models.ExchangeRate:
    base, against = quote.currency, quote.source.pivot
    if quote.inverse:
        base, against = against, base
    return models.ExchangeRate(
        source_id=quote.source.code,
        base_id=base,
        quote_id=against,
        on_date=quote.on_date,
        value=quote.value,
        seq=quote.seq,
        known_at=quote.known_at,
    )


def _write_plan(plan: Plan, programme: Programme, donors: dict[str, Organisation], by: User) -> int:
    engagement = make.EngagementFactory(programme=programme)
    below = {
        "workstream": {code: make.WorkstreamFactory(engagement=engagement, code=code) for code in STREAMS},
        "agreement": {
            donor: make.FundingAgreementFactory(
                engagement=engagement, contributor=donors[donor], currency=make.CurrencyFactory(code=code)
            )
            for donor, code in plan.agreements.items()
        },
        "line": {code: models.CostLineKey.objects.create(engagement=engagement, code=code) for code in LINES},
    }
    for number, version in enumerate(plan.versions, start=1):
        _write_version(engagement, number, version, below, by)
    for number, entry in enumerate(postings(plan)):
        _write_entry(engagement, f"{engagement.pk}-{number}", entry, below, by)
    return engagement.pk


def _write_version(engagement: Engagement, number: int, version: Version, below: Below, by: User) -> None:
    rate_set = models.RateSet.objects.create(code=f"{engagement.pk}-{number}", base_id=version.base)
    models.RateSetRate.objects.bulk_create(
        models.RateSetRate(rate_set=rate_set, currency_id=code, num=num, den=den)
        for code, (num, den) in version.rates.items()
    )
    budget = make.BudgetFactory(engagement=engagement, version=number, rate_set=rate_set, drafted_by=by)
    models.CostLine.objects.bulk_create(
        models.CostLine(
            budget=budget,
            key=below["line"][line.code],
            workstream=below["workstream"].get(line.workstream),
            agreement=below["agreement"].get(line.donor),
            quantity=1,
            unit="lot",
            unit_cost=line.amount,
            amount=line.amount,
            currency_id=line.currency,
            planned=DateRange(line.on_date, line.on_date + dt.timedelta(days=90), "[)"),
            **_bucket(line.bucket),
        )
        for line in version.lines
    )
    if version.approved_at:
        # Superseded or approved is one here: all but drafts count from their instant, and only one may stand approved.
        models.Budget.objects.filter(pk=budget.pk).update(
            state="superseded", approved_by=make.UserFactory(), approved_at=version.approved_at
        )


def _write_entry(engagement: Engagement, ref: str, entry: Entry, below: Below, by: User) -> None:
    posted = models.LedgerEntry.objects.create(
        engagement=engagement,
        kind=entry.kind,
        is_advance=entry.is_advance,
        on_date=entry.on_date,
        amount=entry.amount,
        currency_id=entry.currency,
        booked_amount=entry.booked,
        workstream=below["workstream"].get(entry.workstream),
        agreement=below["agreement"].get(entry.donor),
        line_key=below["line"].get(entry.line),
        posted_at=entry.posted_at,
        source="test",
        external_ref=ref,
        by=by,
        **_bucket(entry.bucket),
    )
    models.LedgerValuation.objects.bulk_create(
        models.LedgerValuation(
            entry=posted, seq=seq, num=v.num, den=v.den, base_amount=v.base_amount, known_at=v.known_at, by=by
        )
        for seq, v in enumerate(entry.valuations, start=1)
    )


def _bucket(bucket: Category | Outside | None) -> dict[str, str | None]:
    return {
        "category": bucket if isinstance(bucket, Category) else None,
        "outside": bucket if isinstance(bucket, Outside) else None,
    }
