"""What engagements share: donors and centres, programmes with their rates, and the institutions of each country."""

import datetime as dt
import random
from dataclasses import dataclass

from costing.models import RateSet, RateSetRate
from programmes.models import Country, Institution, Organisation, PracticeArea, Programme
from ta_portal.audit.copying import Table, Tables
from ta_portal.bench.portfolio.course import add_months
from ta_portal.bench.portfolio.rates import PIVOT, Rates
from ta_portal.bench.portfolio.words import ABOUT_PER_USD, AREAS, CENTRES, DONORS

ENGAGEMENTS_IN_PROGRAMME = 20
ENGAGEMENTS_IN_COUNTRY = 50
COUNTRIES_AT_LEAST, COUNTRIES_AT_MOST = 14, 200


@dataclass(frozen=True, slots=True)
class Place:
    iso2: str
    iso3: str
    name: str
    region: str
    currency: str


@dataclass(frozen=True, slots=True)
class Donor:
    id: int
    currency: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A programme: one practice area, a few countries, one currency and the rates its budgets use."""

    id: int
    area: str
    currency: str
    rate_set: int
    countries: list[Place]


def countries_for(engagements: int) -> list[Place]:
    """As many countries as such a portfolio serves, those that the DAC lists first; in the order of their codes."""
    wanted = min(COUNTRIES_AT_MOST, max(COUNTRIES_AT_LEAST, engagements // ENGAGEMENTS_IN_COUNTRY))
    rows = Country.objects.filter(user_assigned=False, currency__isnull=False, iso3__isnull=False)
    receiving = set(rows.filter(facts__indicator="dac_group").values_list("iso2", flat=True))
    columns = rows.values_list("iso2", "iso3", "name", "region", "currency_id").order_by("iso2")
    places = [Place(iso2, iso3 or "", name, region, currency or "") for iso2, iso3, name, region, currency in columns]
    # The same everywhere: scattered over the alphabet, by no locale's order.
    places.sort(key=lambda place: (place.iso2 not in receiving, random.Random(place.iso2).random()))
    return sorted(places[:wanted], key=lambda place: place.iso2)


def write_donors(tables: Tables, prefix: str) -> tuple[list[Donor], list[int]]:
    """Donors, and the centres that administer their money and provide experts."""
    table = tables.of(Organisation, "code", "name", "kind")
    donors = [
        Donor(table.add(f"{prefix}-{iso2}", f"Development Cooperation Office of {name}", "10"), currency)
        for iso2, name, currency in DONORS
    ]
    return donors, [table.add(f"{prefix}-C{nth}", name, "40") for nth, name in enumerate(CENTRES, start=1)]


def write_programmes(
    tables: Tables, prefix: str, number: int, countries: list[Place], donors: list[Donor], rates: Rates, today: dt.date
) -> list[Plan]:
    sets, lines = (
        tables.of(RateSet, "code", "base_id"),
        tables.of(RateSetRate, "rate_set_id", "currency_id", "num", "den"),
    )
    table = tables.of(Programme, "code", "title", "lead_id", "currency_id", "rate_source", "starts", "ends")
    names = dict(PracticeArea.objects.values_list("code", "name"))
    return [
        _write_programme(table, sets, lines, f"{prefix}-P{nth:03d}", nth, countries, donors, rates, today, names)
        for nth in range(1, number + 1)
    ]


def _write_programme(
    table: Table,
    sets: Table,
    lines: Table,
    code: str,
    nth: int,
    countries: list[Place],
    donors: list[Donor],
    rates: Rates,
    today: dt.date,
    names: dict[str, str],
) -> Plan:
    dice = random.Random(code)
    area = list(AREAS)[(nth - 1) % len(AREAS)]
    first = countries[(nth * 7) % len(countries)]
    neighbours = [place for place in countries if place.region == first.region and place is not first]
    served = [first, *dice.sample(neighbours, min(len(neighbours), 5)), *dice.sample(countries, 2)]
    donor, currency = dice.choice(donors), dice.choice([PIVOT, PIVOT, PIVOT, "EUR", "EUR", "GBP"])
    rate_set = sets.add(f"{code} budget", currency)
    # Not every currency has a budget rate: a line in another is shown as unconverted.
    for known in sorted({PIVOT, *ABOUT_PER_USD, *(place.currency for place in served[:-1])} - {currency}):
        lines.add(rate_set, known, rates.about[currency], rates.about[known])
    title = f"{names[area]} in {first.region or first.name}"
    ident = table.add(
        code,
        title,
        donor.id,
        currency,
        rates.source,
        add_months(today, -108),
        add_months(today, 12 * dice.randint(3, 7)),
    )
    return Plan(ident, area, currency, rate_set, served)


class Institutions:
    """Made on first use, one of each kind in a country."""

    def __init__(self, tables: Tables, prefix: str) -> None:
        self._table = tables.of(Institution, "code", "name", "kind", "country_id")
        self._prefix = prefix
        self._known: dict[tuple[str, str], int] = {}

    def of(self, place: Place, kind: str, short: str, name: str) -> int:
        key = (place.iso2, short)
        if key not in self._known:
            code = f"{self._prefix}-{place.iso2}-{short}"
            self._known[key] = self._table.add(code, f"{name} of {place.name}", kind, place.iso2)
        return self._known[key]
