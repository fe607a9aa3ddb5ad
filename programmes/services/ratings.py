"""Both sides' ratings: each scores blind, and what both have given is shown at once and stays."""

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.domain.ratings import HIGHEST, LOWEST, year_days, years_begun
from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.models import Engagement, ReportingPeriod, SideRating
from programmes.models.ratings import RATED_WITH
from programmes.selectors.engagements import days_of
from programmes.services.changing import apply_changes
from programmes.services.checks import check, check_language, refuse, saying
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import must_be_at, row_to_change
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import DomainError, NotFound


class RatingSettled(DomainError):
    """Both sides are in, and each has read the other."""

    code = "rating_settled"


class OneSideOnly(DomainError):
    """Nobody scores both sides of one rating."""

    code = "one_side_only"


@dataclass(frozen=True, slots=True)
class _Rated:
    """The days that a rating is of; of traction the reporting period too."""

    starts: dt.date
    ends: dt.date
    period: ReportingPeriod | None = None


@transaction.atomic
def give_rating(
    *,
    engagement_id: int,
    kind: RatingKind,
    starts: dt.date,
    side: RatingSide,
    score: int,
    reason: str,
    language: str = "",
    by: User,
) -> SideRating:
    """Give one side's score, from 1 to 5 with its reason, for the period or year that starts on the day.

    The other side does not see it until its own is in; then both are shown, and stay as they are. Raises InvalidInput,
    OneSideOnly where `by` scored for the other side.
    """
    # The engagement's lock lets the two sides in one after the other: the second finds the first.
    engagement = engagement_to_change(engagement_id, RATED_WITH[side], by=by)
    rated = _rateable(engagement, kind, starts)
    rating = SideRating(
        engagement=engagement,
        kind=kind.value,
        period=rated.period,
        starts=rated.starts,
        ends=rated.ends,
        side=side.value,
        score=score,
        reason=reason,
        language=language,
        given_by=by,
        given_at=timezone.now(),
        created_by=by,
    )
    _must_hold(rating)
    _must_be_of_one_side(rating, by)
    other = _other(rating)
    rating.shown_at = rating.given_at if other else None
    taken = ("starts", _("This side has rated it already: change that rating, as long as the other side has not."))
    with saying({"side_rating_once": taken}):
        rating.save(force_insert=True)
    audit.record("side_rating.given", target=rating, by=by, **_which(rating))
    if other:
        # Whoever may now read it for the first time hears of it in the feed.
        other.shown_at = rating.shown_at
        other.save(update_fields=["shown_at"])
        audit.record("side_rating.shown", target=other, by=by, **_which(other))
    return rating


class RatingChanges(TypedDict, total=False):
    score: int
    reason: str
    language: str


@transaction.atomic
def change_rating(
    *, rating_id: int, expected_version: int | None = None, by: User, **changes: Unpack[RatingChanges]
) -> SideRating:
    """Give another score or reason for one's own side, as long as the other side is not in.

    Raises RatingSettled once it is; OneSideOnly where `by` scored for the other side.
    """
    found = SideRating.objects.filter(pk=rating_id).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    permission = RATED_WITH[RatingSide(found.side)]
    require(by, permission, found)
    engagement_to_change(found.engagement_id, permission, by=by)
    rating = row_to_change(SideRating, rating_id, permission, by=by)
    if rating.shown_at is not None:
        raise RatingSettled(_("Both sides have rated and have read each other: the ratings stay as they are."))
    must_be_at(rating, expected_version)
    difference = apply_changes(rating, changes, allowed=RatingChanges)
    if not difference:
        return rating
    _must_hold(rating)
    _must_be_of_one_side(rating, by)
    rating.given_by, rating.given_at, rating.updated_by = by, timezone.now(), by
    rating.save(update_fields=[*difference, "given_by", "given_at", "updated_by"])
    # Not from what to what: the trail has other readers.
    audit.record("side_rating.changed", target=rating, by=by, **_which(rating))
    return rating


def _rateable(engagement: Engagement, kind: RatingKind, starts: dt.date) -> _Rated:
    """What begins on the day and can be rated: a reporting period, or a year of the engagement."""
    today = timezone.localdate()
    if kind is RatingKind.TRACTION:
        period = engagement.periods.filter(starts=starts).first()
        if period is None or period.starts > today:
            refuse("starts", _("Traction is rated by reporting period: none that has begun starts on this day."))
        return _Rated(period.starts, period.ends, period)
    years = {year_days(year).first: year_days(year) for year in years_begun(days_of(engagement), today=today)}
    if starts not in years:
        refuse("starts", _("Impact is rated by calendar year: no year of the engagement that has begun starts then."))
    return _Rated(starts, years[starts].last or starts)


def _must_hold(rating: SideRating) -> None:
    check(rating)
    check_language(rating.language)
    if not LOWEST <= rating.score <= HIGHEST:
        refuse("score", _("Both sides score from 1 to 5."))
    if not rating.reason.strip():
        refuse("reason", _("Say why: the other side reads it once both are in."))


def _must_be_of_one_side(rating: SideRating, by: User) -> None:
    """Also whoever only once scored for the other side knows what it said."""
    scored = SideRating.pgh_event_model.objects.filter(  # type: ignore[attr-defined]  # django-pghistory makes it
        engagement=rating.engagement_id, kind=rating.kind, starts=rating.starts, given_by=by.pk
    )
    if scored.exclude(side=rating.side).exists():
        raise OneSideOnly(_("One person may never score both sides of a rating, and you have scored the other one."))


def _other(rating: SideRating) -> SideRating | None:
    rows = SideRating.objects.filter(engagement=rating.engagement, kind=rating.kind, starts=rating.starts)
    return rows.exclude(side=rating.side).first()


def _which(rating: SideRating) -> dict[str, object]:
    """Of a rating what everybody may know who reads the trail: never a score or a reason."""
    return {"kind": rating.kind, "side": rating.side, "starts": rating.starts}
