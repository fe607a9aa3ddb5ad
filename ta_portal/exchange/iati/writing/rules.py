"""The standard's rules that an export can break, each in words, with the page of the portal on which it is mended.

Numbers are those of the standard ruleset. Rules that this export cannot break (a currency with every amount, one
activity sector list, a vocabulary) are not asked.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from lxml import etree

from programmes.models import Engagement
from ta_portal.errors import Fault
from ta_portal.exchange.iati.codelists import Codelist, statuses
from ta_portal.exchange.iati.values import as_number
from ta_portal.exchange.iati.writing.activity import default_codes

_FORBIDDEN = re.compile(r"[/&|?]")
_MEASURED = ("1", "2", "3", "4")
_CODES = (
    ("default-flow-type", Codelist.FLOW_TYPE),
    ("default-finance-type", Codelist.FINANCE_TYPE),
    ("default-aid-type", Codelist.AID_TYPE),
    ("default-tied-status", Codelist.TIED_STATUS),
    ("recipient-country", Codelist.COUNTRY),
    ("recipient-region", Codelist.REGION),
    ("sector", Codelist.SECTOR),
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an activity breaks. `page` is where it is mended."""

    ref: str
    rule: str
    sentence: str
    page: str

    def as_fault(self) -> Fault:
        return Fault(f"{self.ref} ({self.page})", self.rule, self.sentence)


Told = Iterator[tuple[str, str]]
Rule = Callable[[etree._Element], Told]


def breaches(activity: etree._Element, engagement: Engagement, *, today: dt.date) -> Iterator[Breach]:
    """Every rule that the written activity breaks."""
    pages = {
        "programmes:engagement": [_identity, _dates, _places, _sectors, _texts, _participants],
        "costing:costs": [_budgets],
        "programmes:results": [_periods, _measures],
    }
    for view, rules in pages.items():
        page = reverse(view, args=[engagement.ref])
        for rule in rules:
            for number, sentence in rule(activity):
                yield Breach(engagement.ref, number, sentence, page)
    for number, sentence in _in_the_future(activity, today):
        yield Breach(engagement.ref, number, sentence, reverse("costing:costs", args=[engagement.ref]))
    for sentence in _codes(activity, engagement):
        yield Breach(engagement.ref, "codelist", sentence, reverse("programmes:engagement", args=[engagement.ref]))
    if not engagement.objective:
        yield Breach(
            engagement.ref,
            "4.4.1",
            _("It has no objective: its title stands for the description that IATI asks for."),
            reverse("programmes:engagement", args=[engagement.ref]),
        )
    for outcome in engagement.outcomes.all():
        if not any(indicator.outcome_id == outcome.pk for indicator in engagement.indicators.all()):
            yield Breach(
                engagement.ref,
                "schema",
                _("The outcome {code} has no indicator, and IATI has no result without one: it is left out.").format(
                    code=outcome.code
                ),
                reverse("programmes:results", args=[engagement.ref]),
            )


def _identity(activity: etree._Element) -> Told:
    identifier, ref = activity.findtext("iati-identifier") or "", _attribute(activity, "reporting-org", "ref")
    if not ref:
        yield "1.14.8", _("The organisation that reports has no IATI reference.")
        return
    if identifier == ref:
        yield "1.1.3", _("The identifier is that of the organisation that reports: each activity has its own.")
    elif not identifier.startswith(f"{ref}-"):
        yield (
            "1.1.21",
            _("The identifier {identifier} does not begin with {ref}- of who reports.").format(
                identifier=identifier, ref=ref
            ),
        )
    if not any(ref.startswith(f"{agency}-") for agency in statuses(Codelist.REGISTRATION_AGENCY)):
        yield (
            "1.14.8",
            _("{ref} does not begin with the code of a registration agency, such as XM-DAC.").format(ref=ref),
        )
    for number, said in (("1.3.13", identifier), ("1.14.13", ref)):
        if _FORBIDDEN.search(said):
            yield number, _("{said} holds one of the signs / & | ? that a reference may not have.").format(said=said)
        if said != said.strip():
            yield number, _("“{said}” begins or ends with a space.").format(said=said)


def _dates(activity: etree._Element) -> Told:
    days = {element.get("type"): element.get("iso-date") or "" for element in activity.findall("activity-date")}
    if "1" not in days and "2" not in days:
        yield "6.11.1", _("It has neither a planned nor an actual start date.")
    for number, first, last, what in (("11.1.2", "1", "3", _("planned")), ("11.1.3", "2", "4", _("actual"))):
        if first in days and last in days and days[first] > days[last]:
            yield number, _("Its {what} end is before its {what} start.").format(what=what)


def _in_the_future(activity: etree._Element, today: dt.date) -> Told:
    for element in activity.findall("activity-date"):
        if element.get("type") in ("2", "4") and _day(element) > today:
            number = "11.1.4" if element.get("type") == "2" else "11.1.5"
            yield number, _("Its actual date {day} has not come yet.").format(day=_day(element))
    for element in activity.findall("transaction/transaction-date"):
        if _day(element) > today:
            yield "11.2.1", _("A transaction is dated {day}, which has not come yet.").format(day=_day(element))


def _places(activity: etree._Element) -> Told:
    elements = [*activity.findall("recipient-country"), *activity.findall("recipient-region")]
    if not elements:
        yield "3.7.1", _("It names no country and no region that receives.")
    elif _total(elements) != 100:
        yield "3.4.2", _("The shares of its recipients add up to {total}.").format(total=_total(elements))


def _sectors(activity: etree._Element) -> Told:
    elements = activity.findall("sector")
    if not elements:
        yield "6.2.2", _("It has no sector.")
    elif _total(elements) != 100:
        yield "2.1.2", _("The shares of its sectors add up to {total}.").format(total=_total(elements))


def _texts(activity: etree._Element) -> Told:
    if not (activity.findtext("title/narrative") or "").strip():
        yield "4.3.1", _("It has no title.")


def cannot_go_out(activity: etree._Element) -> bool:
    """Without anybody who reports or takes part there is no IATI activity."""
    return activity.find("participating-org") is None or not _attribute(activity, "reporting-org", "ref")


def _participants(activity: etree._Element) -> Told:
    elements = activity.findall("participating-org")
    if cannot_go_out(activity):
        yield "schema", _("It has no lead and nobody pays for it: it is left out.")
    for element in elements:
        if not element.get("ref") and not (element.findtext("narrative") or "").strip():
            yield "6.10.1", _("An organisation that takes part has neither a reference nor a name.")


def _budgets(activity: etree._Element) -> Told:
    for budget in activity.findall("budget"):
        starts, ends = _days_of(budget)
        if starts > ends:
            yield "8.6.3", _("A budget ends on {ends}, before it starts.").format(ends=ends)
        if ends > _a_year_after(starts):
            yield (
                "7.5.3",
                _("The budget from {starts} to {ends} is for more than a year.").format(starts=starts, ends=ends),
            )


def _periods(activity: etree._Element) -> Told:
    for period in activity.findall("result/indicator/period"):
        starts, ends = _days_of(period)
        if starts > ends:
            yield "8.6.1", _("A period of an indicator ends on {ends}, before it starts.").format(ends=ends)


def _measures(activity: etree._Element) -> Told:
    """What is measured in numbers has numbers."""
    for indicator in activity.findall("result/indicator"):
        title = indicator.findtext("title/narrative")
        for number, path in (("8.8", "baseline"), ("8.9", "period/target"), ("8.10", "period/actual")):
            for element in indicator.findall(path) if indicator.get("measure") in _MEASURED else ():
                value = element.get("value")
                if value is None:
                    yield f"{number}.1", _("The {what} of “{title}” has no value.").format(what=path, title=title)
                elif as_number(value) is None:
                    yield f"{number}.2", _("The {what} of “{title}” is no number.").format(what=path, title=title)


def _codes(activity: etree._Element, engagement: Engagement) -> Iterator[str]:
    """What is on no list was left out, or cannot be; what is withdrawn is written all the same."""
    for name, codelist, code in default_codes(engagement):
        if code and code not in statuses(codelist):
            yield _("{name}: {code} is on no codelist; it is left out.").format(name=name, code=code)
    for name, codelist in _CODES:
        for element in activity.findall(name):
            status = statuses(codelist).get(element.get("code") or "")
            if status is None:
                yield _("{name}: {code} is on no codelist.").format(name=name, code=element.get("code"))
            elif status != "active":
                yield _("{name}: the code {code} is {status}: choose another.").format(
                    name=name, code=element.get("code"), status=status
                )
    for code in sorted({str(value.get("currency")) for value in activity.iter("value")}):
        if statuses(Codelist.CURRENCY).get(code) != "active":
            yield _("The currency {code} is not on the codelist, or withdrawn.").format(code=code)


def _attribute(activity: etree._Element, name: str, attribute: str) -> str:
    element = activity.find(name)
    return "" if element is None else element.get(attribute) or ""


def _day(element: etree._Element) -> dt.date:
    return dt.date.fromisoformat(element.get("iso-date") or "")


def _days_of(element: etree._Element) -> tuple[dt.date, dt.date]:
    starts, ends = element.find("period-start"), element.find("period-end")
    if starts is None or ends is None:
        raise ValueError("A period that this export wrote has two days.")
    return _day(starts), _day(ends)


def _a_year_after(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return dt.date(day.year + 1, 3, 1)


def _total(elements: list[etree._Element]) -> Decimal:
    return sum((Decimal(element.get("percentage") or 0) for element in elements), Decimal(0))
