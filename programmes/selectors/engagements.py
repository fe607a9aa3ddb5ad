"""The engagements that somebody may see: as a list to choose from, and one with what its pages' heads say."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from programmes.domain.periods import Days, engagement_days
from programmes.models import (
    Country,
    Engagement,
    EngagementRecipient,
    EngagementSector,
    FundingAgreement,
    Organisation,
    PracticeArea,
)
from programmes.models.engagements import EngagementQuerySet
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.errors import NotFound
from ta_portal.i18n.folding import holding

# What a list may be sorted by; the key ends each order, so that a page never repeats or skips a row.
SORTS = {
    "ref": ("ref",),
    "title": ("title",),
    "country": ("countries",),
    "institution": ("institution__name",),
    "status": ("status",),
    "programme": ("programme__title",),
    "starts": ("planned__startswith",),
    "ends": ("planned__endswith",),
}


@dataclass(frozen=True, slots=True)
class EngagementChoice:
    """What the reader narrows a list down to. Nothing chosen is the whole list."""

    status: str = ""
    country: str = ""
    area: str = ""
    words: str = ""
    donor: str = ""
    programme: str = ""
    institution: str = ""

    def __bool__(self) -> bool:
        return bool(self.address())

    def address(self) -> dict[str, str]:
        """The same choice as a page's address says it."""
        named = {
            "q": self.words,
            "status": self.status,
            "country": self.country,
            "donor": self.donor,
            "area": self.area,
            "programme": self.programme,
            "institution": self.institution,
        }
        return {name: value for name, value in named.items() if value}


def engagement_list(user: User, choice: EngagementChoice, sort: str = "ref") -> EngagementQuerySet:
    """The engagements that `user` may see and asked for, in a stable order, each with the names of its `countries`.

    `sort` is one of SORTS, with a dash before it for the other direction; anything else sorts by reference.
    """
    found = _visible(user).filter(_matching(choice))
    found = found.select_related("institution", "programme__currency", "practice_area")
    return found.annotate(countries=_countries_of()).order_by(*_order(sort), "id")


def may_be_taken_away(user: User, engagements: EngagementQuerySet) -> EngagementQuerySet:
    """Those of `engagements` that `user` may have as a file."""
    return engagements.filter(pk__in=_permitted_as_file(user))


def stay_here(user: User, engagements: EngagementQuerySet) -> EngagementQuerySet:
    """Those of `engagements` that `user` may see and not have as a file."""
    return engagements.exclude(pk__in=_permitted_as_file(user))


def choices_to_offer(user: User) -> dict[str, list[tuple[str, str]]]:
    """What a list can be narrowed down to, as codes with names: `countries`, `donors`, `areas`. One query.

    Only of the engagements that `user` may see: a choice must not tell of others. Practice areas are common knowledge.
    """
    visible = _visible(user).order_by().values("pk")
    served = EngagementRecipient.objects.filter(engagement__in=visible).values("country")
    paying = FundingAgreement.objects.filter(engagement__in=visible).values("contributor")
    kinds = {
        "countries": _codes(Country.objects.filter(pk__in=served), "iso2", "countries"),
        "donors": _codes(Organisation.objects.filter(pk__in=paying), "code", "donors"),
        "areas": _codes(PracticeArea.objects.all(), "code", "areas"),
    }
    offered: dict[str, list[tuple[str, str]]] = {kind: [] for kind in kinds}
    for kind, code, name in kinds["countries"].union(kinds["donors"], kinds["areas"], all=True):
        offered[kind].append((code, name))
    return offered


def visible_engagement(user: User, ref: str) -> Engagement:
    """One engagement with its institution, recipients, sectors and agreements. Four queries.

    Raises NotFound if there is none, or none that `user` may see: the two look alike.
    """
    rows = _visible(user).select_related(
        "programme__lead", "programme__currency", "institution__country", "practice_area"
    )
    agreements = FundingAgreement.objects.select_related("contributor").order_by("-amount", "code")
    recipients = EngagementRecipient.objects.select_related("country", "region").order_by("-pct", "pk")
    shares = EngagementSector.objects.select_related("sector").order_by("-pct", "sector")
    found = (
        rows.prefetch_related(
            Prefetch("agreements", agreements), Prefetch("recipients", recipients), Prefetch("sector_shares", shares)
        )
        .filter(ref=ref)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no engagement {ref}, or none that you may see.").format(ref=ref))
    return found


def days_of(engagement: Engagement) -> Days:
    """When the engagement runs: as it really went; one that still runs is taken to end as planned."""
    planned, actual = engagement.planned, engagement.actual
    began = Days.from_bounds(actual.lower, actual.upper) if actual and actual.lower else None
    return engagement_days(Days.from_bounds(planned.lower, planned.upper), began)


def _visible(user: User) -> EngagementQuerySet:
    rows: EngagementQuerySet = Engagement.objects.permitted(user, Permission.ENGAGEMENT_VIEW)
    return rows


def _permitted_as_file(user: User) -> QuerySet[Any, Any]:
    rows: EngagementQuerySet = Engagement.objects.permitted(user, Permission.EXPORT)
    return rows.order_by().values("pk")


def _codes(rows: QuerySet[Any], code: str, kind: str) -> QuerySet[Any, tuple[str, str, str]]:
    """The rows as their kind, code and name, fit to be joined with others."""
    text = models.TextField()
    return rows.order_by().values_list(Value(kind, text), Cast(code, text), Cast("name", text))


def _matching(choice: EngagementChoice) -> Q:
    chosen = Q()
    if choice.status:
        chosen &= Q(status=choice.status)
    if choice.country:
        chosen &= Q(pk__in=EngagementRecipient.objects.filter(country=choice.country).values("engagement"))
    if choice.area:
        chosen &= Q(practice_area=choice.area)
    if choice.programme:
        chosen &= Q(programme__code=choice.programme)
    if choice.institution:
        chosen &= Q(institution__code=choice.institution)
    if choice.donor:
        paid = FundingAgreement.objects.filter(contributor__code=choice.donor)
        chosen &= Q(pk__in=paid.values("engagement"))
    return chosen & holding(choice.words, "ref", "title", "institution__name")


def _countries_of() -> Subquery:
    recipients = EngagementRecipient.objects.filter(engagement=OuterRef("pk")).order_by().values("engagement")
    place = Coalesce("country__name", "region__name")
    return Subquery(recipients.annotate(names=ArrayAgg(place, order_by=("-pct", "pk"))).values("names"))


def _order(sort: str) -> list[OrderBy]:
    descending = sort.startswith("-")
    fields = SORTS.get(sort.removeprefix("-"), SORTS["ref"])
    return [F(field).desc(nulls_last=True) if descending else F(field).asc(nulls_last=True) for field in fields]
