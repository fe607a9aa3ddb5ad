"""Who takes part, where, and what about: organisations, recipients and sectors of an activity."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from programmes.domain.vocabulary import OrganisationKind
from ta_portal.exchange.iati.content import OrganisationPart, SharePart
from ta_portal.exchange.iati.shares import WHOLE, SharesDoNotAddUp, by_weight, whole
from ta_portal.exchange.iati.values import Element, Findings, as_number

FUNDING, ACCOUNTABLE, EXTENDING, IMPLEMENTING = "1", "2", "3", "4"
REPORTING = "0"
# The region of the DAC's list for developing countries that are not named.
UNSPECIFIED = "998"

_KINDS = {kind.value: kind for kind in OrganisationKind}
# What publishers write where they have no reference.
_NO_REF = frozenset({"N/A", "NA", "NONE", "NULL", "UNKNOWN", "-", "0"})
_LONGEST_REF = 100
_LONGEST_NAME = 300
_READ_ATTRIBUTES = ("ref", "role", "type")
_DAC = (None, "1")


def read_reporting(root: Element, language: str, findings: Findings) -> OrganisationPart:
    return _organisation(root.needed("reporting-org"), REPORTING, language, findings)


def read_organisations(root: Element, language: str, findings: Findings) -> tuple[OrganisationPart, ...]:
    """Those that take part, each once in a role."""
    found: list[OrganisationPart] = []
    for element in root.children("participating-org"):
        with findings.at_most_one_fault():
            role = element.needed_attribute("role")
            if role not in (FUNDING, ACCOUNTABLE, EXTENDING, IMPLEMENTING):
                element.refuse(_("“{code}” is no role of an organisation: 1 to 4.").format(code=role))
            part = _organisation(element, role, language, findings)
            if part in found:
                findings.leave_out("participating-org, named twice in a role", element)
            else:
                found.append(part)
    return tuple(found)


def reference(element: Element | None) -> str | None:
    """An organisation's reference; None for what only says that there is none."""
    text = element.attribute("ref") if element is not None else None
    return None if text is None or text.upper() in _NO_REF else text[:_LONGEST_REF]


def named(element: Element | None, language: str) -> str:
    found = element.narratives(language) if element is not None else []
    return found[0][1][:_LONGEST_NAME] if found else ""


def _organisation(element: Element, role: str, language: str, findings: Findings) -> OrganisationPart:
    ref, name = reference(element), named(element, language)
    if ref is None and not name:
        element.refuse(_("An organisation has a reference or a name: this one has neither."))
    element.tell_of_other_attributes(_READ_ATTRIBUTES, findings)
    kind = element.attribute("type")
    if kind is not None and kind not in _KINDS:
        findings.leave_out(f"organisation type {kind}", element)
    return OrganisationPart(
        place=element.place,
        role=role,
        ref=ref,
        name=name or str(ref),
        kind=_KINDS.get(kind or "", OrganisationKind.OTHER),
    )


def read_places(root: Element, findings: Findings) -> tuple[tuple[SharePart, ...], tuple[SharePart, ...]]:
    """Countries and regions of the DAC's list, together a hundred; those of the transactions where it names none.

    A region of another list counts as unspecified where the shares need it, else it is left out.
    """
    countries = root.children("recipient-country")
    regions = [element for element in root.children("recipient-region") if _is_dac(element)]
    others = [element for element in root.children("recipient-region") if not _is_dac(element)]
    for element in others:
        findings.leave_out("recipient-region of another vocabulary", element)
    given = [*countries, *regions]
    if others and not _is_whole(given):
        given += others
    if given:
        shares = _shares(root, given, findings, _("recipients"))
    else:
        shares = _of_transactions(root, ("recipient-country", "recipient-region"), findings)
    if not shares:
        findings.notes.append(
            _("It names no recipient: it counts under region {code}, unspecified.").format(code=UNSPECIFIED)
        )
        return (), (SharePart(place=root.place, code=UNSPECIFIED, percent=WHOLE),)
    in_countries = [share for element, share in shares if element.name == "recipient-country"]
    in_regions = [_region(element, share) for element, share in shares if element.name != "recipient-country"]
    return _each_once(in_countries), _each_once(in_regions)


def _region(element: Element, share: SharePart) -> SharePart:
    return share if _is_dac(element) else SharePart(place=share.place, code=UNSPECIFIED, percent=share.percent)


def read_sectors(root: Element, findings: Findings) -> tuple[SharePart, ...]:
    """Five-digit codes of the DAC, together a hundred; those of the transactions where the activity has none."""
    given = []
    for element in root.children("sector"):
        if _is_dac(element):
            given.append(element)
        else:
            findings.leave_out(f"sector of vocabulary {element.attribute('vocabulary')}", element)
    shares = _shares(root, given, findings, _("sectors"))
    if not given:
        shares = _of_transactions(root, ("sector",), findings)
    if not shares:
        findings.notes.append(_("It has no sector of the DAC's list."))
    return _each_once([share for _element, share in shares])


Shares = list[tuple[Element, SharePart]]


def _shares(root: Element, elements: Sequence[Element], findings: Findings, what: str) -> Shares:
    """Each with its share; what has 0 percent is left out, and rounding is mended and told."""
    given: list[tuple[Element, Decimal | None]] = []
    for element in elements:
        with findings.at_most_one_fault():
            element.needed_attribute("code")
            percent = _percent(element)
            if percent == 0:
                findings.leave_out(f"{element.name} of 0 percent", element)
            else:
                given.append((element, percent))
    if not given:
        return []
    percents = [percent for _element, percent in given]
    try:
        shares = whole(percents)
    except SharesDoNotAddUp as fault:
        with findings.at_most_one_fault():
            given[0][0].refuse(
                _("The shares of its {what} add up to {total}, not to 100.").format(what=what, total=f"{fault.total:f}")
            )
        return []
    if percents not in (shares, [None]):
        findings.notes.append(_("The shares of its {what} were brought to 100 together.").format(what=what))
        findings.kept[f"{elements[0].name}/@percentage"] = [None if p is None else str(p) for p in percents]
    return _above_zero([element for element, _given in given], shares, findings)


def _of_transactions(root: Element, names: Sequence[str], findings: Findings) -> Shares:
    """What only the transactions say: weighed by their amounts in one currency, by their number in several."""
    weights: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    elements: dict[tuple[str, str], Element] = {}
    values = [(transaction, transaction.first("value")) for transaction in root.children("transaction")]
    currencies = {value.attribute("currency") for _transaction, value in values if value is not None}
    for transaction, value in values:
        amount = as_number(value.text) if value is not None and len(currencies) == 1 else None
        for name in names:
            for element in transaction.children(name):
                code = element.attribute("code")
                if code and _is_dac(element):
                    elements.setdefault((name, code), element)
                    weights[name, code] += Fraction(abs(amount)) if amount else Fraction(1)
    if not weights:
        return []
    findings.notes.append(_("Its {what} are those of its transactions, weighed by them.").format(what=", ".join(names)))
    shares = by_weight(list(weights.values()))
    return _above_zero([elements[key] for key in weights], shares, findings)


def _above_zero(elements: Sequence[Element], shares: Sequence[Decimal], findings: Findings) -> Shares:
    """Without those that are too small for the four decimals of a share: the others make a hundred all the same."""
    for element, share in zip(elements, shares, strict=True):
        if share == 0:
            findings.leave_out(f"{element.name} of less than 0.0001 percent", element)
    return [(element, _share(element, share)) for element, share in zip(elements, shares, strict=True) if share != 0]


def _share(element: Element, percent: Decimal) -> SharePart:
    return SharePart(
        place=element.place, code=(element.attribute("code") or "").upper(), percent=percent, name=named(element, "")
    )


def _each_once(shares: Sequence[SharePart]) -> tuple[SharePart, ...]:
    """A place or a sector that stands there twice has both shares."""
    found: dict[str, SharePart] = {}
    for share in shares:
        before = found.get(share.code)
        percent = share.percent + (before.percent if before else 0)
        found[share.code] = SharePart(place=share.place, code=share.code, percent=percent, name=share.name)
    return tuple(found.values())


def _percent(element: Element) -> Decimal | None:
    text = element.attribute("percentage")
    if text is None:
        return None
    found = element.number(text)
    if not 0 <= found <= WHOLE:
        element.refuse(_("A share is from 0 to 100 percent, not {share}.").format(share=text))
    return found


def _is_dac(element: Element) -> bool:
    return element.attribute("vocabulary") in _DAC


def _is_whole(elements: Sequence[Element]) -> bool:
    percents = [as_number(element.attribute("percentage")) for element in elements]
    return bool(percents) and (None in percents or sum(p for p in percents if p is not None) >= WHOLE)
