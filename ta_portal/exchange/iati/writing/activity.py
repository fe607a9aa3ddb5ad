"""An engagement as an IATI activity: its parts in the order that the standard fixes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from programmes.domain.vocabulary import EngagementStatus
from programmes.models import Country, Engagement, Organisation
from programmes.reference import reference_rows
from ta_portal.exchange.iati.codelists import Codelist, is_listed
from ta_portal.exchange.iati.facts import KEY
from ta_portal.exchange.iati.places import ACCOUNTABLE, EXTENDING, FUNDING, IMPLEMENTING, UNSPECIFIED
from ta_portal.exchange.iati.writing.days import first_day, last_day
from ta_portal.exchange.iati.writing.elements import XML_LANG, is_language, narrative, plain, told, under
from ta_portal.exchange.iati.writing.money import write_budgets, write_transactions
from ta_portal.exchange.iati.writing.results import write_results

_S = EngagementStatus
_STATUSES = {
    _S.PIPELINE: "1",
    _S.APPRAISAL: "1",
    _S.APPROVED: "1",
    _S.ACTIVE: "2",
    _S.COMPLETED: "4",
    _S.EXITED: "4",
    _S.CANCELLED: "5",
    _S.SUSPENDED: "6",
}
_FINALISATION = "3"
_LANGUAGE = "en"


def activity_of(engagement: Engagement) -> etree._Element:
    """All that IATI has words for. What came in by a file and has no column goes out as it came."""
    facts: Mapping[str, Any] = engagement.source_facts.get(KEY, {})
    found = etree.Element("iati-activity")
    language = facts.get("language", "")
    found.set(XML_LANG, language if is_language(language) else _LANGUAGE)
    found.set("default-currency", engagement.programme.currency_id)
    found.set("last-updated-datetime", engagement.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    found.set("hierarchy", "1")
    under(found, "iati-identifier", identifier_of(engagement))
    _reporting(found, engagement, facts)
    _texts(found, engagement, facts)
    for role, organisation in _participants(engagement, facts):
        _participating(found, role, organisation)
    under(found, "activity-status", code=_status(engagement, facts))
    _dates(found, engagement)
    _recipients(found, engagement)
    for share in engagement.sector_shares.all():
        under(found, "sector", vocabulary="1", code=share.sector_id, percentage=plain(share.pct))
    _default_codes(found, engagement)
    write_budgets(found, engagement, facts)
    write_transactions(found, engagement)
    for related in facts.get("kept", {}).get("related-activity", []):
        if "@ref" in related and "@type" in related:
            under(found, "related-activity", ref=related["@ref"], type=related["@type"])
    write_results(found, engagement, facts)
    return found


def identifier_of(engagement: Engagement) -> str:
    """The one that it has been known by; else who reports, a hyphen and the reference."""
    return engagement.iati_id or f"{_reference(engagement.programme.lead)}-{engagement.ref}"


def _reference(organisation: Organisation | None) -> str:
    """Its IATI reference; until it has one, its code, which the rules call a fault."""
    return "" if organisation is None else organisation.iati_ref or organisation.code


def _reporting(found: etree._Element, engagement: Engagement, facts: Mapping[str, Any]) -> None:
    """Who published it first; for the portal's own, who leads the programme."""
    first = facts.get("reporting_org")
    if first is not None:
        told(found, "reporting-org", first["name"], ref=first["ref"] or "", type=first["type"])
        return
    lead = engagement.programme.lead
    told(
        found,
        "reporting-org",
        lead.name if lead else engagement.programme.title,
        ref=_reference(lead),
        type=lead.kind if lead else "90",
    )


def _texts(found: etree._Element, engagement: Engagement, facts: Mapping[str, Any]) -> None:
    """In all languages that it came in, unless the portal's own word is another by now."""
    titles = facts.get("titles", [])
    title = under(found, "title")
    if titles and titles[0][1].startswith(engagement.title):
        for language, text in titles:
            narrative(title, text, language)
    else:
        narrative(title, engagement.title)
    descriptions = facts.get("descriptions", [])
    if not any(text == engagement.objective for _kind, _language, text in descriptions):
        descriptions = [("1", "", engagement.objective or engagement.title)]
    by_kind: dict[str, etree._Element] = {}
    for kind, language, text in descriptions:
        if kind not in by_kind:
            by_kind[kind] = under(found, "description", type=kind)
        narrative(by_kind[kind], text, language)


Participant = Mapping[str, str | None]


def _participants(engagement: Engagement, facts: Mapping[str, Any]) -> Iterator[tuple[str, Participant]]:
    """Each organisation once in a role, by roles."""
    agreements = engagement.agreements.all()
    roles: dict[str, list[Participant]] = defaultdict(list)
    if facts.get("has_funding", True):
        roles[FUNDING] += [_told(agreement.contributor) for agreement in agreements]
    if facts.get("has_accountable", True) and engagement.programme.lead:
        roles[ACCOUNTABLE].append(_told(engagement.programme.lead))
    roles[EXTENDING] += [_told(agreement.administrator) for agreement in agreements if agreement.administrator]
    roles[IMPLEMENTING] += [_told(agreement.provider) for agreement in agreements if agreement.provider]
    if not any(roles.values()):
        # The standard asks for somebody who takes part; the file that it came from named nobody.
        roles[FUNDING] += [_told(agreement.contributor) for agreement in agreements]
        roles[ACCOUNTABLE] += [_told(engagement.programme.lead)] if engagement.programme.lead else []
    for other in facts.get("other_organisations", []):
        roles[other["role"]].append({name: other[name] for name in ("ref", "name", "type")})
    for role in sorted(roles):
        seen: list[Participant] = []
        for participant in roles[role]:
            if participant not in seen:
                seen.append(participant)
                yield role, participant


def _told(organisation: Organisation) -> Participant:
    return {"ref": organisation.iati_ref or None, "name": organisation.name, "type": organisation.kind}


def _participating(found: etree._Element, role: str, who: Participant) -> None:
    told(found, "participating-org", who["name"] or "", ref=who["ref"], role=role, type=who["type"])


def _status(engagement: Engagement, facts: Mapping[str, Any]) -> str:
    """IATI tells finalisation and closed apart, the portal does not: what came as finalisation goes out so."""
    code = _STATUSES[EngagementStatus(engagement.status)]
    as_came = facts.get("status") == _FINALISATION and engagement.status == EngagementStatus.COMPLETED
    return _FINALISATION if as_came else code


def _dates(found: etree._Element, engagement: Engagement) -> None:
    planned, actual = engagement.planned, engagement.actual
    days = [("1", first_day(planned)), ("3", last_day(planned))]
    if actual is not None:
        days += [("2", first_day(actual)), ("4", last_day(actual))]
    for kind, day in sorted(days, key=lambda dated: dated[0]):
        if day is not None:
            under(found, "activity-date", type=kind, iso_date=str(day))


def _recipients(found: etree._Element, engagement: Engagement) -> None:
    """Countries first. One that only the portal knows goes out as the region that it lies in."""
    regions: dict[str, Decimal] = defaultdict(Decimal)
    names: dict[str, str] = {}
    for row in engagement.recipients.all():
        if row.country is None:
            regions[str(row.region_id)] += row.pct
        elif is_listed(Codelist.COUNTRY, row.country.iso2):
            under(found, "recipient-country", code=row.country.iso2, percentage=plain(row.pct))
        else:
            region = region_of(row.country)
            regions[region] += row.pct
            names[region] = row.country.name
    for code, pct in regions.items():
        element = under(found, "recipient-region", vocabulary="1", code=code, percentage=plain(pct))
        if code in names:
            narrative(element, names[code])


def region_of(country: Country) -> str:
    """The DAC's region by the name of the one that the country lies in (Caribbean: 1031), else unspecified."""
    wanted = f"{country.region}, regional".casefold()
    return next((row["code"] for row in reference_rows("regions") if row["name"].casefold() == wanted), UNSPECIFIED)


def _default_codes(found: etree._Element, engagement: Engagement) -> None:
    """Only codes that are on their list; the rules tell of the others."""
    for name, codelist, code in default_codes(engagement):
        if code and is_listed(codelist, code):
            under(found, name, code=code)


def default_codes(engagement: Engagement) -> list[tuple[str, Codelist, str | None]]:
    return [
        ("default-flow-type", Codelist.FLOW_TYPE, engagement.flow_type),
        ("default-finance-type", Codelist.FINANCE_TYPE, engagement.finance_type),
        ("default-aid-type", Codelist.AID_TYPE, engagement.aid_type),
        ("default-tied-status", Codelist.TIED_STATUS, engagement.tied_status),
    ]
