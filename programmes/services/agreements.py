"""Who pays for an engagement, how much and on which terms."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import Instrument
from programmes.models import Currency, FundingAgreement, Organisation, Tranche
from programmes.services.changing import apply_changes, save_changes
from programmes.services.checks import check, code_taken, refuse, saying
from programmes.services.days import days
from programmes.services.engagements import engagement_to_change
from programmes.services.instalments import Instalment, set_instalments
from programmes.services.locking import row_to_change
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


class AgreementChanges(TypedDict, total=False):
    code: str
    administrator: Organisation | None
    provider: Organisation | None
    instrument: Instrument
    amount: Decimal
    first_day: dt.date | None
    last_day: dt.date | None
    fee_pct: Decimal | None
    instalments: Sequence[Instalment]


@transaction.atomic
def add_agreement(
    *,
    engagement_id: int,
    code: str,
    contributor: Organisation,
    instrument: Instrument,
    amount: Decimal,
    currency: Currency,
    administrator: Organisation | None = None,
    provider: Organisation | None = None,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    fee_pct: Decimal | None = None,
    instalments: Sequence[Instalment] = (),
    by: User,
) -> FundingAgreement:
    """Record what a contributor promised to an engagement, in its own currency, and in which instalments it comes."""
    engagement = engagement_to_change(engagement_id, Permission.BUDGET_CHANGE, by=by)
    if first_day is None and last_day is not None:
        refuse("first_day", _("Give the first day as well."))
    agreement = FundingAgreement(
        engagement=engagement,
        code=code,
        contributor=contributor,
        administrator=administrator,
        provider=provider,
        instrument=instrument.value,
        amount=amount,
        currency=currency,
        during=days(first_day, last_day, place="last_day") if first_day else None,
        fee_pct=fee_pct,
        created_by=by,
    )
    check(agreement)
    _not_below(Decimal(0), agreement)
    with saying(code_taken("agreement_code_once_in_engagement", code)):
        agreement.save(force_insert=True)
    set_instalments(agreement, instalments, by=by)
    audit.record("agreement.added", target=agreement, by=by, code=code, amount=amount, currency=currency.code)
    return agreement


@transaction.atomic
def change_agreement(
    *, agreement_id: int, expected_version: int | None = None, by: User, **changes: Unpack[AgreementChanges]
) -> FundingAgreement:
    """Change the terms of an agreement. Its contributor and its currency stay: another promise is another agreement.

    `instalments` are all of its instalments as they now stand. Refuses an amount that they pass.
    """
    agreement = row_to_change(
        FundingAgreement, agreement_id, Permission.BUDGET_CHANGE, by=by, expected_version=expected_version
    )
    days_of = {"during": ("first_day", "last_day")}
    columns: dict[str, Any] = {name: value for name, value in changes.items() if name != "instalments"}
    difference = apply_changes(agreement, columns, allowed=AgreementChanges, ranges=days_of)
    if "instalments" in changes:
        difference |= set_instalments(agreement, changes["instalments"], by=by)
    _not_below(sum((tranche.amount for tranche in agreement.tranches.all()), Decimal(0)), agreement)
    taken = code_taken("agreement_code_once_in_engagement", agreement.code)
    save_changes(agreement, difference, verb="agreement.changed", by=by, sentences=taken)
    return agreement


def _not_below(promised: Decimal, agreement: FundingAgreement) -> None:
    if agreement.amount < 0:
        refuse("amount", _("An agreement's amount is not below 0."))
    if agreement.amount < promised:
        refuse(
            "amount",
            _("Its instalments add up to {promised}: the agreement cannot be for less.").format(
                promised=f"{promised:f}"
            ),
        )


@transaction.atomic
def add_tranche(
    *,
    agreement_id: int,
    due: dt.date,
    amount: Decimal,
    received_on: dt.date | None = None,
    expected_version: int | None = None,
    by: User,
) -> FundingAgreement:
    """Add an instalment to an agreement, which is the answer. Several may not promise more than the agreement does."""
    agreement = row_to_change(
        FundingAgreement, agreement_id, Permission.BUDGET_CHANGE, by=by, expected_version=expected_version
    )
    tranche = Tranche(agreement=agreement, due=due, amount=amount, received_on=received_on, created_by=by)
    check(tranche)
    if amount <= 0:
        refuse("amount", _("An instalment is above 0."))
    promised = sum((other.amount for other in agreement.tranches.all()), amount)
    if promised > agreement.amount:
        refuse(
            "amount",
            _("The instalments would add up to {promised}, more than the agreement's {amount}.").format(
                promised=f"{promised:f}", amount=f"{agreement.amount:f}"
            ),
        )
    # The instalments are terms of the agreement: whoever read it before has read another one.
    agreement.updated_by = by
    agreement.save(update_fields=["updated_by"])
    tranche.save(force_insert=True)
    audit.record("tranche.added", target=agreement, by=by, due=due, amount=amount)
    return agreement
