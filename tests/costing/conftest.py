"""The scenarios' money, loaded through the costing services: what the figures of `expected.json` are asked of."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from costing import services
from costing.domain.vocabulary import Category, EntryKind, LineStatus, RateFrequency
from programmes.models import Currency, Engagement
from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from tests import factories as make
from tests.conftest import SHARED_DATA

TODAY = dt.date(2026, 1, 31)
QUOTE_KEY = re.compile(r"([a-z]{3})_per_([a-z]{3})")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A loaded engagement and what its figures are to be."""

    engagement: Engagement
    given: dict[str, Any]
    expected: dict[str, Any]


@pytest.fixture
def author(member) -> User:
    return member(Role.FINANCE_OFFICER)


@pytest.fixture
def approver(member) -> User:
    return member(Role.FINANCE_OFFICER)


@pytest.fixture
def financia(author, approver) -> Scenario:
    return load("financia", author, approver)


@pytest.fixture
def moldova(author, approver) -> Scenario:
    return load("moldova", author, approver)


def currency(code: str, digits: int = 2) -> Currency:
    return Currency.objects.get_or_create(code=code, defaults={"name": code, "minor_units": digits})[0]


def load(name: str, author: User, approver: User) -> Scenario:
    """Rates, budget and ledger of a scenario file; nothing else of it."""
    folder = SHARED_DATA / name
    given = json.loads((folder / f"{name}.json").read_text("utf-8"))
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return Scenario(load_money(given, author, approver), given, expected)


def load_money(given: dict[str, Any], author: User, approver: User) -> Engagement:
    ref, base = given["engagement"]["code"], given["meta"]["base_currency"]
    source = f"scenario:{ref}"
    services.record_rate_source(code=source, pivot=base, frequency=RateFrequency.MONTHLY, by=author)
    services.record_rates(source=source, quotes=quotes_of(given), by=author)
    programme = make.ProgrammeFactory(code=f"P-{ref}", currency=currency(base), rate_source=source)
    engagement = make.EngagementFactory(ref=ref, programme=programme)
    streams = {
        w["code"]: make.WorkstreamFactory(engagement=engagement, code=w["code"])
        for w in given["engagement"]["workstreams"]
    }
    agreements = {
        d["code"]: make.FundingAgreementFactory(
            engagement=engagement,
            contributor=make.OrganisationFactory(code=d["code"]),
            instrument=d["kind"],
            amount=Decimal(d["committed"]),
            currency=currency(d["currency"]),
        )
        for d in given["donors"]
    }
    rates = {code: (Decimal(value), Decimal(1)) for code, value in given["budget_rates_usd_per_unit"].items()}
    rate_set = services.set_up_rate_set(code=ref, base=base, rates=rates, by=author)
    budget = services.draft_budget(engagement=engagement, rate_set=rate_set, by=author)
    keys = {}
    for line in given["cost_lines"]:
        added = services.add_cost_line(
            budget=budget,
            code=line["code"],
            category=Category(line["category"]) if line["category"] else None,
            description=line["description"],
            status=LineStatus(line["status"]),
            workstream=streams.get(line["workstream"]),
            agreement=agreements[line["donor"]],
            quantity=Decimal(line["planned_quantity"]),
            unit=line["unit"],
            unit_cost=Decimal(line["unit_cost"]),
            currency=line["currency"],
            first_day=dt.date.fromisoformat(line["planned_date"]),
            by=author,
        )
        keys[line["code"]] = added.key
    services.approve_budget(budget=budget, by=approver)

    def post(kind: EntryKind, day: str, amount: str, code: str, external_ref: str, **more: Any) -> None:
        services.post_entry(
            engagement=engagement,
            kind=kind,
            on_date=dt.date.fromisoformat(day),
            amount=Decimal(amount),
            currency=code,
            source=source,
            external_ref=external_ref,
            by=author,
            **more,
        )

    for line in given["cost_lines"]:
        for n, paid in enumerate(line["actuals"]):
            key = keys[line["code"]]
            post(EntryKind.EXPENDITURE, paid["date"], paid["amount"], line["currency"], f"{line['code']}-{n}", line=key)
    for donor in given["donors"]:
        code, of = donor["currency"], {"agreement": agreements[donor["code"]]}
        start = given["engagement"]["start"]
        post(EntryKind.INCOMING_COMMITMENT, start, donor["committed"], code, donor["code"], **of)
        for n, came in enumerate(donor["received"]):
            post(EntryKind.INCOMING, came["date"], came["amount"], code, f"{donor['code']}-{n}", **of)
    return engagement


def quotes_of(given: dict[str, Any]) -> list[services.GivenQuote]:
    """`usd_per_eur` says that 1 EUR is so many USD, from the first of its month."""
    found = []
    for row in given["monthly_rates"]:
        month = dt.date.fromisoformat(f"{row['month']}-01")
        for key, value in row.items():
            if pair := QUOTE_KEY.fullmatch(key):
                found.append(services.GivenQuote(pair[2].upper(), pair[1].upper(), month, Decimal(value)))
    return found
