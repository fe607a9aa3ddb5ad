"""Changing an engagement. What was agreed on is amended: the original stays beside the current value, with a reason."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import EngagementStatus, FormOfAid, Modality, Publication
from programmes.models import Amendment, Country, Engagement, Institution, PracticeArea, Region, Sector
from programmes.services.changing import Difference, apply_changes, save_changes
from programmes.services.checks import code_taken, refuse
from programmes.services.engagements import (
    engagement_to_change,
    give_recipients,
    give_sectors,
    must_be_public,
    must_stay_within_reach,
)
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User

# Until then an engagement is a proposal, and its first values are what it is approved with.
_NOT_YET_AGREED = frozenset({EngagementStatus.PIPELINE.value, EngagementStatus.APPRAISAL.value})
_AGREED_ON = (
    "planned",
    "recipients",
    "sectors",
    "institution",
    "practice_area",
    "form_of_aid",
    "modality",
    "objective",
    "exit_criteria",
)


class EngagementChanges(TypedDict, total=False):
    title: str
    parent: Engagement | None
    institution: Institution | None
    practice_area: PracticeArea | None
    form_of_aid: FormOfAid
    modality: Modality
    objective: str
    exit_criteria: str
    planned_from: dt.date
    planned_to: dt.date | None
    recipients: Mapping[Country | Region, Decimal]
    sectors: Mapping[Sector, Decimal]
    publication: Publication
    lead_officer: User | None
    related_operation: str
    iati_id: str | None
    aid_type: str | None
    finance_type: str | None
    flow_type: str | None
    tied_status: str | None


@transaction.atomic
def change_engagement(
    *,
    engagement_id: int,
    reason: str = "",
    expected_version: int | None = None,
    by: User,
    **changes: Unpack[EngagementChanges],
) -> Engagement:
    """Change an engagement; its status changes by steps only, its reference and its programme never.

    From approval on, dates, places, sectors and scope are amended: that needs a `reason`. The engagement must stay
    where `by` may change it. Raises StaleVersion where somebody changed it after `expected_version`.
    """
    engagement = engagement_to_change(
        engagement_id, Permission.ENGAGEMENT_CHANGE, by=by, expected_version=expected_version
    )
    columns: dict[str, Any] = {name: value for name, value in changes.items() if name not in ("recipients", "sectors")}
    days_of = {"planned": ("planned_from", "planned_to")}
    difference = apply_changes(engagement, columns, allowed=EngagementChanges, ranges=days_of)
    if "institution" in difference:
        must_be_public(engagement.institution)
    _not_part_of_itself(engagement)
    difference |= _share_out_anew(engagement, changes)
    amend(engagement, {name: difference[name] for name in _AGREED_ON if name in difference}, reason=reason, by=by)
    taken = code_taken("engagement_iati_id_key", engagement.iati_id, "iati_id")
    save_changes(engagement, difference, verb="engagement.changed", by=by, sentences=taken, reason=reason)
    must_stay_within_reach(engagement, by=by)
    return engagement


def is_agreed_on(engagement: Engagement) -> bool:
    """From approval on: what changes then is amended."""
    return engagement.status not in _NOT_YET_AGREED


def amend(engagement: Engagement, difference: Difference, *, reason: str, by: User) -> None:
    """Keep the original beside the current value of what was agreed on; nothing to keep before approval.

    The original is what the first amendment found. Refused without a `reason`.
    """
    if not difference or not is_agreed_on(engagement):
        return
    if not reason.strip():
        refuse("reason", _("This was agreed on: say why it changes. The original stays beside the new value."))
    earlier = Amendment.objects.filter(engagement=engagement, field__in=difference).order_by("-at", "-pk")
    originals = dict(earlier.values_list("field", "original"))
    Amendment.objects.bulk_create(
        Amendment(
            engagement=engagement,
            field=name,
            original=originals.get(name, change["was"] or ""),
            current=change["now"] or "",
            reason=reason,
            by=by,
        )
        for name, change in difference.items()
    )


def _share_out_anew(engagement: Engagement, changes: EngagementChanges) -> Difference:
    """Replace the shares of places or of sectors where others are given."""
    difference: Difference = {}
    if "recipients" in changes:
        kept = {row.country_id or row.region_id: row.pct for row in engagement.recipients.all()}
        given = {place.pk: pct for place, pct in changes["recipients"].items()}
        if given != kept:
            engagement.recipients.all().delete()
            give_recipients(engagement, changes["recipients"])
            difference["recipients"] = {"was": _listed(kept), "now": _listed(given)}
    if "sectors" in changes:
        kept = {row.sector_id: row.pct for row in engagement.sector_shares.all()}
        given = {sector.pk: pct for sector, pct in changes["sectors"].items()}
        if given != kept:
            engagement.sector_shares.all().delete()
            give_sectors(engagement, changes["sectors"])
            difference["sectors"] = {"was": _listed(kept), "now": _listed(given)}
    return difference


def _listed(shares: Mapping[Any, Decimal]) -> str:
    return ", ".join(f"{key} {pct.normalize():f} %" for key, pct in sorted(shares.items()))


def _not_part_of_itself(engagement: Engagement) -> None:
    above, seen = engagement.parent, {engagement.pk}
    while above is not None:
        if above.pk in seen:
            refuse("parent", _("An engagement is no part of itself, nor of one of its own parts."))
        seen.add(above.pk)
        above = above.parent
