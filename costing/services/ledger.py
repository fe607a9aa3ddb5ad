"""The ledger: entries are posted and valued in one act, never changed. A mistake is reversed, a wrong rate revalued."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from costing.domain.vocabulary import BudgetState, Category, EntryKind, Outside, Reason
from costing.models import CostLine, CostLineKey, LedgerEntry, LedgerValuation
from costing.selectors.rates import rate_of_entry
from costing.services.checks import belong_to, check_amount, known_currencies, one_of_five_or_outside
from programmes.models import Engagement, FundingAgreement, Workstream
from programmes.services.checks import constraint_of
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require, require_anywhere
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.changes.models import MoneyField
from ta_portal.errors import DomainError, InvalidInput

# The source under which a reversal is posted; its reference is the original's public id.
REVERSAL = "reversal"


class EntryExists(DomainError):
    """A source's reference is posted once."""

    code = "entry_exists"


class EntryIsReversed(DomainError):
    """An entry is reversed once, and a reversal never."""

    code = "entry_is_reversed"


class NoRateForEntry(DomainError):
    """No rate serves the entry's date: it stays unconverted."""

    code = "no_rate_for_entry"


@transaction.atomic
def post_entry(
    *,
    engagement: Engagement,
    kind: EntryKind,
    on_date: dt.date,
    amount: Decimal,
    currency: str,
    source: str,
    external_ref: str,
    line: CostLineKey | None = None,
    category: Category | None = None,
    outside: Outside | None = None,
    workstream: Workstream | None = None,
    agreement: FundingAgreement | None = None,
    is_advance: bool = False,
    settles: LedgerEntry | None = None,
    booked_amount: Decimal | None = None,
    description: str = "",
    by: User,
) -> LedgerEntry:
    """Post money promised, spent or received, and value it at its programme's rate for its date, as known now.

    With a `line` its category, workstream and agreement are copied from there, so that a later version of the budget
    moves nothing. Without a rate the entry stays unconverted until it is revalued. `booked_amount` is what the accounts
    hold in the agreement's currency: it prevails there. Raises EntryExists if the source's reference is posted already.
    """
    # Locked, so that the same reference posted twice at once is refused with a sentence.
    engagement = Engagement.objects.select_for_update(of=["self"], no_key=True).get(pk=engagement.pk)
    require(by, Permission.LEDGER_POST, engagement)
    money = known_currencies([currency])[currency]
    check_amount("amount", amount, money, MoneyField)
    _check_kind(kind, amount, is_advance=is_advance)
    _check_booked(booked_amount, amount, agreement)
    one_of_five_or_outside(category, outside)
    belong_to(engagement, line=line, workstream=workstream, agreement=agreement, settles=settles)
    if LedgerEntry.objects.filter(source=source, external_ref=external_ref).exists():
        raise EntryExists(_("“{ref}” of {source} is posted already.").format(ref=external_ref, source=source))

    entry = LedgerEntry(
        engagement=engagement,
        kind=kind,
        on_date=on_date,
        amount=amount,
        currency=money,
        category=category,
        outside=outside,
        line_key=line,
        workstream=workstream,
        agreement=agreement,
        is_advance=is_advance,
        settles=settles,
        booked_amount=booked_amount,
        description=description,
        source=source,
        external_ref=external_ref,
        by=by,
    )
    if line is not None:
        _copy_from_line(entry, line)
    with _posted_once(entry):
        entry.save(force_insert=True)
    rate = rate_of_entry(entry, cut_off=entry.posted_at)
    if not isinstance(rate, Reason):
        LedgerValuation.objects.create(
            entry=entry, seq=1, rate_id=rate.rate_id, num=rate.num, den=rate.den, known_at=entry.posted_at, by=by
        )
    audit.record("ledger_entry.posted", target=entry, by=by, kind=kind.value, amount=amount, currency=currency)
    return entry


def value_new_entries(*, engagement_ids: Sequence[int], by: User) -> None:
    """Value what was stored without a valuation, as `post_entry` does each: for those who load many at once. One query.

    At the rate of its programme's source for its date, as known when it was posted; without one it stays unconverted.
    """
    require_anywhere(by, Permission.LEDGER_POST)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_valuation (entry_id, seq, rate_id, num, den, reason, known_at, by_id)
               SELECT e.id, 1, r.rate_id, r.num, r.den, '', e.posted_at, %s
               FROM ledger_entry e
               JOIN engagement g ON g.id = e.engagement_id
               JOIN programme p ON p.id = g.programme_id
               CROSS JOIN LATERAL ta_rate_as_of(p.rate_source, e.currency_id, e.on_date, e.posted_at) r
               WHERE e.engagement_id = ANY (%s) AND r.num IS NOT NULL
                 AND NOT EXISTS (SELECT FROM ledger_valuation v WHERE v.entry_id = e.id)""",
            [by.pk, list(engagement_ids)],
        )


@transaction.atomic
def reverse_entry(*, entry: LedgerEntry, reason: str, by: User) -> LedgerEntry:
    """Take an entry back: its negated amount, on its own date and at its own rate, so that the two come to nothing.

    Nothing in every currency and every period; `posted_at` tells since when. Raises EntryIsReversed on a second try.
    """
    # Locked before it is checked: two reversals at once must not both succeed.
    entry = LedgerEntry.objects.select_for_update(of=["self"]).get(pk=entry.pk)
    require(by, Permission.LEDGER_POST, entry)
    _check_reason(reason)
    if entry.reverses_id is not None:
        raise EntryIsReversed(_("A reversal is not reversed: post a new entry."))
    if LedgerEntry.objects.filter(reverses=entry).exists():
        raise EntryIsReversed(_("This entry is reversed already."))

    reversal = LedgerEntry.objects.create(
        engagement_id=entry.engagement_id,
        kind=entry.kind,
        on_date=entry.on_date,
        amount=-entry.amount,
        currency_id=entry.currency_id,
        category=entry.category,
        outside=entry.outside,
        line_key_id=entry.line_key_id,
        workstream_id=entry.workstream_id,
        agreement_id=entry.agreement_id,
        is_advance=entry.is_advance,
        settles_id=entry.settles_id,
        booked_amount=_negated(entry.booked_amount),
        description=reason,
        source=REVERSAL,
        external_ref=str(entry.public_id),
        reverses=entry,
        by=by,
    )
    last = entry.valuations.order_by("seq").last()
    if last is not None:
        LedgerValuation.objects.create(
            entry=reversal,
            seq=1,
            rate_id=last.rate_id,
            num=last.num,
            den=last.den,
            base_amount=_negated(last.base_amount),
            reason=reason,
            known_at=reversal.posted_at,
            by=by,
        )
    audit.record("ledger_entry.reversed", target=entry, by=by, reason=reason)
    return reversal


@transaction.atomic
def revalue_entry(*, entry: LedgerEntry, reason: str, by: User) -> LedgerValuation:
    """Value an entry at the rate for its date as known now: after a correction, or when a missing rate has come.

    The former valuation stays on record, and an earlier cut-off still sees it. An entry and its reversal keep one rate.
    Safe to repeat: the same rate again is nothing. Raises NoRateForEntry if none serves the entry's date.
    """
    pair = Q(pk=entry.pk) | Q(reverses=entry.pk) | Q(reversed_by=entry.pk)
    # Locked in one order, so that two revaluations of a pair get two numbers and cannot wait for each other.
    entries = list(LedgerEntry.objects.select_for_update(of=["self"]).filter(pair).order_by("pk"))
    require(by, Permission.LEDGER_POST, entry)
    _check_reason(reason)
    rate = rate_of_entry(entry)
    if isinstance(rate, Reason):
        raise NoRateForEntry(
            _("No rate of {currency} serves {date}: record one first.").format(
                currency=entry.currency_id, date=entry.on_date
            )
        )
    valuations = {}
    for each in entries:
        last = each.valuations.order_by("seq").last()
        if last is None or (last.num, last.den) != (rate.num, rate.den):
            last = LedgerValuation.objects.create(
                entry=each,
                seq=last.seq + 1 if last else 1,
                rate_id=rate.rate_id,
                num=rate.num,
                den=rate.den,
                reason=reason,
                by=by,
            )
            audit.record("ledger_entry.revalued", target=each, by=by, reason=reason, num=rate.num, den=rate.den)
        valuations[each.pk] = last
    return valuations[entry.pk]


@contextmanager
def _posted_once(entry: LedgerEntry) -> Iterator[None]:
    """For saving: the same reference may be posted to another engagement at this moment, and only one is first."""
    try:
        yield
    except IntegrityError as refusal:
        if constraint_of(refusal) != "ledger_entry_once_in_source":
            raise
        raise EntryExists(
            _("“{ref}” of {source} is posted already.").format(ref=entry.external_ref, source=entry.source)
        ) from refusal


def _copy_from_line(entry: LedgerEntry, key: CostLineKey) -> None:
    """What the line says stands, as it is now: in the approved version, else in the newest that holds it."""
    versions = CostLine.objects.filter(key=key).select_related("workstream", "agreement")
    line = versions.filter(budget__state=BudgetState.APPROVED).first() or versions.order_by("budget__version").last()
    if line is None:
        raise InvalidInput.at("line", _("No budget holds the line “{code}”.").format(code=key.code), "not_planned")
    for place in ("category", "outside", "workstream"):
        given, planned = getattr(entry, place), getattr(line, place)
        if given is not None and given != planned:
            raise InvalidInput.at(
                place, _("The line “{code}” says {planned}.").format(code=key.code, planned=planned), "not_as_planned"
            )
        setattr(entry, place, planned)
    entry.agreement = entry.agreement or line.agreement


def _check_kind(kind: EntryKind, amount: Decimal, *, is_advance: bool) -> None:
    if amount == 0:
        raise InvalidInput.at("amount", _("An entry of 0 says nothing."), "zero")
    if is_advance and kind is not EntryKind.DISBURSEMENT:
        raise InvalidInput.at("is_advance", _("Only a disbursement can be an advance."), "not_a_disbursement")


def _check_booked(booked: Decimal | None, amount: Decimal, agreement: FundingAgreement | None) -> None:
    if booked is None:
        return
    if agreement is None:
        raise InvalidInput.at(
            "booked_amount", _("A booked amount is in the currency of an agreement: name it."), "no_agreement"
        )
    check_amount("booked_amount", booked, agreement.currency, MoneyField)
    if booked == 0 or (booked < 0) != (amount < 0):
        raise InvalidInput.at("booked_amount", _("A booked amount has the sign of its entry."), "other_sign")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why: it stays on record."), "required")


def _negated(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount
