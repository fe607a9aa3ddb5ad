"""Countries, institutions, donors and programmes: those that a reader has engagements with, and one of each."""

from typing import Any, TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from programmes.models import (
    Country,
    CountryFact,
    Engagement,
    EngagementRecipient,
    FundingAgreement,
    Institution,
    Organisation,
    Programme,
)
from programmes.words import named_with
from ta_portal.accounts.models import User
from ta_portal.errors import NotFound
from ta_portal.i18n.folding import holding

M = TypeVar("M", bound=Model)


def countries_for(user: User, words: str = "") -> QuerySet[Country]:
    """The countries of the engagements that `user` may see, each with how many `engagements` those are."""
    served = EngagementRecipient.objects.filter(country=OuterRef("pk"), engagement__in=_visible(user))
    rows = Country.objects.annotate(engagements_seen=_count(served, "country", "engagement"))
    return _named(rows, words, "name", "iso2").filter(Exists(served)).order_by("name", "pk")


def donors_for(user: User, words: str = "") -> QuerySet[Organisation]:
    """Who pays for the engagements that `user` may see, each with how many `engagements` those are."""
    paid = FundingAgreement.objects.filter(contributor=OuterRef("pk"), engagement__in=_visible(user))
    rows = Organisation.objects.annotate(engagements_seen=_count(paid, "contributor", "engagement"))
    return _named(rows, words, "name", "code").filter(Exists(paid)).order_by("name", "pk")


def organisations_for(user: User) -> QuerySet[Organisation]:
    """Every organisation that `user` may see: those that lead or carry out, as well as those that pay."""
    return Organisation.objects.permitted(user)


def programmes_for(user: User, words: str = "") -> QuerySet[Programme]:
    """The programmes that `user` may see, each with how many of its `engagements` they see."""
    inside = Engagement.objects.permitted(user).filter(programme=OuterRef("pk"))
    rows = Programme.objects.permitted(user).select_related("lead")
    rows = rows.annotate(engagements_seen=_count(inside, "programme", "pk"))
    return _named(rows, words, "title", "code").order_by("title", "pk")


def institutions_for(user: User, words: str = "") -> QuerySet[Institution]:
    """The institutions that `user` may see, each with how many `engagements` there they see."""
    inside = Engagement.objects.permitted(user).filter(institution=OuterRef("pk"))
    rows = Institution.objects.permitted(user).select_related("country", "parent")
    rows = rows.annotate(engagements_seen=_count(inside, "institution", "pk"))
    return _named(rows, words, "name", "code").order_by("name", "pk")


def one_of(rows: QuerySet[M], **code: str) -> M:
    """The one row with this code. Raises NotFound if there is none among those that the reader may see."""
    found = rows.filter(**code).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found


def facts_of(country: Country) -> list[CountryFact]:
    """The latest figure of each kind: context, never summed. One query."""
    rows = CountryFact.objects.filter(country=country).order_by("indicator", "-year")
    return list(rows.distinct("indicator"))


def _visible(user: User) -> QuerySet[Engagement, Any]:
    return Engagement.objects.permitted(user).order_by().values("pk")


def _count(rows: QuerySet[M], by: str, what: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(count=Count(what, distinct=True)).values("count")
    return Coalesce(Subquery(counted), Value(0))


def _named(rows: QuerySet[M], words: str, *fields: str) -> QuerySet[M]:
    for word in words.split():
        rows = rows.filter(holding(word, *fields) | Q(**{f"{fields[0]}__in": named_with(word)}))
    return rows
