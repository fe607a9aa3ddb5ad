"""Reads an IATI activity file: all activities, and every fault of every part of them, with its line and identifier."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from programmes.domain.vocabulary import EngagementStatus
from ta_portal.errors import Fault, InvalidInput
from ta_portal.exchange.iati.content import Activity, BudgetPart, DatesPart, TransactionPart
from ta_portal.exchange.iati.markup import activities
from ta_portal.exchange.iati.money import read_budgets, read_transactions
from ta_portal.exchange.iati.places import read_organisations, read_places, read_reporting, read_sectors
from ta_portal.exchange.iati.results import read_results
from ta_portal.exchange.iati.values import LANG, Element, Findings

_S = EngagementStatus
STATUSES = {
    "1": _S.PIPELINE,
    "2": _S.ACTIVE,
    "3": _S.COMPLETED,
    "4": _S.COMPLETED,
    "5": _S.CANCELLED,
    "6": _S.SUSPENDED,
}
_READ = frozenset(
    {"iati-identifier", "reporting-org", "title", "description", "participating-org", "activity-status",
     "activity-date", "recipient-country", "recipient-region", "sector", "default-flow-type", "default-finance-type",
     "default-aid-type", "default-tied-status", "budget", "transaction", "result", "narrative"}
)  # fmt: skip
_READ_ATTRIBUTES = frozenset({"default-currency", "lang"})
# What the portal keeps in one language; titles and descriptions of the activity are kept in all.
_IN_ONE_LANGUAGE = (
    "reporting-org",
    "participating-org",
    "transaction/description",
    "result/title",
    "result/description",
    "result/indicator/title",
    "result/indicator/description",
    "result/indicator/baseline/comment",
    "result/indicator/period/target/comment",
    "result/indicator/period/actual/comment",
)
# What is not kept word by word beyond this size; it is counted all the same.
_MOST_KEPT = 8_000
_LONGEST_TITLE = 500
_LONGEST_IDENTIFIER = 200
_LONGEST_CODE = 10
# When no money says otherwise: a programme needs a currency to count in.
_DEFAULT_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Read:
    """An activity that can be loaded, or None, and what is wrong with it."""

    activity: Activity | None
    faults: tuple[Fault, ...]


def read_file(path: Path) -> Iterator[Read]:
    """Each activity of the file, one in memory at a time; faults are listed with it.

    Raises InvalidInput for a file that is no IATI 2 activity file, or is so no longer at some line.
    """
    empty = True
    for node in activities(path):
        findings = Findings()
        activity = _activity(node, findings)
        empty = False
        yield Read(activity, tuple(findings.faults))
    if empty:
        raise InvalidInput.at("", _("The file holds no activity."))


def _activity(node: etree._Element, findings: Findings) -> Activity | None:
    """The activity, or None where a fault is listed."""
    root = Element(node, "")
    with findings.at_most_one_fault():
        identifier = _identifier(root)
        root = Element(node, identifier)
        found = _read(root, identifier, findings)
        if not findings.faults:
            return found
    return None


def _identifier(root: Element) -> str:
    found = root.needed("iati-identifier").text
    if found is None:
        root.needed("iati-identifier").refuse(_("The identifier is empty."))
    if len(found) > _LONGEST_IDENTIFIER:
        sentence = _("The identifier is longer than {most} characters.").format(most=_LONGEST_IDENTIFIER)
        root.needed("iati-identifier").refuse(sentence)
    return found


def _read(root: Element, identifier: str, findings: Findings) -> Activity | None:
    currency = root.attribute("default-currency")
    language = (root.attribute(LANG) or "").lower()
    sectors = read_sectors(root, findings)
    countries, regions = read_places(root, findings)
    transactions = read_transactions(root, currency, findings)
    budgets = read_budgets(root, currency, findings)
    results = read_results(root, language, findings)
    status = None
    with findings.at_most_one_fault():
        status = _status(root)
    _note_the_rest(root, findings)
    dates = _dates(root, findings)
    if status is None or dates is None:
        return None
    return Activity(
        place=root.place,
        identifier=identifier,
        language=language,
        currency=currency or _most_used([*transactions, *budgets]),
        titles=_titles(root, identifier, language, findings),
        descriptions=_descriptions(root, language),
        reporting=read_reporting(root, language, findings),
        organisations=read_organisations(root, language, findings),
        status=STATUSES[status],
        iati_status=status,
        dates=dates,
        countries=countries,
        regions=regions,
        sectors=sectors,
        aid_type=_default_aid_type(root, findings),
        finance_type=_code(root.first("default-finance-type")),
        flow_type=_code(root.first("default-flow-type")),
        tied_status=_code(root.first("default-tied-status")),
        transactions=tuple(transactions),
        budgets=tuple(budgets),
        results=tuple(results),
        left_out=dict(findings.left_out),
        kept={kind: said for kind, said in findings.kept.items() if len(str(said)) <= _MOST_KEPT},
        notes=tuple(findings.notes),
    )


def _status(root: Element) -> str:
    element = root.needed("activity-status")
    code = element.needed_attribute("code")
    if code not in STATUSES:
        element.refuse(_("“{code}” is no activity status: 1 to 6.").format(code=code))
    return code


def _dates(root: Element, findings: Findings) -> DatesPart | None:
    """Planned from and to (types 1 and 3), actual from and to (2 and 4); where only actual ones are given, both."""
    found: dict[str, dt.date] = {}
    for element in root.children("activity-date"):
        with findings.at_most_one_fault():
            kind, day = element.needed_attribute("type"), element.day()
            if kind not in ("1", "2", "3", "4"):
                element.refuse(_("“{code}” is no kind of activity date: 1 to 4.").format(code=kind))
            if kind in found:
                findings.leave_out(f"activity-date of type {kind}, more than one", element)
            if kind == "4" and not any(other.attribute("type") == "2" for other in root.children("activity-date")):
                findings.leave_out("activity-date of type 4 without one of type 2", element)
            found.setdefault(kind, day)
    with findings.at_most_one_fault():
        planned_from = found.get("1", found.get("2"))
        if planned_from is None:
            root.refuse(_("There is neither a planned nor an actual start date."))
        planned_to = found.get("3", found.get("4"))
        actual_from, actual_to = found.get("2"), found.get("4") if "2" in found else None
        if planned_to is not None and planned_to < planned_from:
            if "3" in found:
                root.refuse(_("It is planned to end on {end}, before it starts.").format(end=planned_to))
            planned_to = None
        if actual_from is not None and actual_to is not None and actual_to < actual_from:
            root.refuse(_("It ended on {end}, before it started.").format(end=actual_to))
        return DatesPart(
            place=root.place,
            planned_from=planned_from,
            planned_to=planned_to,
            actual_from=actual_from,
            actual_to=actual_to,
        )
    return None


def _titles(root: Element, identifier: str, language: str, findings: Findings) -> tuple[tuple[str, str], ...]:
    title = root.first("title")
    found = title.narratives(language) if title is not None else []
    if not found:
        findings.notes.append(_("It has no title: its identifier stands for one."))
        return ((language, identifier),)
    if len(found[0][1]) > _LONGEST_TITLE:
        findings.notes.append(_("Its title is longer than {most} characters and was cut.").format(most=_LONGEST_TITLE))
    return tuple(found)


def _descriptions(root: Element, language: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (element.attribute("type") or "1", spoken, text)
        for element in root.children("description")
        for spoken, text in element.narratives(language)
    )


def _code(element: Element | None) -> str | None:
    found = None if element is None else element.attribute("code")
    if element is not None and found is not None and len(found) > _LONGEST_CODE:
        element.refuse(_("“{code}” is no code: it is longer than any of the list.").format(code=found[:60]))
    return found


def _default_aid_type(root: Element, findings: Findings) -> str | None:
    """The DAC's; another vocabulary's is counted."""
    found = None
    for element in root.children("default-aid-type"):
        if element.attribute("vocabulary") in (None, "1") and found is None:
            found = _code(element)
        else:
            findings.leave_out("default-aid-type of another vocabulary", element)
    return found


def _note_the_rest(root: Element, findings: Findings) -> None:
    root.tell_of_others(_READ, findings)
    root.tell_of_other_attributes(_READ_ATTRIBUTES, findings)
    for narrative in root.further_narratives(_IN_ONE_LANGUAGE):
        findings.leave_out("narrative in a further language", narrative)
    for date in root.children("activity-date"):
        date.tell_of_others((), findings, under="activity-date/")


def _most_used(parts: Sequence[TransactionPart | BudgetPart]) -> str:
    used = Counter(part.currency for part in parts)
    return used.most_common(1)[0][0] if used else _DEFAULT_CURRENCY
