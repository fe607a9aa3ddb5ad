"""Both sides' ratings over REST. What the other side gave is not there until both are in."""

from typing import Any

from django.db.models import F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Abs
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from programmes.api.inputs import EngagementField
from programmes.domain.ratings import HIGHEST, LOWEST
from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.models import SideRating
from programmes.services import ratings
from ta_portal.access.permissions import Permission
from ta_portal.api.fields import Column, CountField, DayField, WordField
from ta_portal.api.inputs import Input, OneWord
from ta_portal.api.rows import Row
from ta_portal.api.writing import Act, WritableViewSet


class GapField(CountField):
    """How many points lie between the two sides, once both are in."""

    def column(self) -> Column:
        same = SideRating.objects.filter(
            engagement=OuterRef("engagement"), kind=OuterRef("kind"), starts=OuterRef("starts"), shown_at__isnull=False
        )
        apart = Abs(F("score") - OuterRef("score"), output_field=IntegerField())
        return Subquery(same.exclude(pk=OuterRef("pk")).values(apart=apart)[:1])


class SideRatingRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    kind = WordField(RatingKind, help_text="Traction by reporting period, impact by calendar year.")
    period_start = DayField(source="starts")
    period_end = DayField(source="ends")
    side = WordField(RatingSide)
    score = CountField(help_text="1 to 5.")
    reason = serializers.CharField()
    language = serializers.CharField(help_text="In which the reason is written; empty where nobody said.")
    given_by = serializers.CharField(source="given_by.full_name")
    given_at = serializers.DateTimeField()
    shown_at = serializers.DateTimeField(
        allow_null=True, help_text="When both sides were in. From then on all may read both, and nobody changes either."
    )
    gap = GapField(allow_null=True, help_text="Points between the two sides' scores; null until both are in.")
    updated_at = serializers.DateTimeField()


class SideRatingChange(Input):
    score = CountField(min_value=LOWEST, max_value=HIGHEST)
    reason = serializers.CharField(max_length=5000, help_text="The other side reads it once both are in.")
    language = serializers.CharField(
        max_length=10, required=False, allow_blank=True, help_text="Of the reason: en, fr, es, pt or ar."
    )


class SideRatingInput(SideRatingChange):
    """One side's score for a reporting period (traction) or a calendar year (impact) that has begun."""

    engagement = EngagementField()
    kind = OneWord(RatingKind)
    period_start = DayField(source="starts", help_text="The first day of the reporting period, or of the year.")
    side = OneWord(RatingSide)


class RatingViewSet(WritableViewSet):
    """What the ministry and the adviser say of the work, from 1 to 5; one's own side's alone until both are in."""

    resource = "ratings"
    queryset = SideRating.objects.all()
    row = SideRatingRow
    engagement_path = "engagement"
    filter_fields = ("kind", "period_start", "period_end", "side", "score", "shown_at", "updated_at")
    ordering_fields = ("kind", "period_start", "side", "score", "given_at", "updated_at")
    search_fields = ("reason",)
    acts = {
        "create": Act.adding(SideRatingInput, Permission.RATING_MINISTRY, Permission.RATING_ADVISER),
        "partial_update": Act.changing(SideRatingChange, Permission.RATING_MINISTRY, Permission.RATING_ADVISER),
    }

    def create(self, request: Request) -> HttpResponse:
        """Give one side's score; the answer is one's own, whatever the other side gave."""
        return self.add_to_engagement(ratings.give_rating)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Give another score or reason for one's own side, as long as the other side is not in."""
        return self.change(named, ratings.change_rating, "rating_id")
