"""The lines of a draft: what is planned, line by line. Those of an approved budget are final."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from costing.domain.vocabulary import BudgetState, Category, LineStatus, Outside
from costing.models import Budget, CostLine, CostLineKey
from costing.services.budgets import BudgetIsFinal
from costing.services.checks import (
    belong_to,
    check_amount,
    check_number,
    currency_among,
    known_currencies,
    one_of_five_or_outside,
)
from experts.models import Deployment
from programmes.models import Currency, FundingAgreement, Workstream
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import check
from programmes.services.days import days
from programmes.services.locking import must_be_at, row_to_change
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.changes.models import MoneyField, QuantityField
from ta_portal.errors import DomainError, Fault, InvalidInput
from ta_portal.money.exact import rounded

# What tells the rate of the person behind a line: not everybody who reads the trail may see rates.
_UNSAID_OF_A_PERSON = ("quantity", "unit_cost", "amount")


class CostLineExists(DomainError):
    """A line's code is its identity: once in each version."""

    code = "cost_line_exists"


class CostLinesExist(InvalidInput):
    """The same of some among many."""

    code = CostLineExists.code
    status = CostLineExists.status


class CostLineChanges(TypedDict, total=False):
    description: str
    category: Category | None
    outside: Outside | None
    status: LineStatus
    workstream: Workstream | None
    agreement: FundingAgreement | None
    deployment: Deployment | None
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    currency: str
    first_day: dt.date
    last_day: dt.date


class NewLine(TypedDict):
    """One planned cost. `code` is its identity in all versions of the engagement's budget.

    It falls in one of the five categories, or outside the formula, or, where the source does not say, in neither.
    Without `last_day` it is for one day.
    """

    code: str
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    currency: str
    first_day: dt.date
    last_day: NotRequired[dt.date | None]
    category: NotRequired[Category | None]
    outside: NotRequired[Outside | None]
    description: NotRequired[str]
    status: NotRequired[LineStatus]
    workstream: NotRequired[Workstream | None]
    agreement: NotRequired[FundingAgreement | None]
    deployment: NotRequired[Deployment | None]


@transaction.atomic
def add_cost_line(*, budget: Budget, by: User, **line: Unpack[NewLine]) -> CostLine:
    """Plan one cost in a draft. Its amount is quantity times unit cost, rounded half up to the currency's minor unit.

    Raises CostLineExists where this version has a line of that code.
    """
    budget = _draft(budget.pk, by=by)
    row = _planned(budget, line, known_currencies([line["currency"]]), by=by)
    row.key, _is_new = CostLineKey.objects.get_or_create(engagement_id=budget.engagement_id, code=line["code"])
    if budget.lines.filter(key=row.key).exists():
        raise CostLineExists(_taken(line["code"]))
    row.save(force_insert=True)
    audit.record("cost_line.added", target=row, by=by, code=line["code"], amount=row.amount, currency=line["currency"])
    return row


@transaction.atomic
def add_cost_lines(*, budget: Budget, lines: Sequence[NewLine], by: User) -> list[CostLine]:
    """Plan many costs in a draft, all or none, in a dozen queries. A fault names its line: `lines[3].quantity`."""
    budget = _draft(budget.pk, by=by)
    currencies = Currency.objects.in_bulk({line["currency"] for line in lines})
    rows, faults = [], []
    for number, line in enumerate(lines):
        try:
            rows.append(_planned(budget, line, currencies, by=by))
        except InvalidInput as refusal:
            faults += refusal.within(f"lines[{number}]")
    if faults:
        raise InvalidInput(faults)
    codes = [line["code"] for line in lines]
    _must_be_free(budget, codes)
    keys = _keys(budget, codes)
    for row, code in zip(rows, codes, strict=True):
        row.key = keys[code]
    CostLine.objects.bulk_create(rows)
    audit.record("cost_lines.added", target=budget, by=by, codes=codes)
    return rows


@transaction.atomic
def change_cost_line(
    *, line: CostLine, expected_version: int | None = None, by: User, **changes: Unpack[CostLineChanges]
) -> CostLine:
    """Change a line of a draft; its amount is made anew. Its code stays: the ledger knows it by that.

    Raises BudgetIsFinal once the budget is approved.
    """
    line = _line_of_a_draft(line, expected_version, by=by)
    given: dict[str, Any] = dict(changes)
    if "currency" in changes:
        given["currency"] = known_currencies([changes["currency"]])[changes["currency"]]
    was = line.amount
    difference = apply_changes(line, given, allowed=CostLineChanges, ranges={"planned": ("first_day", "last_day")})
    if not difference:
        return line
    _reckon(line)
    if line.amount != was:
        difference["amount"] = {"was": f"{was:f}", "now": f"{line.amount:f}"}
    unsaid = _UNSAID_OF_A_PERSON if line.deployment_id or line.category == Category.SALARIES else ()
    save_changes(line, difference, verb="cost_line.changed", by=by, unsaid=unsaid, code=line.key.code)
    return line


@transaction.atomic
def remove_cost_line(*, line: CostLine, reason: str, expected_version: int | None = None, by: User) -> None:
    """Take a line out of a draft. Its code stays known: entries that were booked on it keep it."""
    line = _line_of_a_draft(line, expected_version, by=by)
    remove_row(line, verb="cost_line.removed", reason=reason, by=by, code=line.key.code)


def _draft(budget_id: int, *, by: User) -> Budget:
    # Locked, so that the budget is not approved while a line in it changes.
    budget = Budget.objects.select_for_update(of=["self"]).get(pk=budget_id)
    require(by, Permission.BUDGET_CHANGE, budget)
    if budget.state != BudgetState.DRAFT:
        raise BudgetIsFinal(_("Version {version} is approved: draft a new one.").format(version=budget.version))
    return budget


def _line_of_a_draft(line: CostLine, expected_version: int | None, *, by: User) -> CostLine:
    _draft(line.budget_id, by=by)
    found = row_to_change(CostLine, line.pk, Permission.BUDGET_CHANGE, by=by)
    must_be_at(found, expected_version)
    return found


def _planned(budget: Budget, line: NewLine, currencies: Mapping[str, Currency], *, by: User) -> CostLine:
    """The line as it would be saved, checked, but for its identity."""
    check(CostLineKey(engagement_id=budget.engagement_id, code=line["code"]))
    first = line["first_day"]
    given: dict[str, Any] = {
        name: value for name, value in line.items() if name not in ("code", "currency", "first_day", "last_day")
    }
    row = CostLine(
        budget=budget,
        currency=currency_among(currencies, line["currency"]),
        planned=days(first, line.get("last_day") or first, place="last_day"),
        created_by=by,
        updated_by=by,
        **given,
    )
    _reckon(row)
    check(row)
    return row


def _must_be_free(budget: Budget, codes: Sequence[str]) -> None:
    taken = set(budget.lines.filter(key__code__in=codes).values_list("key__code", flat=True))
    faults = []
    for number, code in enumerate(codes):
        if code in taken:
            faults.append(Fault(f"lines[{number}]", CostLineExists.code, _taken(code)))
        taken.add(code)
    if faults:
        raise CostLinesExist(faults)


def _keys(budget: Budget, codes: Sequence[str]) -> dict[str, CostLineKey]:
    """The identities that the codes are in all versions of the budget, made where they are new."""
    new = [CostLineKey(engagement_id=budget.engagement_id, code=code) for code in codes]
    CostLineKey.objects.bulk_create(new, ignore_conflicts=True)
    found = CostLineKey.objects.filter(engagement_id=budget.engagement_id, code__in=codes)
    return {key.code: key for key in found}


def _taken(code: str) -> str:
    return _("The budget has a line “{code}” already.").format(code=code)


def _reckon(line: CostLine) -> None:
    """The line's amount, once its figures, its category and what it hangs on are in order."""
    check_number("quantity", line.quantity, QuantityField)
    check_number("unit_cost", line.unit_cost, MoneyField)
    if line.quantity < 0:
        raise InvalidInput.at("quantity", _("A quantity is 0 or more."), "negative")
    line.amount = rounded(Fraction(line.quantity) * Fraction(line.unit_cost), line.currency.minor_units)
    check_amount("unit_cost", line.amount, line.currency, MoneyField)
    one_of_five_or_outside(
        Category(line.category) if line.category else None, Outside(line.outside) if line.outside else None
    )
    belong_to(line.budget.engagement, workstream=line.workstream, agreement=line.agreement, deployment=line.deployment)
