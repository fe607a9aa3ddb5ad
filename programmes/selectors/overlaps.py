"""Who else works on what an engagement works on, as far as the reader may know of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import DateRangeField
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, OuterRef, Q

from programmes.domain.overlaps import Activity, Overlap, SectorCode, overlaps_with
from programmes.domain.periods import ONE_DAY, Days
from programmes.domain.vocabulary import EngagementStatus, Publication
from programmes.models import (
    Engagement,
    EngagementRecipient,
    EngagementSector,
    FundingAgreement,
    OutsideActivity,
    Sector,
)
from programmes.models.engagements import EngagementQuerySet
from programmes.selectors.engagements import days_of
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User

# A sector and the one it belongs under, for all that could be shared.
Kin = Mapping[str, str]


def overlaps(engagement: Engagement, *, user: User) -> list[Overlap]:
    """True and possible overlaps of an engagement, the strongest first.

    Compared with what others do outside the portal, and with the engagements that `user` may see or that are
    published; of those only what is public is told. Cancelled ones, its parent and its parts, and what is co-funded are
    left out. Three queries, beside those for what was not read with the engagement.
    """
    kindred = Q(pk=engagement.pk) | Q(pk=engagement.parent_id) | Q(parent=engagement)
    contributors = {agreement.contributor_id for agreement in engagement.agreements.all()}
    return _with_others(_own_activity(engagement), engagement.programme.lead_id, contributors, kindred, user)


def overlaps_of_proposal(proposed: Activity, *, lead: int | None, user: User) -> list[Overlap]:
    """With whom an engagement would overlap that is not saved yet, and that nobody pays for; `lead` leads it."""
    return _with_others(proposed, lead, set(), Q(pk__in=[]), user)


def _with_others(own: Activity, lead: int | None, contributors: set[int], kindred: Q, user: User) -> list[Overlap]:
    kin = _kin(own)
    others = [
        *_outside_activities(own, kin, lead, contributors),
        *_engagements(own, kin, kindred | _co_funded(lead, contributors), user),
    ]
    return overlaps_with(own, others)


def _own_activity(engagement: Engagement) -> Activity:
    """From the row, and from what was read with it: up to three queries otherwise."""
    lead = engagement.programme.lead
    institution = engagement.institution
    return Activity(
        code=engagement.ref,
        title=engagement.title,
        lead=lead.code if lead else None,
        countries=frozenset(one.country_id for one in engagement.recipients.all() if one.country_id),
        institutions=frozenset({institution.pk, institution.name} if institution else ()),
        sectors=frozenset(SectorCode(one.sector.code, one.sector.parent) for one in engagement.sector_shares.all()),
        days=days_of(engagement),
    )


def _kin(own: Activity) -> Kin:
    families = frozenset().union(*(sector.family for sector in own.sectors))
    related = Sector.objects.filter(Q(code__in=families) | Q(parent__in=families)).values_list("code", "parent")
    return {**{sector.code: sector.parent for sector in own.sectors}, **dict(related)}


def _outside_activities(own: Activity, kin: Kin, lead: int | None, contributors: set[int]) -> list[Activity]:
    rows = (
        OutsideActivity.objects.filter(
            country__in=own.countries, during__overlap=_as_range(own.days), sectors__overlap=sorted(kin)
        )
        .exclude(organisation__in=[pk for pk in contributors if pk != lead])
        .select_related("organisation")
    )
    return [
        Activity(
            code=row.code,
            title=row.title,
            lead=row.organisation.code,
            lead_name=row.organisation.name,
            countries=frozenset({row.country_id}),
            institutions=frozenset({row.institution_id or row.institution_name} - {""}),
            sectors=frozenset(SectorCode(code, kin.get(code, "")) for code in row.sectors),
            days=Days.from_bounds(row.during.lower, row.during.upper),
        )
        for row in rows
    ]


def _engagements(own: Activity, kin: Kin, known_to_it: Q, user: User) -> list[Activity]:
    permitted = Engagement.objects.permitted(user, Permission.ENGAGEMENT_VIEW).order_by().values("pk")
    served = EngagementRecipient.objects.filter(country__in=own.countries).values("engagement")
    related = EngagementSector.objects.filter(sector__in=sorted(kin)).values("engagement")
    running = Func(F("planned"), F("actual"), function="ta_engagement_days", output_field=DateRangeField())
    rows = (
        Engagement.objects.alias(days=running)
        .filter(Q(pk__in=permitted) | Q(publication=Publication.PUBLISHED))
        .filter(pk__in=served, days__overlap=_as_range(own.days))
        .filter(pk__in=related)
        .exclude(status=EngagementStatus.CANCELLED)
        .exclude(known_to_it)
    )
    return _as_activities(rows, kin)


def _co_funded(lead: int | None, contributors: set[int]) -> Q:
    """The lead of one pays into the other, without leading it too: those two know of each other."""
    pays_here = Q(programme__lead__in=contributors - {lead})
    funded = FundingAgreement.objects.filter(contributor=lead).values("engagement")
    pays_there = Q(pk__in=funded) & ~Q(programme__lead=lead)
    return pays_here | pays_there if lead else pays_here


def _as_activities(rows: EngagementQuerySet, kin: Kin) -> list[Activity]:
    """One query."""
    served = EngagementRecipient.objects.filter(engagement=OuterRef("pk"), country__isnull=False).values("country")
    about = EngagementSector.objects.filter(engagement=OuterRef("pk")).values("sector")
    found: Iterable[Any] = rows.select_related("programme__lead").annotate(
        served=ArraySubquery(served), about=ArraySubquery(about)
    )
    return [
        Activity(
            code=row.ref,
            title=row.title,
            lead=row.programme.lead.code if row.programme.lead else None,
            lead_name=row.programme.lead.name if row.programme.lead else "",
            countries=frozenset(row.served),
            institutions=frozenset(filter(None, [row.institution_id])),
            sectors=frozenset(SectorCode(code, kin.get(code, "")) for code in row.about),
            days=days_of(row),
        )
        for row in found
    ]


def _as_range(days: Days) -> DateRange:
    return DateRange(days.first, days.last + ONE_DAY if days.last else None)
