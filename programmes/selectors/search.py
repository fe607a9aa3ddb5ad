"""Find by words or by code: engagements, institutions, organisations and indicators that somebody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from programmes.models import Engagement, Indicator, Institution, Organisation
from programmes.selectors.engagements import EngagementChoice, engagement_list
from programmes.words import named_with
from ta_portal.accounts.models import User
from ta_portal.i18n.folding import holding
from ta_portal.registry.nearby import Nearby

MOST_OF_A_KIND = 10
MOST_COMPARED = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What matches the words, ten of each kind at most."""

    engagements: Sequence[Engagement] = ()
    institutions: Sequence[Institution] = ()
    organisations: Sequence[Organisation] = ()
    indicators: Sequence[Indicator] = ()

    @property
    def count(self) -> int:
        return sum(map(len, (self.engagements, self.institutions, self.organisations, self.indicators)))


def search(user: User, words: str) -> Found:
    """Every word has to match. Four queries; none without words."""
    if not words.split():
        return Found()
    engagements = engagement_list(user, EngagementChoice(words=words))
    indicators = Indicator.objects.permitted(user).select_related("engagement").order_by("engagement__ref", "code")
    return Found(
        engagements=list(engagements[:MOST_OF_A_KIND]),
        institutions=_matching(Institution.objects.permitted(user).order_by("name"), words, "name", "code"),
        organisations=_matching(Organisation.objects.permitted(user).order_by("name"), words, "name", "code"),
        indicators=_matching(indicators, words, "title", "code", "engagement__ref"),
    )


def nearest_engagements(user: User, text: str) -> list[Nearby]:
    """Engagements whose reference is much like a part of the address. One query."""
    parts = [part.upper() for part in text.split("/") if part]
    begins = [Q(ref__startswith=part[:3]) for part in parts if len(part) >= 3]
    if not begins:
        return []
    alike = Engagement.objects.permitted(user).filter(Q(*begins, _connector=Q.OR)).order_by("ref")
    titles = dict(alike.values_list("ref", "title")[:MOST_COMPARED])
    close = [ref for part in parts for ref in get_close_matches(part, titles)]
    return [Nearby(ref, titles[ref], reverse("programmes:engagement", args=[ref])) for ref in dict.fromkeys(close)]


def _matching(rows: QuerySet[Any], words: str, *fields: str) -> list[Any]:
    for word in words.split():
        # A name of a list stands in English in its row, and is read and asked for in the reader's language.
        rows = rows.filter(holding(word, *fields) | Q(**{f"{fields[0]}__in": named_with(word)}))
    return list(rows[:MOST_OF_A_KIND])
