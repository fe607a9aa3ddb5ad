"""The countries and regions, the organisations, the programme that the file lacks, and the engagement itself."""

import datetime as dt
import json
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from itertools import pairwise

from django.utils.translation import gettext as _

from programmes.domain.statuses import way_to
from programmes.domain.vocabulary import EngagementStatus, FormOfAid, OrganisationKind, Publication
from programmes.services.places import add_user_assigned_country
from ta_portal.audit.copying import days
from ta_portal.exchange.iati.codelists import practice_areas
from ta_portal.exchange.iati.content import OrganisationPart, SharePart
from ta_portal.exchange.iati.facts import facts_of
from ta_portal.exchange.iati.loading.state import KnownOrganisation, Load
from ta_portal.exchange.iati.places import ACCOUNTABLE
from ta_portal.exchange.iati.references import code_of
from ta_portal.exchange.scenario.loading.places import USER_ASSIGNED
from ta_portal.exchange.scenario.loading.state import at
from ta_portal.exchange.scenario.values import refuse

_LONGEST_TITLE = 500
_COUNTRY = re.compile("[A-Z]{2}")
_DAY = dt.timedelta(days=1)

# What an activity is, by the DAC's type of aid; all else is taken for hands-on technical assistance.
_FORMS = {
    **dict.fromkeys(("A01", "A02", "B01", "B02", "B021", "B022", "F01"), FormOfAid.FINANCIAL_AID),
    **dict.fromkeys(("E01", "E02"), FormOfAid.TRAINING_ONLY),
}


def bring_in_organisations(load: Load) -> None:
    for part in (load.activity.reporting, *load.activity.organisations):
        load.organisations[part.ref, part.name] = _organisation(load, part)


def bring_in_programme(load: Load) -> None:
    """Led by who is accountable, else by who reports."""
    activity = load.activity
    accountable = [part for part in activity.organisations if part.role == ACCOUNTABLE]
    lead = accountable[0] if accountable else activity.reporting
    code = f"P-{load.ref}"
    currency = load.base
    with at(activity.place):
        load.programme_id = load.rows.programmes.add(
            code=code,
            title=activity.title[:300],
            lead_id=load.organisations[lead.ref, lead.name].id,
            currency_id=currency.code,
            rate_source=load.source,
            starts=activity.dates.planned_from,
            ends=activity.dates.planned_to,
            note=_("Made for an IATI activity, which has no programme; led by who is accountable or reports."),
        )
    load.rows.record("programme.set_up", "programme", load.programme_id, code=code)


def bring_in_engagement(load: Load) -> None:
    """Published: so is the file that it comes from. It stands where the file says, by the steps that lead there."""
    activity = load.activity
    with at(activity.place):
        load.engagement_id = load.rows.engagements.add(
            ref=load.ref,
            iati_id=activity.identifier,
            title=activity.title[:_LONGEST_TITLE],
            programme_id=load.programme_id,
            practice_area_id=_area(load),
            form_of_aid=_FORMS.get(activity.aid_type or "", FormOfAid.HARD_TA).value,
            objective=activity.objective,
            status=activity.status.value,
            planned=planned(load),
            actual=_actual(load),
            publication=Publication.PUBLISHED.value,
            aid_type=activity.aid_type,
            finance_type=activity.finance_type,
            flow_type=activity.flow_type,
            tied_status=activity.tied_status,
            source_facts=json.dumps(facts_of(activity), ensure_ascii=False),
        )
        load.rows.record("engagement.set_up", "engagement", load.engagement_id, load.engagement_id, ref=load.ref)
    _recipients(load)
    for share in activity.sectors:
        load.rows.sectors.add(engagement_id=load.engagement_id, sector_id=_sector(load, share), pct=share.percent)
    _steps(load)


def planned(load: Load) -> str:
    dates = load.activity.dates
    return days(dates.planned_from, _after(dates.planned_to))


def _actual(load: Load) -> str | None:
    dates = load.activity.dates
    return None if dates.actual_from is None else days(dates.actual_from, _after(dates.actual_to))


def _after(last: dt.date | None) -> dt.date | None:
    return None if last is None else last + _DAY


def _steps(load: Load) -> None:
    """No step is asked what it misses: it was taken elsewhere."""
    status, reason = load.activity.status, _("As the IATI file says.")
    for before, after in _way(status):
        load.rows.transitions.add(
            engagement_id=load.engagement_id, from_status=before.value, to_status=after.value, reason=reason
        )
    engagement = load.engagement_id
    load.rows.record("engagement.brought_in", "engagement", engagement, engagement, status=status.value, reason=reason)


@cache
def _way(status: EngagementStatus) -> list[tuple[EngagementStatus, EngagementStatus]]:
    """The steps from the pipeline: every status of IATI's has a way there."""
    return list(pairwise([EngagementStatus.PIPELINE, *(way_to(EngagementStatus.PIPELINE, status) or [])]))


def _recipients(load: Load) -> None:
    recipients = load.rows.recipients
    for share in load.activity.countries:
        code = _country(load, share)
        recipients.add(engagement_id=load.engagement_id, country_id=code, region_id=None, pct=share.percent)
    for share in load.activity.regions:
        if share.code not in load.known.regions:
            refuse(share.place, _("There is no region “{code}” in the DAC's list.").format(code=share.code))
        recipients.add(engagement_id=load.engagement_id, country_id=None, region_id=share.code, pct=share.percent)


def _country(load: Load, share: SharePart) -> str:
    """The country, made under a user-assigned code where no list has it."""
    if share.code in load.known.countries:
        return share.code
    if not _COUNTRY.fullmatch(share.code):
        refuse(share.place, _("“{code}” is not a country's code of two letters, such as MD.").format(code=share.code))
    if not USER_ASSIGNED.fullmatch(share.code):
        load.notes.append(
            _("{code} is no country's code, nor one that ISO 3166 leaves to its users.").format(code=share.code)
        )
    with at(share.place):
        made = add_user_assigned_country(iso2=share.code, name=share.name or share.code, by=load.author)
    load.known.countries[share.code] = made
    return share.code


def _sector(load: Load, share: SharePart) -> str:
    sector = load.known.sectors.get(share.code)
    if sector is None:
        refuse(share.place, _("There is no sector “{code}” in the DAC's list.").format(code=share.code))
    if sector.status != "active":
        load.notes.append(_("The sector {code} is withdrawn: it is kept as published.").format(code=share.code))
    return share.code


def _area(load: Load) -> str | None:
    """IATI has none: that of the sectors with the largest share together, which is told; none where two are level."""
    shares: dict[str, Decimal] = defaultdict(Decimal)
    for share in load.activity.sectors:
        if share.code in practice_areas():
            shares[practice_areas()[share.code]] += share.percent
    if not shares or list(shares.values()).count(max(shares.values())) > 1:
        return None
    area = load.known.areas[max(shares, key=lambda code: shares[code])]
    load.notes.append(_("Its practice area is read from its sectors: {area}.").format(area=area.name))
    return area.code


def _organisation(load: Load, part: OrganisationPart) -> KnownOrganisation:
    """By its reference where it has one, else by its name; made where it is not known."""
    known = load.known.organisations
    found = known.find(part.ref, part.name)
    if found is None:
        code = known.codes.free(code_of(part.ref or part.name))
        with at(part.place):
            number = load.rows.organisations.add(
                code=code, name=part.name, kind=part.kind.value, iati_ref=part.ref or ""
            )
        load.rows.record("organisation.added", "organisation", number, code=code)
        found = KnownOrganisation(number, code, part.kind.value)
        known.add(found, part.ref or "", part.name)
    elif found.kind != part.kind and part.kind is not OrganisationKind.OTHER:
        load.notes.append(
            _("{code} is known as an organisation of kind {known}; the file says {given}.").format(
                code=found.code, known=found.kind, given=part.kind.value
            )
        )
    return found
