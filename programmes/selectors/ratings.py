"""Both sides' ratings as a reader may know them: what was given, what is shown, and what still asks for a score."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from programmes.domain.periods import Days
from programmes.domain.ratings import Pair, is_asked_now, other_side, year_days, years_begun
from programmes.domain.reporting import period_code
from programmes.domain.vocabulary import EngagementStatus, RatingKind, RatingSide
from programmes.models import Engagement, RatingAnchor, ReportingPeriod, SideRating
from programmes.models.ratings import RATED_WITH
from programmes.selectors.engagements import days_of
from ta_portal.accounts.models import User

Spans = Mapping[RatingKind, Sequence[Days]]


@dataclass(frozen=True, slots=True)
class Rated:
    """The days that both sides are asked to rate. Of a side in `given` whose score is not in `seen` that is all.

    What is in `seen` the reader may read: their own side's, or both once both are in.
    """

    days: Days
    seen: Mapping[RatingSide, SideRating]
    given: frozenset[RatingSide]

    @property
    def both_in(self) -> bool:
        return len(self.given) == len(RatingSide)

    @property
    def pair(self) -> Pair:
        """The scores of both; neither where one of them is not to be seen."""
        if len(self.seen) < len(RatingSide):
            return Pair(None, None)
        return Pair(*(self.seen[side].score for side in (RatingSide.MINISTRY, RatingSide.ADVISER)))


@dataclass(frozen=True, slots=True)
class Asked:
    """How many ratings of an engagement wait for the side that the reader scores for."""

    engagement: Engagement
    side: RatingSide
    count: int


def ratings_of(engagement: Engagement, *, user: User, today: dt.date) -> dict[RatingKind, list[Rated]]:
    """Every period and year that can be rated, the last first, as `user` may know it. Three queries."""
    spans = spans_of([engagement], today=today)[engagement.pk]
    seen: dict[tuple[str, dt.date], dict[RatingSide, SideRating]] = defaultdict(dict)
    rows = SideRating.objects.permitted(user).filter(engagement=engagement)
    for row in rows.select_related("given_by"):
        seen[row.kind, row.starts][RatingSide(row.side)] = row
    # That a side is in is no secret; what it says is.
    given: dict[tuple[str, dt.date], set[RatingSide]] = defaultdict(set)
    facts = SideRating.objects.filter(engagement=engagement).values_list("kind", "starts", "side")
    for kind, starts, side in facts:
        given[kind, starts].add(RatingSide(side))
    return {
        kind: [
            Rated(days, seen[kind, days.first], frozenset(given[kind, days.first]))
            for days in sorted(found, key=lambda one: one.first, reverse=True)
        ]
        for kind, found in spans.items()
    }


def open_to(engagement: Engagement, *, kind: RatingKind, side: RatingSide, today: dt.date) -> list[Days]:
    """What a side has not rated yet and may, the first first. Two queries."""
    rated = SideRating.objects.filter(engagement=engagement, kind=kind, side=side)
    done = set(rated.values_list("starts", flat=True))
    found = spans_of([engagement], today=today)[engagement.pk][kind]
    return [days for days in sorted(found, key=lambda one: one.first) if days.first not in done]


def asked_of(user: User, *, today: dt.date) -> list[Asked]:
    """The ratings that wait for `user`, of the engagements that run: what was over within the last year.

    Whoever could score for both sides is asked for neither. Three queries for each side.
    """
    return [one for side in RatingSide for one in _asked_of(user, side, today)]


def _asked_of(user: User, side: RatingSide, today: dt.date) -> list[Asked]:
    other = Engagement.objects.permitted(user, RATED_WITH[other_side(side)]).order_by().values("pk")
    rows = Engagement.objects.permitted(user, RATED_WITH[side]).filter(status=EngagementStatus.ACTIVE)
    engagements = list(rows.exclude(pk__in=other).order_by("ref"))
    if not engagements:
        return []
    done = SideRating.objects.filter(engagement__in=engagements, side=side)
    rated = set(done.values_list("engagement", "kind", "starts"))
    spans = spans_of(engagements, today=today)
    counts = {
        one.pk: sum(
            is_asked_now(days, today=today) and (one.pk, kind.value, days.first) not in rated
            for kind, found in spans[one.pk].items()
            for days in found
        )
        for one in engagements
    }
    return [Asked(one, side, counts[one.pk]) for one in engagements if counts[one.pk]]


def spans_of(engagements: Iterable[Engagement], *, today: dt.date) -> dict[int, Spans]:
    """What can be rated of each engagement: its reporting periods and years that have begun. One query."""
    periods: dict[int, list[Days]] = defaultdict(list)
    begun = ReportingPeriod.objects.filter(engagement__in=[one.pk for one in engagements], starts__lte=today)
    for engagement, starts, ends in begun.values_list("engagement", "starts", "ends"):
        periods[engagement].append(Days(starts, ends))
    return {
        one.pk: {
            RatingKind.TRACTION: periods[one.pk],
            RatingKind.IMPACT: [year_days(year) for year in years_begun(days_of(one), today=today)],
        }
        for one in engagements
    }


def rating_known_as(engagement: Engagement, code: str, *, kind: RatingKind, side: RatingSide) -> SideRating | None:
    """A side's rating by the code of its period or year. One query."""
    rows = SideRating.objects.filter(engagement=engagement, kind=kind, side=side).select_related("updated_by")
    return next((row for row in rows if period_code(row.starts, row.ends) == code), None)


def unsettled(engagement: Engagement, *, kind: RatingKind, side: RatingSide) -> list[SideRating]:
    """What a side has given and may still change."""
    rows = SideRating.objects.filter(engagement=engagement, kind=kind, side=side, shown_at=None)
    return list(rows.order_by("-starts"))


def anchors(kind: RatingKind) -> dict[int, str]:
    """What each score stands for, in English: `named` says it in the reader's language. One query."""
    return dict(RatingAnchor.objects.filter(kind=kind).order_by("score").values_list("score", "text"))
