"""Who pays, at which rates, what was planned and what was paid."""

from decimal import Decimal

from django.utils.translation import gettext as _

from costing.domain.vocabulary import EntryKind, RateFrequency
from costing.models import LedgerEntry
from costing.services import (
    GivenQuote,
    add_cost_line,
    approve_budget,
    draft_budget,
    post_entry,
    record_rate_source,
    record_rates,
    set_up_rate_set,
)
from programmes.services.agreements import add_agreement
from programmes.services.days import last_day_of
from ta_portal.exchange.scenario.content import CostLinePart, DonorPart
from ta_portal.exchange.scenario.loading.state import Load, at


def bring_in_costs(load: Load) -> None:
    """Rates first: an entry is valued in the act of posting it."""
    _rates(load)
    for donor in load.scenario.donors:
        _agreement(load, donor)
    _budget(load)
    for donor in load.scenario.donors:
        _incoming(load, donor)
    for line in load.scenario.cost_lines:
        _payments(load, line)
    load.warnings.extend(_without_rates(load))


def _rates(load: Load) -> None:
    record_rate_source(
        code=load.source, pivot=load.scenario.base_currency, frequency=RateFrequency.MONTHLY, by=load.author
    )
    quotes = [GivenQuote(base=q.base, quote=q.quote, on_date=q.on, value=q.value) for q in load.scenario.quotes]
    with at("monthly_rates"):
        record_rates(source=load.source, quotes=quotes, by=load.author)


def _agreement(load: Load, donor: DonorPart) -> None:
    administrator = load.scenario.administrator
    with at(donor.place):
        load.agreements[donor.code] = add_agreement(
            engagement_id=load.engagement.pk,
            code=donor.code,
            contributor=load.organisations[donor.code],
            administrator=load.organisations[administrator.code] if administrator else None,
            instrument=donor.instrument,
            amount=donor.committed,
            currency=load.known.currencies[donor.currency],
            first_day=load.engagement.planned.lower,
            last_day=last_day_of(load.engagement.planned),
            by=load.author,
        )


def _budget(load: Load) -> None:
    """One version, drafted by the author and approved by the approver, at rates that multiply exactly as written."""
    scenario = load.scenario
    rates = {rate.currency: (rate.value, Decimal(1)) for rate in scenario.budget_rates}
    rate_set = set_up_rate_set(code=load.source, base=scenario.base_currency, rates=rates, by=load.author)
    budget = draft_budget(engagement=load.engagement, rate_set=rate_set, by=load.author)
    for part in scenario.cost_lines:
        with at(part.place):
            line = add_cost_line(
                budget=budget,
                code=part.code,
                quantity=part.quantity,
                unit=part.unit,
                unit_cost=part.unit_cost,
                currency=part.currency,
                first_day=part.planned_on,
                category=part.category,
                outside=part.outside,
                description=_without_names(load, part.description),
                status=part.status,
                workstream=load.workstreams.get(part.workstream or ""),
                agreement=load.agreements.get(part.donor or ""),
                deployment=load.deployments.get(part.deployment or ""),
                by=load.author,
            )
        load.cost_lines[part.code] = line.key
    approve_budget(budget=budget, by=load.approver)


def _without_names(load: Load, description: str) -> str:
    """An expert's code stands in for the name: a line's history cannot be erased (traps 21)."""
    for part in load.scenario.experts:
        description = description.replace(part.name, load.experts[part.code].code)
    return description


def _incoming(load: Load, donor: DonorPart) -> None:
    """What a donor promised, on the engagement's first day, and what came."""
    promised = [(EntryKind.INCOMING_COMMITMENT, load.scenario.engagement.start, donor.committed, donor.place)]
    came = [(EntryKind.INCOMING, payment.on, payment.amount, payment.place) for payment in donor.received]
    for number, (kind, on, amount, place) in enumerate([*promised, *came]):
        if amount == 0:
            continue
        with at(place):
            post_entry(
                engagement=load.engagement,
                kind=kind,
                on_date=on,
                amount=amount,
                currency=donor.currency,
                source=load.source,
                external_ref=f"{donor.code}/{kind.value}/{number}",
                agreement=load.agreements[donor.code],
                by=load.author,
            )


def _payments(load: Load, part: CostLinePart) -> None:
    for number, payment in enumerate(part.actuals, start=1):
        with at(payment.place):
            post_entry(
                engagement=load.engagement,
                kind=EntryKind.EXPENDITURE,
                on_date=payment.on,
                amount=payment.amount,
                currency=part.currency,
                source=load.source,
                external_ref=f"{part.code}/{number}",
                line=load.cost_lines[part.code],
                by=load.author,
            )


def _without_rates(load: Load) -> list[str]:
    """What cannot be converted is shown so and left out of totals; here the loader says it at once."""
    scenario = load.scenario
    rated = {rate.currency for rate in scenario.budget_rates} | {scenario.base_currency}
    unplanned = sorted({line.currency for line in scenario.cost_lines} - rated)
    found = [
        _("There is no budget rate for {currency}: planned lines in it stay unconverted.").format(currency=currency)
        for currency in unplanned
    ]
    entries = LedgerEntry.objects.filter(engagement=load.engagement, valuations=None).order_by("pk")
    found += [
        _("There is no rate for {ref}, {currency} on {date}: it stays unconverted.").format(
            ref=entry.external_ref, currency=entry.currency_id, date=entry.on_date
        )
        for entry in entries.exclude(currency=scenario.base_currency)
    ]
    return found
