"""Institutions, organisations, and countries that no list has."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import MAY_RECEIVE_TA, InstitutionKind, OrganisationKind
from programmes.models import Country, Currency, Institution, Organisation
from programmes.services.checks import check, code_taken, refuse, saying
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require_anywhere
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@transaction.atomic
def add_institution(
    *,
    code: str,
    name: str,
    kind: InstitutionKind,
    country: Country | None = None,
    union: str = "",
    parent: Institution | None = None,
    by: User,
) -> Institution:
    """Add a public body that may receive technical assistance: in a country, or in a union of several.

    Refuses a private one: hard technical assistance builds the capacity of public institutions.
    """
    require_anywhere(by, Permission.REFERENCE_CHANGE)
    if kind not in MAY_RECEIVE_TA:
        refuse("kind", private_recipient(name))
    if (country is None) == (union == ""):
        refuse("country", _("An institution is in a country, or in a union of several: give exactly one of the two."))
    institution = Institution(
        code=code, name=name, kind=kind.value, country=country, union=union, parent=parent, created_by=by
    )
    check(institution)
    with saying(code_taken("institution_code_key", code)):
        institution.save(force_insert=True)
    audit.record("institution.added", target=institution, by=by, code=code)
    return institution


def private_recipient(name: str) -> str:
    """Why a private body receives no technical assistance, in a sentence."""
    return _(
        "{name} is private; hard technical assistance goes to public institutions only, because it "
        "builds what a state must be able to do by itself."
    ).format(name=name)


@transaction.atomic
def add_organisation(*, code: str, name: str, kind: OrganisationKind, iati_ref: str = "", by: User) -> Organisation:
    """Add a donor, an administrator of others' money or a provider of experts."""
    require_anywhere(by, Permission.REFERENCE_CHANGE)
    organisation = Organisation(code=code, name=name, kind=kind.value, iati_ref=iati_ref, created_by=by)
    check(organisation)
    with saying(code_taken("organisation_code_key", code)):
        organisation.save(force_insert=True)
    audit.record("organisation.added", target=organisation, by=by, code=code)
    return organisation


@transaction.atomic
def add_user_assigned_country(
    *, iso2: str, name: str, iso3: str | None = None, region: str = "", currency: Currency | None = None, by: User
) -> Country:
    """Add a country under a code that ISO 3166 leaves to its users, such as XF; an export must replace it."""
    require_anywhere(by, Permission.REFERENCE_CHANGE)
    country = Country(iso2=iso2, iso3=iso3, name=name, region=region, currency=currency, user_assigned=True)
    check(country)
    if not re.fullmatch("[A-Z]{2}", iso2):
        refuse("iso2", _("A country's code is two capital letters."))
    with saying({**code_taken("country_pkey", iso2, "iso2"), **code_taken("country_iso3_key", iso3, "iso3")}):
        country.save(force_insert=True)
    audit.record("country.added", target=country, by=by, iso2=iso2)
    return country
