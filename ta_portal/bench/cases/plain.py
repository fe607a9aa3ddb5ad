"""The rival that most projects would write: Django REST framework's own ModelSerializer, with its joins prefetched."""

import datetime as dt
from typing import Any

from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from programmes.models import Engagement, EngagementRecipient, EngagementSector


class _Recipient(serializers.ModelSerializer[EngagementRecipient]):
    class Meta:
        model = EngagementRecipient
        fields = ["pct", "region", "country"]


class _Sector(serializers.ModelSerializer[EngagementSector]):
    class Meta:
        model = EngagementSector
        fields = ["pct", "sector"]


class _Engagement(serializers.ModelSerializer[Engagement]):
    id = serializers.UUIDField(source="public_id")
    programme = serializers.CharField(source="programme.code")
    parent = serializers.CharField(source="parent.ref", default=None)  # type: ignore[assignment]
    institution = serializers.CharField(source="institution.code", default=None)
    planned_first_day = serializers.SerializerMethodField()
    planned_last_day = serializers.SerializerMethodField()
    actual_first_day = serializers.SerializerMethodField()
    actual_last_day = serializers.SerializerMethodField()
    recipients = _Recipient(many=True)
    sectors = _Sector(many=True, source="sector_shares")
    lead_officer = serializers.CharField(source="lead_officer.full_name", default=None)

    class Meta:
        model = Engagement
        fields = [
            "id", "ref", "iati_id", "title", "programme", "parent", "institution", "practice_area", "form_of_aid",
            "modality",
            "objective", "exit_criteria", "status", "planned_first_day", "planned_last_day", "actual_first_day",
            "actual_last_day", "recipients", "sectors", "publication", "lead_officer", "related_operation", "aid_type",
            "finance_type", "flow_type", "tied_status", "sample", "updated_at",
        ]  # fmt: skip

    def get_planned_first_day(self, row: Engagement) -> dt.date | None:
        return row.planned.lower

    def get_planned_last_day(self, row: Engagement) -> dt.date | None:
        return _day_before(row.planned.upper)

    def get_actual_first_day(self, row: Engagement) -> dt.date | None:
        return row.actual.lower if row.actual else None

    def get_actual_last_day(self, row: Engagement) -> dt.date | None:
        return _day_before(row.actual.upper) if row.actual else None


def _day_before(day: dt.date | None) -> dt.date | None:
    return day - dt.timedelta(days=1) if day else None


def plain_page(size: int) -> bytes:
    """A page without anybody's permission asked."""
    rows: Any = Engagement.objects.select_related("programme", "parent", "institution", "lead_officer")
    rows = rows.prefetch_related("recipients", "sector_shares").order_by("pk")[:size]
    return bytes(JSONRenderer().render(_Engagement(rows, many=True).data))
