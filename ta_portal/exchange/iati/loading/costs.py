"""Who pays, what was planned, and what was promised, spent or received."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F
from django.utils.translation import gettext as _

from costing.domain.vocabulary import GRACE_DAYS, BudgetState, EntryKind, RateFrequency
from costing.models import LedgerEntry, RateSet, RateSource
from costing.services import record_rate_source, set_up_rate_set
from costing.services.checks import check_amount
from programmes.domain.vocabulary import Instrument
from ta_portal.accounts.models import User
from ta_portal.audit.copying import days
from ta_portal.changes.models import MoneyField
from ta_portal.exchange.iati.content import BudgetPart, OrganisationPart, TransactionPart
from ta_portal.exchange.iati.loading.places import planned
from ta_portal.exchange.iati.loading.state import Agreement, Load
from ta_portal.exchange.iati.places import EXTENDING, FUNDING, IMPLEMENTING
from ta_portal.exchange.scenario.loading.state import at
from ta_portal.money.exact import rounded

_PROMISES = (EntryKind.INCOMING_COMMITMENT, EntryKind.COMMITMENT)
_LONGEST_REF = 200
_FREQUENCY = RateFrequency.MONTHLY
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StandingRates:
    """Which of a batch's sources of rates and sets of rates are here before it."""

    sources: frozenset[str]
    sets: dict[str, int]


def look_up_rates(sources: Sequence[str]) -> StandingRates:
    """Two queries."""
    return StandingRates(
        sources=frozenset(RateSource.objects.filter(code__in=sources).values_list("code", flat=True)),
        sets=dict(RateSet.objects.filter(code__in=sources).values_list("code", "pk")),
    )


def bring_in_costs(load: Load, standing: StandingRates) -> None:
    _rate_source(load, standing)
    for funder in funders(load.activity.organisations, load.activity.reporting):
        _agreement(load, funder)
    _budgets(load, standing)
    for part in load.activity.transactions:
        _entry(load, part)


def _rate_source(load: Load, standing: StandingRates) -> None:
    """One that is there already must be the same: the service says so."""
    pivot = load.base.code
    if load.source in standing.sources:
        record_rate_source(code=load.source, pivot=pivot, frequency=_FREQUENCY, by=load.author)
        return
    load.rows.rate_sources.add(
        code=load.source, pivot_id=pivot, frequency=_FREQUENCY.value, grace_days=GRACE_DAYS[_FREQUENCY]
    )
    load.rows.record(
        "rate_source.recorded", "rate_source", None, code=load.source, pivot=pivot, frequency=_FREQUENCY.value
    )


def funders(organisations: Sequence[OrganisationPart], reporting: OrganisationPart) -> list[OrganisationPart]:
    """Who pays by what the file says; who reports stands in where it names nobody."""
    return [part for part in organisations if part.role == FUNDING] or [reporting]


def _agreement(load: Load, funder: OrganisationPart) -> None:
    """With who extends the money as its administrator and who does the work as its provider, the first of each."""
    contributor = load.organisations[funder.ref, funder.name]
    if any(known.contributor_id == contributor.id for known in load.agreements.values()):
        return
    currency, amount = load.base, _promised(load, funder)
    with at(funder.place):
        check_amount("", amount, currency, MoneyField)
        number = load.rows.agreements.add(
            engagement_id=load.engagement_id,
            code=contributor.code,
            contributor_id=contributor.id,
            administrator_id=_first(load, EXTENDING),
            provider_id=_first(load, IMPLEMENTING),
            instrument=_instrument(load).value,
            amount=amount,
            currency_id=currency.code,
            during=planned(load),
        )
    load.agreements[funder.ref, funder.name] = Agreement(number, contributor.id)
    load.rows.record(
        "agreement.added",
        "funding_agreement",
        number,
        load.engagement_id,
        code=contributor.code,
        amount=amount,
        currency=currency.code,
    )


def _first(load: Load, role: str) -> int | None:
    found = [part for part in load.activity.organisations if part.role == role]
    return load.organisations[found[0].ref, found[0].name].id if found else None


def _instrument(load: Load) -> Instrument:
    """Loans by the DAC's finance types 421 and on; 422 is a grant to be given back."""
    code = load.activity.finance_type or ""
    if code == "422":
        return Instrument.REIMBURSABLE
    return Instrument.LOAN_TIED if code.startswith(("41", "42")) else Instrument.GRANT


def _promised(load: Load, funder: OrganisationPart) -> Decimal:
    """What came in as promised, else what went out as promised, in the activity's currency; 0 where nothing says."""
    currency = load.base
    only = len(funders(load.activity.organisations, load.activity.reporting)) == 1
    for kind in _PROMISES:
        amounts = [
            part.amount
            for part in load.activity.transactions
            if part.kind is kind and part.currency == currency.code and (only or _is_from(part, funder))
        ]
        if amounts:
            return max(rounded(sum(amounts, Decimal(0)), currency.minor_units), Decimal(0))
    return Decimal(0)


def _is_from(part: TransactionPart, organisation: OrganisationPart) -> bool:
    ref, name = part.provider
    return ref == organisation.ref if ref else bool(name) and name == organisation.name


def _budgets(load: Load, standing: StandingRates) -> None:
    """The original plan is the first version; with revised parts there is a second, which stands."""
    budgets = load.activity.budgets
    if not budgets:
        return
    rate_set = _rate_set(load, standing)
    original = [part for part in budgets if not part.revised]
    revised = [part for part in budgets if part.revised]
    versions = [original] if original else []
    if revised:
        versions.append([part for part in original if not _is_replaced(part, revised)] + revised)
    keys: dict[str, int] = {}
    for version, parts in enumerate(versions, start=1):
        _version(load, rate_set, version, parts, keys)


def _rate_set(load: Load, standing: StandingRates) -> int:
    base = load.base.code
    if load.source in standing.sets:
        return set_up_rate_set(code=load.source, base=base, rates={}, by=load.author).pk
    found = load.rows.rate_sets.add(code=load.source, base_id=base)
    load.rows.record("rate_set.set_up", "rate_set", found, code=load.source, base=base, rates=0)
    return found


def _is_replaced(part: BudgetPart, revised: Sequence[BudgetPart]) -> bool:
    """Is there a revised budget, in its currency, that shares a day with it?"""
    return any(
        other.currency == part.currency and other.starts <= part.ends and part.starts <= other.ends for other in revised
    )


def _version(load: Load, rate_set: int, version: int, parts: Sequence[BudgetPart], keys: dict[str, int]) -> None:
    """A draft with its lines. It is approved once they are stored: an approved budget takes none."""
    budget = load.rows.budgets.add(engagement_id=load.engagement_id, version=version, rate_set_id=rate_set)
    load.rows.record("budget.drafted", "budget", budget, load.engagement_id, version=version)
    for part in parts:
        if part.code not in keys:
            keys[part.code] = load.rows.line_keys.add(engagement_id=load.engagement_id, code=part.code)
        _line(load, budget, keys[part.code], part)
    for former in load.budgets:
        load.rows.record(
            "budget.superseded", "budget", former, load.engagement_id, version=version - 1, by=load.approver
        )
    load.budgets.append(budget)
    load.rows.record("budget.approved", "budget", budget, load.engagement_id, version=version, by=load.approver)


def _line(load: Load, budget: int, key: int, part: BudgetPart) -> None:
    only = next(iter(load.agreements.values())).id if len(load.agreements) == 1 else None
    amount = load.in_minor_units(part.amount, part.currency, part.place)
    with at(part.place):
        check_amount("", amount, load.currency(part.currency, part.place), MoneyField)
        line = load.rows.lines.add(
            budget_id=budget,
            key_id=key,
            description=_("Revised budget, as published") if part.revised else _("Budget, as published"),
            agreement_id=only,
            quantity=Decimal(1),
            unit=_("budget"),
            unit_cost=amount,
            currency_id=part.currency,
            planned=days(part.starts, part.ends + _DAY),
            amount=amount,
        )
    load.rows.record("cost_line.added", "cost_line", line, code=part.code, amount=amount, currency=part.currency)


def approve_budgets(loads: Sequence[Load], *, by: User) -> None:
    """The last version of each stands, the one before it did. One query."""
    states = {
        budget: BudgetState.APPROVED if budget == load.budgets[-1] else BudgetState.SUPERSEDED
        for load in loads
        for budget in load.budgets
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE budget SET state = given.state, approved_at = statement_timestamp(),
                                 approved_by_id = %s, updated_by_id = %s
               FROM unnest(%s::bigint[], %s::text[]) AS given(id, state) WHERE budget.id = given.id""",
            [by.pk, by.pk, list(states), [state.value for state in states.values()]],
        )


def _entry(load: Load, part: TransactionPart) -> None:
    """Uncategorised: IATI has no cost categories."""
    amount = load.in_minor_units(part.amount, part.currency, part.place)
    if amount == 0:
        load.notes.append(_("{place}: an entry of 0 says nothing: it is left out.").format(place=part.place))
        return
    with at(part.place):
        check_amount("", amount, load.currency(part.currency, part.place), MoneyField)
        entry = load.rows.entries.add(
            engagement_id=load.engagement_id,
            kind=part.kind.value,
            on_date=part.on,
            amount=amount,
            currency_id=part.currency,
            agreement_id=_agreement_of(load, part),
            description=part.description,
            source=load.source,
            external_ref=f"{part.number}:{part.ref or ''}"[:_LONGEST_REF],
        )
    load.rows.record(
        "ledger_entry.posted",
        "ledger_entry",
        entry,
        load.engagement_id,
        kind=part.kind.value,
        amount=amount,
        currency=part.currency,
    )


def _agreement_of(load: Load, part: TransactionPart) -> int | None:
    """That of who gave it; the only one where there is one."""
    if len(load.agreements) == 1:
        return next(iter(load.agreements.values())).id
    ref, name = part.provider
    for (known_ref, known_name), agreement in load.agreements.items():
        if (ref is not None and ref == known_ref) or (ref is None and name and name == known_name):
            return agreement.id
    return None


def tell_without_rates(loads: Sequence[Load]) -> None:
    """What cannot be converted is shown so and left out of totals; here it is said at once. One query."""
    by_engagement = {load.engagement_id: load for load in loads}
    missing = (
        LedgerEntry.objects.filter(engagement__in=by_engagement, valuations=None)
        .exclude(currency=F("engagement__programme__currency"))
        .order_by("engagement", "currency")
        .values_list("engagement", "currency")
        .annotate(Count("pk"))
    )
    for engagement, code, count in missing:
        by_engagement[engagement].notes.append(
            _("There is no rate for {currency}: {count} of its entries stay unconverted.").format(
                currency=code, count=count
            )
        )
