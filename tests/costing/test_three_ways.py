"""The costing service three times over: in SQL, in the pure domain, and by an oracle on Fractions."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from costing.domain.arithmetic import exact_sum
from costing.domain.comparison import compare
from costing.domain.conversion import Unit, Valuation, convert_at_budget_rates, convert_entry
from costing.domain.items import CostItem
from costing.domain.rates import BudgetRates, Quote, RateBook
from costing.domain.summary import CostQuestion, CostSummary, summarise
from costing.domain.vocabulary import Basis, By, ItemKind, RateFrequency, measure_of
from costing.selectors import costs as selectors
from tests.costing import oracle
from tests.costing.portfolios import (
    CODES,
    DAYS,
    DIGITS,
    DONORS,
    EACH_WAY,
    INSTANTS,
    PROGRAMMES,
    Plan,
    Portfolio,
    days,
    portfolios,
    postings,
    write,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
# Without shrinking: every try writes a portfolio, and a smaller one is not worth minutes.
MANY = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
SOME = settings(MANY, max_examples=20)
targets = st.one_of(st.none(), st.sampled_from(CODES))
known_at = st.sampled_from(INSTANTS)


@contextmanager
def in_database(portfolio: Portfolio) -> Iterator[dict]:
    """The portfolio's rows, for as long as the block: engagement ids with their plans."""
    with transaction.atomic():
        yield write(portfolio, by=UserFactory())
        transaction.set_rollback(True)


def unit_of(plan, target: str | None) -> Unit:
    code = target or PROGRAMMES[plan.programme][1]
    return Unit(code, DIGITS[code])


def in_minor_units(summary: CostSummary) -> dict:
    """A summary in the oracle's terms."""
    digits = summary.question.currency.digits

    def units(amount: Decimal) -> int:
        scaled = Fraction(amount) * 10**digits
        assert scaled.denominator == 1
        return scaled.numerator

    return {
        "groups": {key: units(amount) for key, amount in summary.groups.items()},
        "outside": {kind: units(amount) for kind, amount in summary.outside.items()},
        "uncategorised": units(summary.uncategorised),
        "left_out": dict(Counter(item.reason for item in summary.unconverted)),
    }


def item(basis: Basis, kind: ItemKind, fact, line: str | None, converted) -> CostItem:
    return CostItem(
        basis,
        kind,
        str(id(fact)),
        fact.bucket,
        fact.workstream,
        fact.donor,
        line,
        fact.on_date,
        fact.amount,
        fact.currency,
        converted,
    )


def pure_items(portfolio: Portfolio, plan, target: Unit, as_of: dt.date, known: dt.datetime) -> list[CostItem]:
    """The plan's costs as the domain converts them."""
    version = oracle.budget_version(plan, known)
    rates = None
    if version:
        rates = BudgetRates(
            version.base, {code: Fraction(num) / Fraction(den) for code, (num, den) in version.rates.items()}
        )
    found = []
    for line in version.lines if version else ():
        converted = convert_at_budget_rates(line.amount, line.currency, target, rates)
        found.append(item(Basis.PLANNED, ItemKind.COST_LINE, line, line.code, converted))
    book = rate_book(portfolio, plan)
    for entry in postings(plan):
        measure = measure_of(entry.kind, is_advance=entry.is_advance)
        if measure in list(Basis) and entry.on_date <= as_of and entry.posted_at <= known:
            converted = convert_entry(
                entry.amount,
                entry.currency,
                target,
                valuation=last_valuation(entry, known),
                target_rate=book.to_pivot(target.code, entry.on_date, cut_off=known),
                booked=(entry.booked, plan.agreements[entry.donor]) if entry.booked is not None else None,
            )
            found.append(item(Basis(measure), ItemKind.LEDGER_ENTRY, entry, entry.line, converted))
    return found


def rate_book(portfolio: Portfolio, plan) -> RateBook:
    source = PROGRAMMES[plan.programme][0]
    quotes = tuple(
        Quote(
            base=source.pivot if quote.inverse else quote.currency,
            quote=quote.currency if quote.inverse else source.pivot,
            on_date=quote.on_date,
            value=quote.value,
            seq=quote.seq,
            known_at=quote.known_at,
        )
        for quote in portfolio.quotes
        if quote.source == source
    )
    return RateBook(source.pivot, RateFrequency(source.frequency), source.grace_days, quotes)


def last_valuation(entry, known: dt.datetime) -> Valuation | None:
    seen = [valued for valued in entry.valuations if valued.known_at <= known]
    if not seen:
        return None
    rate = None if seen[-1].num is None else Fraction(seen[-1].num) / Fraction(seen[-1].den)
    return Valuation(rate, seen[-1].base_amount)


def in_each_way(test):
    """With the portfolio that goes every way, into a currency that is its source's pivot and into some that are not."""
    for target, basis in product((None, "EUR", "KWD", "USD"), Basis):
        test = example(EACH_WAY, basis, By.CURRENCY, target, DAYS[-1], INSTANTS[-1])(test)
    return test


@MANY
@in_each_way
@given(portfolios, st.sampled_from(Basis), st.sampled_from(By), targets, days, known_at)
def test_summaries_in_sql_are_those_of_the_domain_and_of_the_oracle(portfolio, basis, by, target, as_of, known):
    with in_database(portfolio) as plans:
        answers = selectors.cost_summaries(list(plans), basis=basis, by=by, currency=target, as_of=as_of, cut_off=known)
        assert list(answers) == list(plans)
        for key, plan in plans.items():
            unit = unit_of(plan, target)
            question = CostQuestion(answers[key].question.engagement, by, unit, as_of)
            pure = summarise(pure_items(portfolio, plan, unit, as_of, known), basis, question)
            expected = oracle.summary(oracle.figures(portfolio, plan, unit.code, as_of, known), basis, by, unit.code)
            assert in_minor_units(answers[key]) == in_minor_units(pure) == expected
            assert answers[key].total == pure.total
            assert answers[key].charged == pure.charged


@SOME
@given(portfolios, st.sampled_from(By), targets, days, known_at)
def test_comparisons_put_the_three_summaries_side_by_side(portfolio, by, target, as_of, known):
    asked = {"by": by, "currency": target, "as_of": as_of, "cut_off": known}
    with in_database(portfolio) as plans:
        compared = selectors.cost_comparisons(list(plans), **asked)
        summaries = {basis: selectors.cost_summaries(list(plans), basis=basis, **asked) for basis in Basis}
        for key, plan in plans.items():
            rows = compared[key]
            items = pure_items(portfolio, plan, unit_of(plan, target), as_of, known)
            assert figures_of(rows) == figures_of(compare(items, rows.question))
            for basis in Basis:
                summary = summaries[basis][key]
                assert getattr(rows.total, basis) == summary.total
                assert getattr(rows.charged, basis) == summary.charged
                found = {name: getattr(row, basis) for name, row in rows.groups.items() if name in summary.groups}
                assert found == summary.groups
            assert len(rows.unconverted) == sum(len(found[key].unconverted) for found in summaries.values())


def figures_of(comparison) -> tuple:
    return comparison.groups, comparison.outside, comparison.uncategorised, comparison.lines, comparison.entries


@SOME
@given(portfolios, targets, days, known_at)
def test_every_grouping_adds_up_to_the_same_total(portfolio, target, as_of, known):
    asked = {"basis": Basis.ACTUAL, "currency": target, "as_of": as_of, "cut_off": known}
    with in_database(portfolio) as plans:
        for key in plans:
            totals = {by: selectors.cost_summaries([key], by=by, **asked)[key] for by in By}
            assert len({(summary.total, summary.charged) for summary in totals.values()}) == 1


@SOME
@given(portfolios, st.sampled_from(By), targets, known_at)
def test_entries_and_their_reversals_come_to_nothing_in_every_currency_and_grouping(portfolio, by, target, known):
    undone = replace(portfolio, plans=tuple(all_reversed(plan) for plan in portfolio.plans))
    with in_database(undone) as plans:
        asked = {"by": by, "currency": target, "as_of": dt.date(2024, 12, 31), "cut_off": known}
        for basis in (Basis.COMMITTED, Basis.ACTUAL):
            for summary in selectors.cost_summaries(list(plans), basis=basis, **asked).values():
                assert {*summary.groups.values(), *summary.outside.values(), summary.uncategorised} <= {0}


def all_reversed(plan: Plan) -> Plan:
    return replace(plan, entries=tuple(replace(entry, is_reversed=True) for entry in plan.entries))


@SOME
@given(portfolios, days, known_at)
def test_funding_is_that_of_the_oracle(portfolio, as_of, known):
    with in_database(portfolio) as plans:
        answers = selectors.funding(list(plans), as_of=as_of, cut_off=known)
        for key, plan in plans.items():
            unit = unit_of(plan, None)
            found = oracle.figures(portfolio, plan, unit.code, as_of, known)
            for donor in DONORS:
                money = answers[key].donors[donor]
                base = {"pledged": money.committed_base, "received": money.received_base, "actual": money.spent_base}
                units = {measure: Fraction(amount) * 10**unit.digits for measure, amount in base.items()}
                assert units == oracle.by_measure(found, donor)
                assert (money.committed, money.received) == oracle.native(plan, found, donor)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=2)))
def test_sums_are_exact_beyond_the_default_precision(amounts):
    assert Fraction(exact_sum(amounts)) == sum(map(Fraction, amounts), Fraction(0))
