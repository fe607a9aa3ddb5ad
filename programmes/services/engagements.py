"""Engagements: set up in one call, with the places they serve and the sectors they are about."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import MAY_RECEIVE_TA, FormOfAid, Modality, Publication
from programmes.models import (
    Country,
    Engagement,
    EngagementRecipient,
    EngagementSector,
    Institution,
    PracticeArea,
    Programme,
    Region,
    Sector,
)
from programmes.services.checks import check, check_all, code_taken, refuse, saying
from programmes.services.days import days
from programmes.services.locking import row_to_change
from programmes.services.places import private_recipient
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import NotPermitted


def engagement_to_change(
    engagement_id: int, permission: Permission, *, by: User, expected_version: int | None = None
) -> Engagement:
    """The engagement, locked, on which `by` holds `permission`. For services only."""
    return row_to_change(Engagement, engagement_id, permission, by=by, expected_version=expected_version)


@transaction.atomic
def set_up_engagement(
    *,
    ref: str,
    title: str,
    programme: Programme,
    recipients: Mapping[Country | Region, Decimal],
    sectors: Mapping[Sector, Decimal],
    planned_from: dt.date,
    planned_to: dt.date | None,
    institution: Institution | None = None,
    practice_area: PracticeArea | None = None,
    parent: Engagement | None = None,
    form_of_aid: FormOfAid = FormOfAid.HARD_TA,
    modality: Modality = Modality.HYBRID,
    objective: str = "",
    exit_criteria: str = "",
    iati_id: str | None = None,
    aid_type: str | None = None,
    finance_type: str | None = None,
    flow_type: str | None = None,
    tied_status: str | None = None,
    sample: bool = False,
    publication: Publication = Publication.INTERNAL,
    source_facts: Mapping[str, Any] | None = None,
    by: User,
) -> Engagement:
    """Set up an engagement in the pipeline, with shares of its recipients and of its sectors that add up to 100 each.

    It must lie within what `by` may change: asked of the new row itself, by the one rule that guards every other.
    """
    require(by, Permission.ENGAGEMENT_VIEW, programme)
    engagement = Engagement(
        ref=ref,
        title=title,
        programme=programme,
        institution=institution,
        practice_area=practice_area,
        parent=parent,
        form_of_aid=form_of_aid.value,
        modality=modality.value,
        objective=objective,
        exit_criteria=exit_criteria,
        iati_id=iati_id,
        planned=days(planned_from, planned_to, place="planned"),
        aid_type=aid_type,
        finance_type=finance_type,
        flow_type=flow_type,
        tied_status=tied_status,
        sample=sample,
        publication=publication.value,
        source_facts=dict(source_facts or {}),
        created_by=by,
    )
    check(engagement)
    must_be_public(institution)
    form = _("A reference has 3 to 40 capitals, digits and hyphens, such as FIN-TAX-2024.")
    with saying(
        {
            **code_taken("engagement_ref_key", ref, "ref"),
            **code_taken("engagement_iati_id_key", iati_id, "iati_id"),
            "engagement_ref_form": ("ref", form),
        }
    ):
        engagement.save(force_insert=True)
    give_recipients(engagement, recipients)
    give_sectors(engagement, sectors)
    must_stay_within_reach(engagement, by=by)
    audit.record("engagement.set_up", target=engagement, by=by, ref=ref)
    return engagement


def must_stay_within_reach(engagement: Engagement, *, by: User) -> None:
    """Refuse what would put an engagement where `by` may not change it: asked of the row as it now stands."""
    if not Engagement.objects.filter(pk=engagement.pk).permitted(by, Permission.ENGAGEMENT_CHANGE).exists():
        raise NotPermitted(_("Your role does not allow you to set up an engagement here."))


def must_be_public(institution: Institution | None) -> None:
    """Refuse a private recipient, and say why."""
    if institution is not None and institution.kind not in MAY_RECEIVE_TA:
        refuse("institution", private_recipient(institution.name))


def give_recipients(engagement: Engagement, recipients: Mapping[Country | Region, Decimal]) -> None:
    rows = [
        EngagementRecipient(
            engagement=engagement,
            country=place if isinstance(place, Country) else None,
            region=place if isinstance(place, Region) else None,
            pct=pct,
        )
        for place, pct in recipients.items()
    ]
    if not rows:
        refuse("recipients", _("An engagement serves at least one country or region."))
    check_all(rows, "recipients")
    _must_be_whole("recipients", [row.pct for row in rows])
    EngagementRecipient.objects.bulk_create(rows)


def give_sectors(engagement: Engagement, sectors: Mapping[Sector, Decimal]) -> None:
    rows = [EngagementSector(engagement=engagement, sector=sector, pct=pct) for sector, pct in sectors.items()]
    check_all(rows, "sectors")
    if rows:
        _must_be_whole("sectors", [row.pct for row in rows])
    EngagementSector.objects.bulk_create(rows)


def _must_be_whole(place: str, shares: list[Decimal]) -> None:
    """Said here in a sentence; held by a deferred trigger for whatever else writes."""
    if any(share <= 0 for share in shares):
        refuse(place, _("Every share is above 0."))
    total = sum(shares, Decimal(0))
    if total != Decimal(100):
        refuse(place, _("The shares add up to {total}, not to 100.").format(total=f"{total:f}"))
