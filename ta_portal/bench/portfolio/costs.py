"""What a synthetic engagement costs: agreements, a budget in versions, and a ledger in several currencies."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costing.domain.vocabulary import Category, EntryKind, Outside
from costing.models import Budget, CostLine, CostLineKey, LedgerEntry, LedgerValuation
from programmes.domain.vocabulary import EngagementStatus, Instrument
from programmes.models import Currency, FundingAgreement, Tranche
from ta_portal.accounts.models import User
from ta_portal.audit.copying import Tables, days
from ta_portal.bench.portfolio.course import add_months
from ta_portal.bench.portfolio.engagements import Subject
from ta_portal.bench.portfolio.people import Posting
from ta_portal.bench.portfolio.places import Donor, Plan
from ta_portal.bench.portfolio.rates import Rates

# With twenty engagements of which sixteen have begun and one is approved: a hundred for each on average.
ENTRIES, ENTRIES_BEFORE_IT_BEGINS = 124, 16
TRANCHES = 2
_C, _O = Category, Outside
# category, outside, what it is, unit, how many, what one costs in dollars
_LINES = [
    (_C.TRAVEL_ACCOMMODATION, None, "Flights of advisers", "trip", (6, 30), (900, 3200)),
    (_C.TRAVEL_ACCOMMODATION, None, "Accommodation", "night", (40, 400), (80, 190)),
    (_C.TRAINING_MATERIALS, None, "Workshops", "workshop", (4, 20), (2000, 9000)),
    (_C.TRAINING_MATERIALS, None, "Manuals, printed and digital", "copy", (100, 900), (12, 40)),
    (_C.EQUIPMENT, None, "Computers and licences", "set", (5, 60), (900, 2600)),
    (_C.LOGISTICS, None, "Local transport and interpreters", "day", (50, 300), (90, 260)),
    (None, _O.FEE, "Management fee", "sum", (1, 2), (9000, 60000)),
    (None, _O.INDIRECT, "Indirect costs", "sum", (1, 2), (4000, 20000)),
]


@dataclass(frozen=True, slots=True)
class Line:
    """A planned line as the ledger needs it."""

    key: int
    category: str | None
    outside: str | None
    workstream: int
    agreement: int | None
    donor_currency: str
    currency: str
    amount: int  # whole units


@dataclass(frozen=True, slots=True)
class Agreement:
    id: int
    currency: str
    amount: int


class Costs:
    def __init__(self, tables: Tables, source: str, rates: Rates, author: User, approver: User) -> None:
        self._agreements = tables.of(
            FundingAgreement,
            "engagement_id",
            "code",
            "contributor_id",
            "administrator_id",
            "provider_id",
            "instrument",
            "amount",
            "currency_id",
            "during",
            "fee_pct",
        )
        self._tranches = tables.of(Tranche, "agreement_id", "due", "received_on", "amount")
        self._budgets = tables.of(Budget, "engagement_id", "version", "rate_set_id", drafted_by_id=author.pk)
        self._keys = tables.of(CostLineKey, "engagement_id", "code")
        self._lines = tables.of(
            CostLine,
            "budget_id",
            "key_id",
            "description",
            "category",
            "outside",
            "workstream_id",
            "agreement_id",
            "deployment_id",
            "quantity",
            "unit",
            "unit_cost",
            "currency_id",
            "planned",
            "amount",
            "derived",
        )
        self._entries = tables.of(
            LedgerEntry,
            "engagement_id",
            "kind",
            "on_date",
            "amount",
            "currency_id",
            "category",
            "outside",
            "line_key_id",
            "workstream_id",
            "agreement_id",
            "is_advance",
            "settles_id",
            "booked_amount",
            "description",
            "external_ref",
            "posted_at",
            source=source,
            by_id=author.pk,
        )
        self._valuations = tables.of(
            LedgerValuation, "entry_id", "seq", "rate_id", "num", "den", "known_at", by_id=author.pk
        )
        self._rates, self._approver = rates, approver.pk
        self._digits = dict(Currency.objects.values_list("code", "minor_units"))
        # Budgets to approve once their lines are in: number, state, when.
        self.approvals: list[tuple[int, str, str]] = []

    def write(
        self,
        dice: random.Random,
        subject: Subject,
        plan: Plan,
        postings: list[Posting],
        donors: list[Donor],
        centres: list[int],
    ) -> None:
        agreements = self._promise(dice, subject, donors, centres)
        lines = self._plan(dice, subject, plan, postings, agreements)
        _Ledger(self, dice, subject, lines, agreements).post()

    # --- Who pays ---

    def _promise(
        self, dice: random.Random, subject: Subject, donors: list[Donor], centres: list[int]
    ) -> list[Agreement]:
        course, found = subject.course, []
        for nth, donor in enumerate(dice.sample(donors, dice.choice([1, 1, 2, 2, 3])), start=1):
            amount = self._rates.exchanged(dice.randint(25, 200) * 10_000, "USD", donor.currency)
            ident = self._agreements.add(
                subject.id,
                f"A{nth}",
                donor.id,
                dice.choice([None, *centres]),
                dice.choice(centres),
                dice.choice([Instrument.GRANT] * 5 + [Instrument.COST_SHARE]).value,
                amount,
                donor.currency,
                days(course.starts, course.planned_to),
                dice.choice([None, 7, Decimal("12.5")]),
            )
            for part in range(TRANCHES):
                due = add_months(course.starts, part * course.planned_months // TRANCHES)
                received = due + dt.timedelta(days=dice.randint(0, 40))
                paid = received if course.has_begun and received < course.known_to else None
                self._tranches.add(ident, due, paid, amount // TRANCHES or 1)
            found.append(Agreement(ident, donor.currency, amount))
        return found

    # --- What is planned ---

    def _plan(
        self, dice: random.Random, subject: Subject, plan: Plan, postings: list[Posting], agreements: list[Agreement]
    ) -> list[Line]:
        versions = 2 if subject.course.has_begun and dice.random() < 0.2 else 1
        asked = [
            (_C.SALARIES, None, f"{posting.role}, fees", "day", posting.planned_days, posting.day_rate, posting.id)
            for posting in postings
        ] + [(*line[:4], dice.randint(*line[4]), dice.randint(*line[5]), None) for line in _LINES]
        keys = [self._keys.add(subject.id, f"L{nth:02d}") for nth in range(1, len(asked) + 1)]
        lines: list[Line] = []
        for version in range(1, versions + 1):
            budget = self._budgets.add(subject.id, version, plan.rate_set)
            self._approve(subject, budget, version, versions)
            shuffle = random.Random(f"{subject.ref}/{version}")
            lines = [
                self._line(shuffle, subject, plan, budget, key, row, agreements, version)
                for key, row in zip(keys, asked, strict=True)
            ]
        return lines

    def _approve(self, subject: Subject, budget: int, version: int, versions: int) -> None:
        if subject.course.status in {EngagementStatus.PIPELINE, EngagementStatus.APPRAISAL}:
            return
        begins = min(subject.course.starts, subject.course.today)
        on = begins - dt.timedelta(days=70) if version == 1 else begins + (subject.course.known_to - begins) / 2
        self.approvals.append((budget, "approved" if version == versions else "superseded", f"{on}T00:00:00Z"))

    def _line(
        self,
        dice: random.Random,
        subject: Subject,
        plan: Plan,
        budget: int,
        key: int,
        row: tuple[Any, ...],
        agreements: list[Agreement],
        version: int,
    ) -> Line:
        category, outside, what, unit, quantity, dollars, deployment = row
        currency = _currency(dice, category, plan, subject)
        cost = self._rates.exchanged(dollars, "USD", currency)
        quantity += version - 1
        agreement = dice.choice([*agreements, None])
        stream = dice.choice(subject.workstreams)
        self._lines.add(
            budget,
            key,
            what,
            category and category.value,
            outside and outside.value,
            stream,
            agreement and agreement.id,
            deployment,
            quantity,
            unit,
            cost,
            currency,
            days(subject.course.starts, subject.course.planned_to),
            quantity * cost,
            deployment is not None,
        )
        return Line(
            key,
            category and category.value,
            outside and outside.value,
            stream,
            agreement.id if agreement else None,
            agreement.currency if agreement else "",
            currency,
            quantity * cost,
        )

    # --- What was promised, spent and received ---

    def post(
        self,
        subject: Subject,
        kind: EntryKind,
        on: dt.date,
        amount: Decimal,
        currency: str,
        line: Line | None,
        nth: int,
        *,
        category: str | None = None,
        agreement: int | None = None,
        advance: bool = False,
        settles: int | None = None,
        booked: Decimal | None = None,
        description: str = "",
    ) -> int:
        posted_at = f"{min(on + dt.timedelta(days=9), subject.course.today)}T00:00:00Z"
        entry = self._entries.add(
            subject.id,
            kind.value,
            on,
            amount,
            currency,
            line.category if line else category,
            line.outside if line else None,
            line.key if line else None,
            line.workstream if line else None,
            line.agreement if line else agreement,
            advance,
            settles,
            booked,
            description,
            f"{subject.ref}/{nth:03d}",
            posted_at,
        )
        rate = self._rates.serving(currency, on)
        if rate is not None:
            self._valuations.add(entry, 1, rate.rate_id, rate.num, rate.den, posted_at)
        return entry

    def money(self, dice: random.Random, units: float, currency: str) -> Decimal:
        """An amount about as large, with the currency's own decimals; never 0."""
        digits = self._digits[currency]
        minor = round(units * 10**digits) + dice.randint(0, 10**digits)
        return Decimal(minor or 1).scaleb(-digits)

    def exchanged(self, units: float, currency: str, to: str) -> int:
        return self._rates.exchanged(round(units), currency, to)


class _Ledger:
    """One engagement's entries, from the first commitment to the last expenditure."""

    def __init__(
        self, costs: Costs, dice: random.Random, subject: Subject, lines: list[Line], agreements: list[Agreement]
    ) -> None:
        self._costs, self._dice, self._subject = costs, dice, subject
        self._lines, self._agreements = lines, agreements
        self._posted = 0
        course = subject.course
        self._first = course.starts if course.has_begun else course.today - dt.timedelta(days=60)
        self._days = max(1, (course.known_to - self._first).days - 1) if course.has_begun else 50

    def post(self) -> None:
        course = self._subject.course
        if course.status in {EngagementStatus.PIPELINE, EngagementStatus.APPRAISAL}:
            return
        for agreement in self._agreements:
            self._add(EntryKind.INCOMING_COMMITMENT, 0.0, agreement.amount, agreement.currency, agreement=agreement.id)
        left = (ENTRIES if course.has_begun else ENTRIES_BEFORE_IT_BEGINS) - self._posted
        for line in self._lines[:left]:
            self._add(EntryKind.COMMITMENT, self._dice.random() * 0.3, line.amount * 0.95, line.currency, line)
        if not course.has_begun:
            return
        for agreement in self._agreements:
            for place in (0.1, 0.5):
                self._add(EntryKind.INCOMING, place, agreement.amount // 3, agreement.currency, agreement=agreement.id)
        for _ in range(2):
            self._advance()
        self._spend(ENTRIES - self._posted)

    def _spend(self, entries: int) -> None:
        """As much of the plan as its time has passed, at this engagement's own pace."""
        share = min(1.0, self._days / max(1, (self._subject.course.planned_to - self._first).days))
        share *= self._dice.uniform(0.6, 1.08)
        each = [line.amount * share * len(self._lines) / entries for line in self._lines]
        for nth in range(entries):
            line = self._lines[nth % len(self._lines)]
            amount = each[nth % len(each)] * self._dice.uniform(0.5, 1.5)
            kind = EntryKind.DISBURSEMENT if self._dice.random() < 0.15 else EntryKind.EXPENDITURE
            self._pay(kind, amount, line)

    def _pay(self, kind: EntryKind, amount: float, line: Line) -> None:
        """Mostly in the line's currency, some in the country's, a few refunds, a few with no line or no category."""
        luck, place = self._dice.random(), self._dice.random()
        local = self._subject.place.currency
        if luck < 0.03:
            self._add(kind, place, -amount / 10, line.currency, line, description="Refund")
        elif luck < 0.2 and line.category != Category.SALARIES:
            self._add(kind, place, self._costs.exchanged(amount, line.currency, local), local, line)
        elif luck < 0.22 and line.agreement is not None:
            booked = self._costs.money(
                self._dice, self._costs.exchanged(amount, line.currency, line.donor_currency), line.donor_currency
            )
            self._add(kind, place, amount, line.currency, line, booked=booked)
        elif luck < 0.26:
            category = None if luck < 0.225 else Category.LOGISTICS.value
            self._add(kind, place, amount, line.currency, category=category, description="Small purchases")
        else:
            self._add(kind, place, amount, line.currency, line)

    def _advance(self) -> None:
        line = self._dice.choice(self._lines)
        place = self._dice.random() * 0.8
        advance = self._add(
            EntryKind.DISBURSEMENT, place, line.amount * 0.02, line.currency, line, advance=True, description="Advance"
        )
        self._add(
            EntryKind.EXPENDITURE,
            place + 0.1,
            line.amount * 0.018,
            line.currency,
            line,
            settles=advance,
            description="Settles an advance",
        )

    def _add(
        self, kind: EntryKind, place: float, units: float, currency: str, line: Line | None = None, **more: object
    ) -> int:
        self._posted += 1
        on = self._first + dt.timedelta(days=int(self._days * place))
        amount = self._costs.money(self._dice, units, currency)
        return self._costs.post(self._subject, kind, on, amount, currency, line, self._posted, **more)  # type: ignore[arg-type]


def _currency(dice: random.Random, category: Category | None, plan: Plan, subject: Subject) -> str:
    if category in {_C.LOGISTICS, _C.TRAINING_MATERIALS} and dice.random() < 0.4:
        return subject.place.currency
    return dice.choice([plan.currency, plan.currency, plan.currency, "USD", "EUR"])
