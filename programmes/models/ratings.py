"""What both sides say of the work, from 1 to 5, each without knowing what the other says."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from programmes.domain.ratings import HIGHEST, LOWEST, other_side
from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.models.engagements import BelowEngagement, Engagement, choices
from programmes.models.progress import ReportingPeriod
from ta_portal.access.grants import Grants, grants_of
from ta_portal.access.permissions import Permission
from ta_portal.audit.history import tracked
from ta_portal.changes.models import STAMP, CodeField, Versioned

# Who scores for which side. One role holds one of them; whoever holds both belongs to neither side.
RATED_WITH: dict[RatingSide, Permission] = {
    RatingSide.MINISTRY: Permission.RATING_MINISTRY,
    RatingSide.ADVISER: Permission.RATING_ADVISER,
}
_SCORES = (LOWEST, HIGHEST)


class RatingAnchor(models.Model):
    """What a score stands for. Reference data."""

    kind = CodeField(max_length=10, choices=choices(RatingKind))
    score = models.SmallIntegerField()
    text = models.CharField(max_length=200)

    class Meta:
        db_table = "rating_anchor"
        constraints = [
            models.UniqueConstraint(fields=["kind", "score"], name="rating_anchor_once"),
            models.CheckConstraint(name="rating_anchor_scored_1_to_5", condition=Q(score__range=_SCORES)),
        ]

    def __str__(self) -> str:
        return self.text


class SideRatingQuerySet(BelowEngagement["SideRating"]):
    """Blind: until both sides are in, a rating is there for its own side alone, through whichever door one looks."""

    def permitted(self, user: Any, permission: Permission = Permission.ENGAGEMENT_VIEW) -> Self:
        seen = super().permitted(user, permission)
        return seen.filter(Q(shown_at__isnull=False) | Q(given_by=user.pk) | _of_the_side_of(user))


def _of_the_side_of(user: Any) -> Q:
    """Ratings of a side for which `user` scores. Whoever could score for both sees what they gave themselves."""
    # A token narrows what its holder may do, not on which side they stand.
    grants, found = Grants(grants_of(user).held), Q(pk__in=[])
    for side, permission in RATED_WITH.items():
        held = Engagement.objects.permitted_by(grants, permission).order_by().values("pk")
        other = Engagement.objects.permitted_by(grants, RATED_WITH[other_side(side)]).order_by().values("pk")
        found |= Q(side=side.value, engagement__in=held) & ~Q(engagement__in=other)
    return found


@tracked
class SideRating(Versioned):
    """One side's score for one period (traction) or one year (impact). It is shown once the other side's is in too."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="side_ratings")
    kind = CodeField(max_length=10, choices=choices(RatingKind))
    period = models.ForeignKey(ReportingPeriod, models.PROTECT, null=True, related_name="side_ratings")
    starts = models.DateField()
    ends = models.DateField()
    side = CodeField(max_length=10, choices=choices(RatingSide))
    score = models.SmallIntegerField()
    reason = models.TextField(max_length=5000)
    # In which of the portal's languages the reason is written; empty where nobody said.
    language = CodeField(max_length=10, blank=True, default="", db_default="")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=Now())
    # When both were in. From then on everybody reads both, and nobody changes either.
    shown_at = models.DateTimeField(null=True)

    objects = SideRatingQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "side_rating"
        triggers = [
            STAMP,
            pgtrigger.Protect(
                name="settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__shown_at__isnull=False),
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
            *[trigger for trigger in Versioned.Meta.triggers if trigger is not STAMP],
        ]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "kind", "starts", "side"], name="side_rating_once"),
            models.UniqueConstraint(fields=["engagement", "kind", "starts", "given_by"], name="side_rating_by_two"),
            models.CheckConstraint(name="side_rating_kind_known", condition=Q(kind__in=[k.value for k in RatingKind])),
            models.CheckConstraint(name="side_rating_side_known", condition=Q(side__in=[s.value for s in RatingSide])),
            models.CheckConstraint(name="side_rating_scored_1_to_5", condition=Q(score__range=_SCORES)),
            models.CheckConstraint(name="side_rating_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="side_rating_ends_after_start", condition=Q(ends__gte=F("starts"))),
            models.CheckConstraint(
                name="side_rating_traction_has_a_period",
                condition=Q(kind=RatingKind.TRACTION.value, period__isnull=False)
                | Q(kind=RatingKind.IMPACT.value, period__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Which rating it is, never what it says."""
        return f"{self.engagement_id} {self.kind} {self.starts} {self.side}"
