"""Transactions and budgets of an activity: what has a place in the ledger and in the plan, and what has none."""

import datetime as dt

from django.utils.translation import gettext as _

from costing.domain.vocabulary import EntryKind
from ta_portal.exchange.iati.content import BudgetPart, TransactionPart
from ta_portal.exchange.iati.places import named, reference
from ta_portal.exchange.iati.values import Element, Findings

ENTRY_KINDS = {
    "1": EntryKind.INCOMING,
    "2": EntryKind.COMMITMENT,
    "3": EntryKind.DISBURSEMENT,
    "4": EntryKind.EXPENDITURE,
    "11": EntryKind.INCOMING_COMMITMENT,
}
# The others of the list, by the words a reader knows them by; the ledger has no kind for them.
_OTHERS = {
    "5": "interest payment",
    "6": "loan repayment",
    "7": "reimbursement",
    "8": "purchase of equity",
    "9": "sale of equity",
    "10": "credit guarantee",
    "12": "outgoing pledge",
    "13": "incoming pledge",
}
_READ = frozenset({"transaction-type", "transaction-date", "value", "description", "provider-org"})
_LONGEST_DESCRIPTION = 500


def read_transactions(root: Element, currency: str | None, findings: Findings) -> list[TransactionPart]:
    found = []
    for number, element in enumerate(root.children("transaction"), start=1):
        with findings.at_most_one_fault():
            part = _transaction(element, number, currency, findings)
            if part is not None:
                found.append(part)
    return found


def _transaction(element: Element, number: int, currency: str | None, findings: Findings) -> TransactionPart | None:
    """The entry that it becomes; None for a kind that the ledger does not know, or for nothing at all."""
    code = element.needed("transaction-type").needed_attribute("code")
    if code not in ENTRY_KINDS:
        if code not in _OTHERS:
            element.needed("transaction-type").refuse(_("“{code}” is no kind of transaction.").format(code=code))
        findings.leave_out(f"transaction of type {code} ({_OTHERS[code]})", element)
        return None
    value = element.needed("value")
    amount = value.number(value.text)
    if amount == 0:
        findings.leave_out("transaction of 0", element)
        return None
    provider = element.first("provider-org")
    _note_the_rest(element, findings)
    element.tell_of_other_attributes(("ref",), findings)
    finance = element.first("finance-type")
    return TransactionPart(
        place=element.place,
        number=number,
        ref=element.attribute("ref"),
        kind=ENTRY_KINDS[code],
        on=_date(element, value, findings),
        amount=amount,
        currency=read_currency(value, currency),
        description=_description(element, findings),
        provider=(reference(provider), named(provider, "")),
        finance_type=finance.attribute("code") if finance is not None else None,
    )


def _date(element: Element, value: Element, findings: Findings) -> dt.date:
    """The transaction's; else that of its value."""
    dated = element.first("transaction-date")
    if dated is not None and dated.attribute("iso-date") is not None:
        return dated.day()
    if value.attribute("value-date") is None:
        element.refuse(_("A transaction has a date: this one has neither its own nor one of its value."))
    findings.notes.append(
        _("Line {line}: the transaction has no date; that of its value stands for it.").format(line=element.line)
    )
    return value.day("value-date")


def _note_the_rest(element: Element, findings: Findings) -> None:
    """What a ledger entry has no column for. Recipients and sectors are read where the activity has none."""
    for child in element.children():
        if child.name not in _READ:
            findings.leave_out(f"transaction/{child.name}", child)
    value = element.first("value")
    if value is not None and (dated := value.attribute("value-date")) is not None:
        own = element.first("transaction-date")
        if own is None or own.attribute("iso-date") != dated:
            findings.left_out["transaction/value/@value-date, other than its date"] += 1
            findings.kept["transaction/value/@value-date, other than its date"].append(dated)


def _description(element: Element, findings: Findings) -> str:
    description = element.first("description")
    found = description.narratives("") if description is not None else []
    text = found[0][1] if found else ""
    if len(text) > _LONGEST_DESCRIPTION:
        findings.leave_out(f"transaction/description, beyond {_LONGEST_DESCRIPTION} characters", description)
    return text[:_LONGEST_DESCRIPTION]


def read_currency(value: Element, default: str | None) -> str:
    code = value.attribute("currency") or default
    if code is None:
        value.refuse(_("The amount has no currency, and the activity has no default one."))
    return code


def read_budgets(root: Element, currency: str | None, findings: Findings) -> list[BudgetPart]:
    found = []
    for number, element in enumerate(root.children("budget"), start=1):
        with findings.at_most_one_fault():
            found.append(_budget(element, number, currency))
            element.tell_of_others({"period-start", "period-end", "value"}, findings, under="budget/")
    return found


def _budget(element: Element, number: int, currency: str | None) -> BudgetPart:
    starts, ends = element.needed("period-start").day(), element.needed("period-end").day()
    if ends < starts:
        element.refuse(_("The budget's period ends on {end}, before it starts.").format(end=ends))
    value = element.needed("value")
    kind, status = element.attribute("type") or "1", element.attribute("status") or "1"
    if kind not in ("1", "2"):
        element.refuse(_("“{code}” is no kind of budget: 1 original, 2 revised.").format(code=kind))
    return BudgetPart(
        place=element.place,
        code=f"B{number}",
        starts=starts,
        ends=ends,
        amount=value.number(value.text),
        currency=read_currency(value, currency),
        revised=kind == "2",
        committed=status == "2",
    )
