"""The instalments of a funding agreement: how much is due when, and when it came in."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.models import FundingAgreement, Tranche
from programmes.services.changing import Difference
from programmes.services.checks import check, refuse
from ta_portal.accounts.models import User


@dataclass(frozen=True, slots=True, order=True)
class Instalment:
    """A part of an agreement, in its currency; `received_on` once the money has come in."""

    due: dt.date
    amount: Decimal
    received_on: dt.date | None = None


def set_instalments(agreement: FundingAgreement, given: Sequence[Instalment], *, by: User) -> Difference:
    """Make the agreement's instalments those that are given; says from what to what, or nothing where nothing differs.

    Refuses one that is not above 0, one that came in on a day yet to come, and more than the agreement is for.
    """
    standing = sorted(agreement.tranches.all(), key=lambda row: (row.due, row.pk))
    was = [Instalment(row.due, row.amount, row.received_on) for row in standing]
    if Counter(was) == Counter(given):
        return {}
    _must_be_possible(agreement, given)
    for row, wanted in _paired(standing, given):
        if row is None:
            row = Tranche(agreement=agreement, created_by=by)  # noqa: PLW2901 - it takes the place of none
        if wanted is None:
            row.delete()
            continue
        row.due, row.amount, row.received_on, row.updated_by = wanted.due, wanted.amount, wanted.received_on, by
        check(row)
        row.save()
    return {"instalments": {"was": _listed(was), "now": _listed(given)}}


def _paired(
    standing: Sequence[Tranche], given: Sequence[Instalment]
) -> Iterable[tuple[Tranche | None, Instalment | None]]:
    """What stands as it is given is left alone; the rest becomes, in the order of days, what else is given."""
    open_to_change, left = [], sorted(given, key=lambda one: one.due)
    for row in standing:
        same = Instalment(row.due, row.amount, row.received_on)
        if same in left:
            left.remove(same)
        else:
            open_to_change.append(row)
    return zip_longest(open_to_change, left)


def _must_be_possible(agreement: FundingAgreement, given: Sequence[Instalment]) -> None:
    if any(one.amount <= 0 for one in given):
        refuse("instalments", _("An instalment is above 0."))
    if any(one.received_on and one.received_on > timezone.localdate() for one in given):
        refuse("instalments", _("An instalment comes in today or earlier, not on a day yet to come."))
    promised = sum((one.amount for one in given), Decimal(0))
    if promised > agreement.amount:
        refuse(
            "instalments",
            _("The instalments would add up to {promised}, more than the agreement's {amount}.").format(
                promised=f"{promised:f}", amount=f"{agreement.amount:f}"
            ),
        )


def _listed(instalments: Iterable[Instalment]) -> str:
    return "; ".join(
        f"{one.due}: {one.amount.normalize():f}" + (f" ({one.received_on})" if one.received_on else "")
        for one in sorted(instalments, key=lambda one: one.due)
    )
