"""Notes for the donor's eyes over REST, for holders of their permission; for everybody else there are none."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from programmes.api.inputs import EngagementField
from programmes.models import RestrictedNote, Risk, SideRating
from programmes.services import notes
from ta_portal.access.permissions import Permission
from ta_portal.api.inputs import Input, OneOf
from ta_portal.api.rows import Row
from ta_portal.api.writing import Act, WritableViewSet


class RestrictedNoteRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    risk = serializers.CharField(source="risk.code", allow_null=True)
    rating = serializers.UUIDField(source="rating.public_id", allow_null=True)
    text = serializers.CharField()
    language = serializers.CharField(help_text="In which it is written; empty where nobody said.")
    written_by = serializers.CharField(source="created_by.full_name", allow_null=True)
    written_at = serializers.DateTimeField(source="created_at")
    updated_at = serializers.DateTimeField()


class RestrictedNoteChange(Input):
    text = serializers.CharField(max_length=10_000)
    language = serializers.CharField(
        max_length=10, required=False, allow_blank=True, help_text="Of the text: en, fr, es, pt or ar."
    )


class RestrictedNoteInput(RestrictedNoteChange):
    """About the engagement as a whole, or about one risk, or about one rating that both sides have given."""

    engagement = EngagementField()
    risk = OneOf(Risk, within="engagement", allow_null=True, required=False)
    rating = OneOf(SideRating, by="public_id", within="engagement", allow_null=True, required=False)


class RestrictedNoteViewSet(WritableViewSet):
    """What the donor's people note for themselves. Without the permission there is nothing here."""

    resource = "restricted-notes"
    queryset = RestrictedNote.objects.all()
    row = RestrictedNoteRow
    view_permission = Permission.NOTE_VIEW
    engagement_path = "engagement"
    filter_fields = ("risk", "rating", "written_at", "updated_at")
    ordering_fields = ("written_at", "updated_at")
    search_fields = ("text",)
    acts = {
        "create": Act.adding(RestrictedNoteInput, Permission.NOTE_WRITE),
        "partial_update": Act.changing(RestrictedNoteChange, Permission.NOTE_WRITE),
        "destroy": Act.removing(Permission.NOTE_WRITE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Note something about an engagement, a risk or a rating."""
        return self.add_to_engagement(notes.add_note)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Say it otherwise."""
        return self.change(named, notes.change_note, "note_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Take a note away."""
        return self.remove(named, notes.remove_note, "note_id")
