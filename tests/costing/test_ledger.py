"""The ledger: entries valued as they are posted, reversed once, revalued on the record; never changed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone

from costing import services
from costing.domain.vocabulary import Basis, By, Category, EntryKind, Outside, RateFrequency, Reason
from costing.models import LedgerEntry, LedgerValuation
from costing.selectors import costs as selectors
from costing.selectors.rates import revaluations
from costing.services.ledger import EntryExists, EntryIsReversed, NoRateForEntry
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotFound, NotPermitted
from tests import factories as make

DAY = dt.date(2024, 1, 15)
JANUARY, YEAR_END = dt.date(2024, 1, 1), dt.date(2024, 12, 31)


@pytest.fixture
def source(author):
    services.record_rate_source(code="imf", pivot="USD", frequency=RateFrequency.MONTHLY, by=author)
    quote(author, "1.0905")
    return "imf"


def quote(author, value: str, code: str = "EUR", month: dt.date = JANUARY):
    return services.record_rates(
        source="imf", quotes=[services.GivenQuote(code, "USD", month, Decimal(value))], by=author
    )


@pytest.fixture
def engagement(source):
    return make.EngagementFactory(programme=make.ProgrammeFactory(rate_source=source))


@pytest.fixture
def post(engagement, author):
    """Post an expenditure of 100 EUR on equipment, but for what is said otherwise."""

    def entry(ref: str = "1", **more) -> LedgerEntry:
        given = {
            "engagement": engagement,
            "kind": EntryKind.EXPENDITURE,
            "on_date": DAY,
            "amount": Decimal(100),
            "currency": "EUR",
            "category": Category.EQUIPMENT,
            "source": "books",
            "external_ref": ref,
            "by": author,
        }
        return services.post_entry(**given | more)

    return entry


def spent(engagement, basis: Basis = Basis.ACTUAL, **more):
    asked = {
        "basis": basis,
        "by": By.CATEGORY,
        "currency": None,
        "as_of": dt.date(2024, 12, 31),
        "cut_off": timezone.now(),
    }
    return selectors.cost_summaries([engagement.pk], **asked | more)[engagement.pk]


def valuations(entry) -> list[tuple]:
    return list(entry.valuations.order_by("seq").values_list("seq", "num", "den"))


def test_an_entry_is_valued_as_it_is_posted_and_a_later_correction_does_not_move_it(post, engagement, author):
    entry = post()
    quote(author, "2")
    assert valuations(entry) == [(1, Decimal("1.0905"), 1)]
    assert entry.valuations.get().rate.value == Decimal("1.0905")
    assert spent(engagement).total == Decimal("109.05")


def test_an_entry_and_its_value_are_known_from_the_same_instant(post):
    entry = post()
    assert entry.valuations.get().known_at == entry.posted_at


def test_the_pivot_is_worth_itself(post, engagement):
    assert valuations(post(currency="USD")) == [(1, 1, 1)]
    assert spent(engagement).total == 100


def test_without_a_rate_an_entry_stays_unconverted_until_it_is_revalued(post, engagement, author):
    entry = post(currency="JPY")
    before = timezone.now()
    assert (spent(engagement).total, valuations(entry)) == (0, [])
    [left_out] = spent(engagement).unconverted
    assert (left_out.id, left_out.amount, left_out.currency, left_out.date) == (str(entry.public_id), 100, "JPY", DAY)
    assert left_out.reason is Reason.NO_VALUATION
    assert str(left_out.amount) == "100"
    with pytest.raises(NoRateForEntry):
        services.revalue_entry(entry=entry, reason="late rate", by=author)

    quote(author, "0.0066", "JPY")
    assert spent(engagement).total == 0
    services.revalue_entry(entry=entry, reason="late rate", by=author)
    assert spent(engagement).total == Decimal("0.66")
    assert spent(engagement, cut_off=before).total == 0


def test_a_revaluation_is_on_the_record_and_an_earlier_cut_off_sees_the_former_value(post, engagement, author):
    entry = post()
    before = timezone.now()
    quote(author, "1.2")
    valuation = services.revalue_entry(entry=entry, reason="the January rate was corrected", by=author)
    again = services.revalue_entry(entry=entry, reason="again", by=author)
    assert (valuation.seq, valuation.reason, again) == (2, "the January rate was corrected", valuation)
    assert (spent(engagement).total, spent(engagement, cut_off=before).total) == (120, Decimal("109.05"))
    event = AuditEvent.objects.get(verb="ledger_entry.revalued")
    assert (event.by, event.engagement_id, event.data["num"]) == (author, engagement.pk, "1.200000000000000")


def test_a_reversal_takes_an_entry_back_at_its_own_rate_once(post, engagement, author):
    entry = post()
    before = timezone.now()
    quote(author, "1.5")
    reversal = services.reverse_entry(entry=entry, reason="posted twice", by=author)
    assert (reversal.amount, reversal.on_date, reversal.reverses) == (-100, entry.on_date, entry)
    assert valuations(reversal) == valuations(entry)
    assert (spent(engagement).total, spent(engagement, cut_off=before).total) == (0, Decimal("109.05"))
    for wrong in (entry, reversal):
        with pytest.raises(EntryIsReversed):
            services.reverse_entry(entry=wrong, reason="again", by=author)


def test_an_entry_and_its_reversal_keep_one_rate(post, engagement, author):
    entry = post(currency="JPY")
    reversal = services.reverse_entry(entry=entry, reason="posted twice", by=author)
    quote(author, "0.0066", "JPY")
    services.revalue_entry(entry=reversal, reason="late rate", by=author)
    assert valuations(entry) == valuations(reversal) == [(1, Decimal("0.0066"), 1)]
    assert (spent(engagement).total, spent(engagement).unconverted) == (0, ())


def test_a_correction_lists_the_entries_that_it_would_change(post, engagement, author):
    before_posting = timezone.now()
    valued, unvalued, other = post("1"), post("2", currency="JPY"), post("3", on_date=dt.date(2024, 2, 2))
    post("4", currency="USD")
    before = timezone.now()
    quote(author, "1.2")
    quote(author, "0.0066", "JPY")
    quote(author, "1.0905", month=dt.date(2024, 2, 1))
    found = revaluations([engagement.pk], cut_off=timezone.now())
    assert [(each.entry, each.rate.num, each.valued_at and each.valued_at.num) for each in found] == [
        (valued, Decimal("1.2"), Decimal("1.0905")),
        (unvalued, Decimal("0.0066"), None),
    ]
    assert revaluations([engagement.pk], cut_off=before) == []
    assert revaluations([engagement.pk], cut_off=before_posting) == []

    for entry in (valued, unvalued, other):
        services.revalue_entry(entry=entry, reason="corrected", by=author)
    assert revaluations([engagement.pk], cut_off=timezone.now()) == []
    assert valuations(other) == [(1, Decimal("1.0905"), 1)]


@pytest.mark.parametrize("reason", ["", "  "])
def test_taking_back_and_revaluing_want_a_reason(post, author, reason):
    entry = post()
    for act in (services.reverse_entry, services.revalue_entry):
        with pytest.raises(InvalidInput) as refused:
            act(entry=entry, reason=reason, by=author)
        assert refused.value.faults[0].place == "reason"
    assert LedgerEntry.objects.count() == LedgerValuation.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "is_advance", "committed", "actual"),
    [
        (EntryKind.COMMITMENT, False, 100, 0),
        (EntryKind.EXPENDITURE, False, 0, 100),
        (EntryKind.DISBURSEMENT, False, 0, 100),
        (EntryKind.DISBURSEMENT, True, 0, 0),
        (EntryKind.INCOMING_COMMITMENT, False, 0, 0),
        (EntryKind.INCOMING, False, 0, 0),
    ],
)
def test_what_each_kind_counts_as(post, engagement, kind, is_advance, committed, actual):
    post(kind=kind, is_advance=is_advance, currency="USD")
    assert spent(engagement, Basis.COMMITTED).charged == committed
    assert spent(engagement).charged == actual


def test_what_was_booked_in_the_agreements_currency_prevails_there(post, engagement):
    agreement = make.FundingAgreementFactory(engagement=engagement)
    post(agreement=agreement, booked_amount=Decimal("108.77"))
    assert spent(engagement).total == Decimal("108.77")
    assert spent(engagement, currency="EUR").total == 100


def test_a_value_that_the_books_give_stands_in_for_a_rate_in_every_currency(post, engagement, author):
    entry = post(currency="JPY")
    LedgerValuation.objects.create(entry=entry, seq=1, base_amount=Decimal("218.10"), by=author)
    assert spent(engagement).total == Decimal("218.10")
    assert spent(engagement, currency="EUR").total == 200
    assert spent(engagement, currency="JPY").total == 100


def test_a_promise_is_converted_across_the_base_of_the_budgets_rates(author, approver, source):
    euro = make.CurrencyFactory(code="EUR")
    engagement = make.EngagementFactory(programme=make.ProgrammeFactory(rate_source=source, currency=euro))
    rates = {"EUR": (Decimal("1.08"), Decimal(1)), "XCD": (Decimal(1), Decimal("2.70"))}
    rate_set = services.set_up_rate_set(code="B1", base="USD", rates=rates, by=author)
    budget = services.draft_budget(engagement=engagement, rate_set=rate_set, by=author)
    services.approve_budget(budget=budget, by=approver)
    agreement = make.FundingAgreementFactory(engagement=engagement, currency=make.CurrencyFactory(code="XCD"))
    services.post_entry(
        engagement=engagement,
        kind=EntryKind.INCOMING_COMMITMENT,
        on_date=DAY,
        amount=Decimal("270"),
        currency="XCD",
        agreement=agreement,
        source="books",
        external_ref="1",
        by=author,
    )
    [donor] = selectors.funding([engagement.pk], as_of=DAY, cut_off=timezone.now())[engagement.pk].donors.values()
    assert (donor.committed, donor.committed_base) == (270, Decimal("92.59"))


def planned_line(engagement, author, approver, **more):
    budget = services.draft_budget(engagement=engagement, by=author)
    given = {"quantity": Decimal(1), "unit": "lot", "unit_cost": Decimal(1), "currency": "USD", "first_day": DAY}
    line = services.add_cost_line(budget=budget, code="C1", by=author, **given | more)
    services.approve_budget(budget=budget, by=approver)
    return line


def test_an_entry_copies_what_its_line_says_and_a_new_version_moves_nothing(post, engagement, author, approver):
    first, second = (make.WorkstreamFactory(engagement=engagement, code=code) for code in ("WS1", "WS2"))
    agreement = make.FundingAgreementFactory(engagement=engagement)
    line = planned_line(
        engagement, author, approver, workstream=first, agreement=agreement, category=Category.LOGISTICS
    )
    entry = post(line=line.key, category=None)
    assert (entry.category, entry.workstream, entry.agreement) == (Category.LOGISTICS, first, agreement)

    planned_line(engagement, author, approver, workstream=second, category=Category.EQUIPMENT)
    groups = spent(engagement, by=By.WORKSTREAM).groups
    assert groups == {"WS1": Decimal("109.05")}
    later = post("2", line=line.key, category=None, agreement=agreement)
    assert (later.category, later.workstream, later.agreement) == (Category.EQUIPMENT, second, agreement)


def test_an_entry_does_not_contradict_its_line(post, engagement, author, approver):
    line = planned_line(engagement, author, approver, category=None, outside=Outside.FEE)
    with pytest.raises(InvalidInput) as refused:
        post(line=line.key)
    assert refused.value.faults[0].place == "category"
    assert post(line=line.key, category=None).outside == Outside.FEE


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("-Infinity")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"amount": Decimal("1E20")}, "amount"),
        ({"amount": Decimal("1.5"), "currency": "JPY"}, "amount"),
        ({"currency": "ZZZ"}, "currency"),
        ({"outside": Outside.FEE}, "outside"),
        ({"is_advance": True}, "is_advance"),
        ({"booked_amount": Decimal(1)}, "booked_amount"),
    ],
)
def test_an_entry_that_cannot_be_kept_as_given_is_refused_at_its_place(post, given, place):
    with pytest.raises(InvalidInput) as refused:
        post(**given)
    assert [fault.place for fault in refused.value.faults] == [place]
    assert not LedgerEntry.objects.exists()


def test_a_booked_amount_has_the_sign_of_its_entry_and_the_decimals_of_its_agreement(post, engagement):
    yen = make.CurrencyFactory(code="JPY", minor_units=0)
    agreement = make.FundingAgreementFactory(engagement=engagement, currency=yen)
    for booked in ("-1", "0", "1.5"):
        with pytest.raises(InvalidInput) as refused:
            post(agreement=agreement, booked_amount=Decimal(booked))
        assert refused.value.faults[0].place == "booked_amount"


def test_an_entry_points_at_rows_of_its_own_engagement_only(post, engagement, author, approver):
    elsewhere = make.EngagementFactory()
    for place, row in {
        "workstream": make.WorkstreamFactory(),
        "agreement": make.FundingAgreementFactory(),
        "line": planned_line(elsewhere, author, approver).key,
        "settles": post("9", engagement=elsewhere),
    }.items():
        with pytest.raises(InvalidInput) as refused:
            post(**{place: row})
        assert refused.value.faults[0].place == place


def test_a_reference_of_a_source_is_posted_once(post):
    post("INV-7")
    with pytest.raises(EntryExists):
        post("INV-7", amount=Decimal(5))
    assert post("INV-7", source="other books").pk


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.LIAISON, Role.VIEWER, Role.AUDITOR])
def test_the_ledger_is_posted_by_finance(post, member, role):
    entry = post()
    for act in (
        lambda by: post("2", by=by),
        lambda by: services.reverse_entry(entry=entry, reason="x", by=by),
        lambda by: services.revalue_entry(entry=entry, reason="x", by=by),
    ):
        with pytest.raises(NotPermitted):
            act(member(role))
    assert LedgerEntry.objects.count() == 1


def test_somebody_elses_engagement_is_not_there(post, member):
    with pytest.raises(NotFound):
        post(by=member(Role.FINANCE_OFFICER, engagement=make.EngagementFactory()))


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_valuation", "exchange_rate", "rate_set", "rate_set_rate"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_changes_nothing_that_is_on_the_record(post, author, table, statement):
    post()
    services.set_up_rate_set(code="B1", base="USD", rates={"EUR": (Decimal("1.08"), Decimal(1))}, by=author)
    with pytest.raises(InternalError, match="append_only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
