"""Made-up portfolios as plain values, and their way into the database. The oracle reads the values alone."""

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from costing.models import CostLine, CostLineKey, LedgerEntry, LedgerValuation, RateSet, RateSetRate, RateSource
from programmes import models as programmes
from tests import factories

AS_OF = dt.date(2024, 12, 31)
QUARTERS = [
    (dt.date(2024, 1, 1), dt.date(2024, 3, 31)),
    (dt.date(2024, 4, 1), dt.date(2024, 6, 30)),
    (dt.date(2024, 7, 1), dt.date(2024, 9, 30)),
    (dt.date(2024, 10, 1), dt.date(2024, 12, 31)),
    (dt.date(2025, 1, 1), dt.date(2025, 3, 31)),  # after the day of the report: must not count
]
SCALE = ["D", "C", "B", "A"]
# The catalogue: a code for each method, and what its unit is where it is not changed on purpose.
CATALOGUE = {
    "CAT-SUM": ("sum", "people"),
    "CAT-RATIO": ("ratio_of_sums", "percent"),
    "CAT-MEAN": ("simple_mean", "points"),
    "CAT-ORD": ("ordinal_latest", "score A to D"),
}
CATEGORIES = ["salaries", "travel_accommodation", "training_materials", "equipment", "logistics"]
COUNTRIES = ["MD", "SN", "XF"]
AREAS = ["REV", "DEB", None]
DONORS = ["GOF", "MCF", "ZAF"]
# What one unit of a currency is in the report's: fixed, so that conversion is the costing tests' matter and not these'.
RATES = {"EUR": Decimal("1.0905"), "XCD": Decimal("0.370370370370370")}


@dataclass
class Indicator:
    code: str
    method: str
    unit: str
    weight: Decimal
    baseline: Decimal | str
    target: Decimal | str
    # One for each quarter: None not reported, a value, or a numerator and denominator.
    observed: list
    catalogue: str | None


@dataclass
class Outcome:
    code: str
    weight: Decimal
    assigned: int | None
    indicators: list[Indicator]


@dataclass
class Item:
    """A planned line or an entry of the ledger."""

    measure: str  # planned, committed, actual
    on: dt.date
    amount: Decimal
    currency: str
    category: str | None
    outside: str | None
    donor: str | None


@dataclass
class Engagement:
    ref: str
    programme: str
    area: str | None
    recipients: dict[str, Decimal]
    donors: list[str]
    outcomes: list[Outcome]
    items: list[Item]
    milestones: list[tuple[dt.date, dt.date | None]] = field(default_factory=list)


def random_portfolio(seed, engagements, currency):
    dice = random.Random(seed)
    nothing_yet = Engagement("ENG-NEW", "P-B", None, {}, [], [], [])
    return [nothing_yet, *(_engagement(dice, number, currency) for number in range(engagements))]


def _engagement(dice, number, currency):
    donors = dice.sample(DONORS, dice.randint(0, 3))
    return Engagement(
        ref=f"ENG-{number}",
        programme=dice.choice(["P-A", "P-B"]),
        area=dice.choice(AREAS),
        recipients=dice.choice(
            [
                {},
                {dice.choice(COUNTRIES): Decimal(100)},
                {"MD": Decimal("33.3333"), "SN": Decimal("33.3333"), "XF": Decimal("33.3334")},
                {"SN": Decimal("12.5"), "289": Decimal("87.5")},
            ]
        ),
        donors=donors,
        outcomes=[_outcome(dice, f"O{place}") for place in range(dice.randint(0, 3))],
        items=[_item(dice, donors, currency) for _ in range(dice.randint(0, 9))],
        milestones=[_milestone(dice) for _ in range(dice.randint(0, 4))],
    )


def _outcome(dice, code):
    indicators = [_indicator(dice, f"{code}I{place}") for place in range(dice.randint(0, 4))]
    return Outcome(code, Decimal(dice.choice(["1", "2.5", "0"])), dice.choice([None, 2]), indicators)


def _indicator(dice, code):
    catalogue = dice.choice([*CATALOGUE, None])
    method, unit = CATALOGUE.get(catalogue, (dice.choice(["sum", "latest", "max", "min", "simple_mean"]), "days"))
    if dice.random() < 0.1:
        unit += " (old)"
    weight = Decimal(dice.choice(["1", "1", "3", "0.25"]))
    observed = [_observed(dice, method) for _ in QUARTERS]
    if method == "ordinal_latest":
        return Indicator(code, method, unit, weight, "D", dice.choice(["B", "A", "D"]), observed, catalogue)
    baseline, target = (Decimal(dice.randint(-50, 400)) / 4 for _ in range(2))
    return Indicator(code, method, unit, weight, baseline, dice.choice([target, target, baseline]), observed, catalogue)


def _observed(dice, method):
    if dice.random() < 0.45:
        return None
    if method == "ordinal_latest":
        return dice.choice(SCALE)
    if method == "ratio_of_sums":
        return Decimal(dice.randint(0, 300)), Decimal(dice.choice([0, 7, 300]))
    return Decimal(dice.randint(-100, 1000)) / 7 // Decimal("0.0001") * Decimal("0.0001")


def _item(dice, donors, currency):
    category, outside = dice.choice([*((name, None) for name in CATEGORIES), (None, "fee"), (None, None)])
    return Item(
        measure=dice.choice(["planned", "committed", "actual", "actual"]),
        on=dice.choice([dt.date(2024, 5, 17), dt.date(2024, 12, 31), dt.date(2025, 1, 1)]),
        amount=Decimal(dice.randint(-20_000, 900_000)) / 100 or Decimal(1),
        currency=dice.choice([currency, currency, "EUR", "XCD", "MRU"]),
        category=category,
        outside=outside,
        donor=dice.choice([*donors, None]),
    )


def _milestone(dice):
    due = dt.date(2024, dice.randint(1, 12), 15)
    return due, dice.choice([None, due, due + dt.timedelta(days=40), dt.date(2025, 2, 1)])


# --- Into the database ---


@transaction.atomic
def write(portfolio, currency, minor_units):
    """All engagements of the portfolio, with sources and rates that count in `currency`."""
    for code, digits in {currency: minor_units, "EUR": 2, "XCD": 2, "MRU": 2}.items():
        programmes.Currency.objects.update_or_create(code=code, defaults={"name": code, "minor_units": digits})
    programmes.Region.objects.get_or_create(code="289", defaults={"name": "South of Sahara, regional"})
    area = factories.PracticeAreaFactory()
    for code, (method, unit) in CATALOGUE.items():
        programmes.CatalogueIndicator.objects.get_or_create(
            code=code,
            defaults={
                "area": area,
                "objective": "",
                "outcome": "",
                "title": code,
                "definition": "",
                "unit": unit,
                "measure": "unit",
                "iati_measure": "1",
                "direction": "increase",
                "method": method,
                "framework": "",
            },
        )
    known = _Known(currency)
    for engagement in portfolio:
        _write_engagement(engagement, known)


class _Known:
    """Rows that engagements share."""

    def __init__(self, currency):
        self.currency = currency
        source = RateSource.objects.get_or_create(
            code="made-up", defaults={"pivot_id": currency, "frequency": "daily", "grace_days": 7}
        )[0]
        self.rate_set = RateSet.objects.create(code="made-up", base_id=currency)
        for code, rate in RATES.items():
            RateSetRate.objects.create(rate_set=self.rate_set, currency_id=code, num=rate)
        self.donors = {code: factories.OrganisationFactory(code=code) for code in DONORS}
        self.author, self.approver = factories.UserFactory(), factories.UserFactory()
        make = factories.ProgrammeFactory
        self.programmes = {
            code: make(code=code, currency_id=currency, currency=None, rate_source=source.code, lead=None)
            for code in ("P-A", "P-B")
        }
        factories.PracticeAreaFactory(code="DEB")


def _write_engagement(given, known):
    engagement = factories.EngagementFactory(
        ref=given.ref, programme=known.programmes[given.programme], practice_area=None, country=False
    )
    engagement.practice_area_id = given.area
    engagement.save()
    for code, pct in given.recipients.items():
        place = {"region_id": code} if code.isdigit() else {"country": factories.CountryFactory(iso2=code)}
        programmes.EngagementRecipient.objects.create(engagement=engagement, pct=pct, **place)
    agreements = {
        code: factories.FundingAgreementFactory(engagement=engagement, contributor=known.donors[code])
        for code in given.donors
    }
    for outcome in given.outcomes:
        _write_outcome(engagement, outcome, known)
    for due, done in given.milestones:
        factories.MilestoneFactory(engagement=engagement, due=due, done=done)
    _write_items(engagement, given.items, agreements, known)


def _write_outcome(engagement, given, known):
    outcome = factories.OutcomeFactory(
        engagement=engagement,
        code=given.code,
        weight=given.weight,
        assigned_rating=given.assigned,
        assigned_reason="Seen.",
    )
    for sheet in given.indicators:
        is_level = sheet.method == "ordinal_latest"
        indicator = factories.IndicatorFactory(
            outcome=outcome, code=sheet.code, method=sheet.method, unit=sheet.unit, weight=sheet.weight,
            catalogue_id=sheet.catalogue, frequency="quarterly", time_window="since_start",
            scale=SCALE if is_level else None, baseline=None if is_level else sheet.baseline,
            baseline_level=sheet.baseline if is_level else None,
        )  # fmt: skip
        programmes.IndicatorTarget.objects.create(
            indicator=indicator, due=AS_OF, **{"level" if is_level else "value": sheet.target}
        )
        for (start, end), observed in zip(QUARTERS, sheet.observed, strict=True):
            _write_observation(indicator, start, end, observed, known)


def _write_observation(indicator, start, end, observed, known):
    figures = {"value": None, "reported": observed is not None}
    if isinstance(observed, tuple):
        figures |= {"numerator": observed[0], "denominator": observed[1]}
    elif observed is not None:
        figures |= {"level" if isinstance(observed, str) else "value": observed}
    observation = factories.ObservationFactory(indicator=indicator, period_start=start, period_end=end, **figures)
    programmes.ObservationRevision.objects.create(
        observation=observation, seq=1, status="accepted", by=known.author, **figures
    )


def _write_items(engagement, items, agreements, known):
    budget = factories.BudgetFactory(engagement=engagement, rate_set=known.rate_set, drafted_by=known.author)
    for number, item in enumerate(items):
        common = {
            "amount": item.amount, "currency_id": item.currency, "category": item.category, "outside": item.outside,
            "agreement": agreements.get(item.donor),
        }  # fmt: skip
        if item.measure == "planned":
            CostLine.objects.create(
                budget=budget, key=CostLineKey.objects.create(engagement=engagement, code=f"C{number}"), quantity=1,
                unit="sum", unit_cost=item.amount, planned=factories.days(item.on.isoformat(), None), **common,
            )  # fmt: skip
        else:
            _write_entry(engagement, item, common, known, f"{engagement.ref}-{number}")
    budget.state, budget.approved_by, budget.approved_at = "approved", known.approver, timezone.now()
    budget.save()


def _write_entry(engagement, item, common, known, name):
    kind = {"committed": "commitment", "actual": "expenditure"}[item.measure]
    entry = LedgerEntry.objects.create(
        engagement=engagement,
        kind=kind,
        on_date=item.on,
        source="made-up",
        external_ref=name,
        by=known.author,
        **common,
    )
    if rate := RATES.get(item.currency):
        LedgerValuation.objects.create(entry=entry, seq=1, num=rate, den=1, by=known.author)
