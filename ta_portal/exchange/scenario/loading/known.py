"""What a scenario refers to in the portal's reference data: each reference is known, or refused at its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from programmes.models import CatalogueIndicator, Currency, PracticeArea, Sector
from ta_portal.exchange.scenario.content import ExpertPart, OutsidePart, Scenario
from ta_portal.exchange.scenario.values import refuse
from ta_portal.money.exact import exact, rounded


@dataclass(frozen=True, slots=True)
class Known:
    currencies: dict[str, Currency]
    sectors: dict[str, Sector]
    catalogue: dict[str, CatalogueIndicator]
    area: PracticeArea | None


def look_up(scenario: Scenario) -> Known:
    """Everything that the scenario refers to. Four queries."""
    known = Known(
        currencies=Currency.objects.in_bulk(),
        sectors=Sector.objects.in_bulk([sector.code for sector in scenario.engagement.sectors]),
        catalogue=CatalogueIndicator.objects.in_bulk(
            [part.catalogue for part in scenario.indicators if part.catalogue]
        ),
        area=_area(scenario),
    )
    for place, code in _currencies(scenario):
        if code not in known.currencies:
            refuse(place, _("There is no currency “{code}”: give a code of ISO 4217, such as USD.").format(code=code))
    for sector in scenario.engagement.sectors:
        if sector.code not in known.sectors:
            refuse(f"{sector.place}.code", _("There is no sector “{code}” in the DAC's list.").format(code=sector.code))
    for indicator in scenario.indicators:
        if indicator.catalogue and indicator.catalogue not in known.catalogue:
            refuse(
                f"{indicator.place}.catalogue",
                _("There is no indicator “{code}” in the catalogue.").format(code=indicator.catalogue),
            )
    for place, amount, code in _amounts(scenario):
        digits = known.currencies[code].minor_units
        if rounded(amount, digits) != amount:
            refuse(
                place,
                _("{amount} has more decimals than {currency} has: {digits}.").format(
                    amount=f"{amount:f}", currency=code, digits=digits
                ),
            )
    _amounts_are_quantity_times_cost(scenario, known)
    return known


def _area(scenario: Scenario) -> PracticeArea | None:
    """The practice area by its code, its name or one of the names that files use for it."""
    name = scenario.engagement.area
    if name is None:
        return None
    areas = {
        _folded(word): area for area in PracticeArea.objects.all() for word in (area.code, area.name, *area.aliases)
    }
    if _folded(name) not in areas:
        known = "; ".join(sorted({area.name for area in areas.values()}))
        refuse(
            f"{scenario.engagement.place}.area",
            _("“{name}” is not one of the practice areas: {known}.").format(name=name, known=known),
        )
    return areas[_folded(name)]


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.replace("&", " and ")).strip().casefold()


def _currencies(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield "meta.base_currency", scenario.base_currency
    for donor in scenario.donors:
        yield f"{donor.place}.currency", donor.currency
    for rate in scenario.budget_rates:
        yield rate.place, rate.currency
    for quote in scenario.quotes:
        yield quote.place, quote.base
        yield quote.place, quote.quote
    named: list[ExpertPart | OutsidePart] = [*scenario.experts, *scenario.others]
    for part in named:
        if part.currency is not None:
            yield f"{part.place}.currency", part.currency
    for line in scenario.cost_lines:
        yield f"{line.place}.currency", line.currency


def _amounts(scenario: Scenario) -> Iterator[tuple[str, Decimal, str]]:
    """What was promised, paid and received: money that exists, in units that exist."""
    for donor in scenario.donors:
        yield f"{donor.place}.committed", donor.committed, donor.currency
        for payment in donor.received:
            yield f"{payment.place}.amount", payment.amount, donor.currency
    for line in scenario.cost_lines:
        for payment in line.actuals:
            yield f"{payment.place}.amount", payment.amount, line.currency


def _amounts_are_quantity_times_cost(scenario: Scenario, known: Known) -> None:
    for line in scenario.cost_lines:
        made = rounded(exact(line.quantity) * exact(line.unit_cost), known.currencies[line.currency].minor_units)
        if line.amount is not None and line.amount != made:
            refuse(
                f"{line.place}.planned_amount",
                _("{amount} is not {quantity} times {cost}, which is {made}.").format(
                    amount=line.amount, quantity=line.quantity, cost=line.unit_cost, made=made
                ),
            )
