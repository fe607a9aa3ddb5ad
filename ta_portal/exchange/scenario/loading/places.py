"""The country, the institution, who pays, and the programme that the file lacks."""

import re
from collections.abc import Callable

from django.utils.text import slugify
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import InstitutionKind, OrganisationKind
from programmes.models import Country, Institution, Organisation
from programmes.services.places import add_institution, add_organisation, add_user_assigned_country
from programmes.services.programmes import set_up_programme
from ta_portal.exchange.scenario.content import OrganisationPart
from ta_portal.exchange.scenario.loading.state import Load, at
from ta_portal.exchange.scenario.values import refuse

_LONGEST_CODE = 60

# Codes that ISO 3166 leaves to its users: AA, QM to QZ, XA to XZ, ZZ.
USER_ASSIGNED = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")

# What an institution is, by words in its name, the more specific first. In five languages, as ministries write them.
_KINDS = {
    InstitutionKind.PRIVATE: r"(ltd|limited|llc|inc|plc|gmbh|sarl|s\.a\.|private company)(?!\w)",
    InstitutionKind.CUSTOMS: "(customs|douane|aduana|alfândega|الجمارك)",
    InstitutionKind.REVENUE_AUTHORITY: "(revenue|tax|impôt|impuesto|tribut|fiscal service|الضرائب)",
    InstitutionKind.FINANCIAL_INTELLIGENCE_UNIT: "(financial intelligence|renseignement financier|inteligencia financ)",
    InstitutionKind.STATISTICS_OFFICE: "(statisti|estad[ií]stic|estatístic|الإحصاء)",
    InstitutionKind.CENTRAL_BANK: "((central|reserve|national) bank|monetary authority|banque centrale|banco central)",
    InstitutionKind.AUDIT_COURT: "(audit|court of accounts|cour des comptes|tribunal de contas|contraloría)",
    InstitutionKind.DEBT_OFFICE: "(debt|dette|deuda|dívida)",
    InstitutionKind.SUPERVISOR: "(supervis|superintend|(insurance|securities) commission|financial services authority)",
    InstitutionKind.TREASURY: "(treasury|trésor|tesoro|tesouro)",
    InstitutionKind.MINISTRY_OF_FINANCE: r"(minist\w+ (of|des|de|das) (economy and )?finan|وزارة المالية)",
    InstitutionKind.LINE_MINISTRY: "(ministry|ministère|ministerio|ministério)",
}


def bring_in_places(load: Load) -> Institution | None:
    """Country, donors, administrator, programme; and the institution, if the file names one."""
    scenario = load.scenario
    load.country = _country(load)
    for part in (*scenario.donors, *([scenario.administrator] if scenario.administrator else [])):
        load.organisations[part.code] = _organisation(load, part)
    lead = load.organisations[scenario.donors[0].code] if scenario.donors else None
    load.programme = set_up_programme(
        code=f"P-{scenario.engagement.ref}",
        title=scenario.name,
        lead=lead,
        currency=load.known.currencies[scenario.base_currency],
        rate_source=load.source,
        starts=scenario.engagement.start,
        ends=scenario.engagement.end,
        note=_("Made for a scenario file, which has no programme; led by its first donor."),
        by=load.author,
    )
    return _institution(load)


def country_by_code(load: Load, iso2: str, *, name: str, iso3: str | None = None, region: str = "") -> Country:
    """The country, made under a user-assigned code where no list has it."""
    found = Country.objects.filter(pk=iso2).first()
    if found is not None:
        return found
    if not USER_ASSIGNED.fullmatch(iso2):
        load.warnings.append(
            _("{code} is no country's code, nor one that ISO 3166 leaves to its users.").format(code=iso2)
        )
    return add_user_assigned_country(iso2=iso2, iso3=iso3, name=name, region=region, by=load.author)


def organisation_by_name(load: Load, name: str) -> Organisation:
    """The organisation that files know by its name only."""
    found = Organisation.objects.filter(name__iexact=name).order_by("pk").first()
    if found is not None:
        return found
    code = _free(_code_from(name), lambda code: Organisation.objects.filter(code=code).exists())
    return add_organisation(code=code, name=name, kind=OrganisationKind.OTHER, by=load.author)


def institution_by_name(country: Country, name: str) -> Institution | None:
    return Institution.objects.filter(country=country, name__iexact=name).order_by("pk").first()


def kind_of_institution(name: str) -> InstitutionKind:
    """What an institution is, read from its name; `other` where the name does not tell."""
    for kind, words in _KINDS.items():
        if re.search(rf"\b{words}", name, re.IGNORECASE):
            return kind
    return InstitutionKind.OTHER


def _country(load: Load) -> Country:
    part = load.scenario.country
    with at(part.place):
        country = country_by_code(load, part.iso2, name=part.name, iso3=part.iso3, region=part.region)
    if part.iso3 and country.iso3 and country.iso3 != part.iso3:
        refuse(
            f"{part.place}.alpha3",
            _("{code} is {known} ({iso3}), not {given}.").format(
                code=part.iso2, known=country.name, iso3=country.iso3, given=part.iso3
            ),
        )
    if country.user_assigned and country.name != part.name:
        refuse(
            f"{part.place}.name",
            _("{code} is known as “{known}”, the file says “{given}”.").format(
                code=part.iso2, known=country.name, given=part.name
            ),
        )
    return country


def _organisation(load: Load, part: OrganisationPart) -> Organisation:
    """By its code; refused where that code is known under another name, or as something else."""
    found = Organisation.objects.filter(code=part.code).first()
    if found is None:
        with at(part.place):
            return add_organisation(code=part.code, name=part.name, kind=part.kind, by=load.author)
    for place, known, given in (("name", found.name, part.name), ("type", found.kind, part.kind.value)):
        if known != given:
            refuse(
                f"{part.place}.{place}",
                _("{code} is known with “{known}”, the file says “{given}”.").format(
                    code=part.code, known=known, given=given
                ),
            )
    return found


def _institution(load: Load) -> Institution | None:
    name = load.scenario.engagement.counterpart
    if name is None:
        return None
    found = institution_by_name(load.country, name)
    if found is not None:
        return found
    code = _free(_code_from(f"{load.country.pk} {name}"), lambda code: Institution.objects.filter(code=code).exists())
    with at(f"{load.scenario.engagement.place}.counterpart"):
        return add_institution(
            code=code, name=name, kind=kind_of_institution(name), country=load.country, by=load.author
        )


def _code_from(name: str) -> str:
    return slugify(name)[:_LONGEST_CODE].strip("-").upper() or "UNNAMED"


def _free(code: str, taken: Callable[[str], bool]) -> str:
    """The code, with a number where others have it already."""
    number, candidate = 1, code
    while taken(candidate):
        number += 1
        candidate = f"{code[: _LONGEST_CODE - 5]}-{number}"
    return candidate
