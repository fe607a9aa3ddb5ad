"""An institution's posts, who holds them, and what it has committed itself to, over REST."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from programmes.api.inputs import EngagementField, code_field, text_field
from programmes.domain.vocabulary import CommitmentKind
from programmes.models import Commitment, CounterpartPost, Institution, PostHolder
from programmes.services import commitments, post_holders, posts
from ta_portal.access.permissions import Permission
from ta_portal.api.fields import DayField, FirstDayField, LastDayField, WordField
from ta_portal.api.inputs import Input, OneOf, OneWord
from ta_portal.api.rows import Row
from ta_portal.api.writing import Act, WritableViewSet

_EMAIL = "Of the account that they sign in with; without one they are named only."


class PostRow(Row):
    id = serializers.UUIDField(source="public_id")
    institution = serializers.CharField(source="institution.code")
    code = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    gives_access = serializers.BooleanField(help_text="Whoever holds it is the institution's liaison meanwhile.")
    updated_at = serializers.DateTimeField()


class PostHolderRow(Row):
    id = serializers.UUIDField(source="public_id")
    institution = serializers.CharField(source="post.institution.code")
    post = serializers.CharField(source="post.code")
    name = serializers.CharField()
    deputy = serializers.BooleanField()
    first_day = FirstDayField(source="during")
    last_day = LastDayField(source="during", allow_null=True)
    updated_at = serializers.DateTimeField()


class CommitmentRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    post = serializers.CharField(source="post.code", allow_null=True, help_text="The one that answers for it.")
    code = serializers.CharField()
    kind = WordField(CommitmentKind)
    text = serializers.CharField()
    due = DayField()
    done = DayField(allow_null=True)
    done_note = serializers.CharField(help_text="What shows that it was done.")
    updated_at = serializers.DateTimeField()


class PostChange(Input):
    code = code_field()
    title = serializers.CharField(max_length=300)
    unit = text_field(300)
    gives_access = serializers.BooleanField(required=False)


class PostInput(PostChange):
    institution = OneOf(Institution)


class _Person(Input):
    name = serializers.CharField(max_length=200)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, help_text=_EMAIL)


class HandOverInput(_Person):
    first_day = DayField(source="on", help_text="Of the new holder; the old one leaves the day before.")


class DeputyInput(_Person):
    first_day = DayField()
    last_day = DayField()


class HolderChange(_Person):
    last_day = DayField(allow_null=True, required=False, help_text="Access that the post gives ends with it.")


class CommitmentChange(Input):
    code = code_field()
    kind = OneWord(CommitmentKind)
    text = serializers.CharField(max_length=500)
    post = OneOf(CounterpartPost, within="institution__engagements", allow_null=True, required=False)
    due = DayField()
    done = DayField(allow_null=True, required=False)
    done_note = text_field(10_000)


class CommitmentInput(CommitmentChange):
    engagement = EngagementField()


class DoneInput(Input):
    done = DayField(allow_null=True, required=False, help_text="Today by default.")
    done_note = text_field(10_000, help_text="What shows that it was done.")


class PostViewSet(WritableViewSet):
    """Posts in institutions that engagements work with. A liaison's access follows the post."""

    resource = "counterpart-posts"
    queryset = CounterpartPost.objects.all()
    row = PostRow
    filter_fields = ("code", "title", "institution", "gives_access", "updated_at")
    ordering_fields = ("code", "title", "updated_at")
    search_fields = ("code", "title", "unit")
    acts = {
        "create": Act.adding(PostInput, Permission.POST_CHANGE),
        "partial_update": Act.changing(PostChange, Permission.POST_CHANGE),
        "destroy": Act.removing(Permission.POST_CHANGE),
        "hand_over": Act.changing(HandOverInput, Permission.POST_CHANGE),
        "deputy": Act.changing(DeputyInput, Permission.POST_CHANGE, Permission.DEPUTY_NAME),
    }

    def create(self, request: Request) -> HttpResponse:
        """Add a post to an institution."""
        return self.add(posts.add_post)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change a post. Access that it gives begins, or ends, at once."""
        return self.change(named, posts.change_post, "post_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove a post that nobody ever held."""
        return self.remove(named, posts.remove_post, "post_id")

    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, **named: Any) -> HttpResponse:
        """From a day on somebody else holds the post, with the access that it gives; deputies leave as well."""
        return self.change(named, post_holders.hand_over, "post_id")

    @action(detail=True, methods=["post"])
    def deputy(self, request: Request, **named: Any) -> HttpResponse:
        """Name who stands in for the holder, and when: an officer does, or the holder."""
        return self.change(named, post_holders.name_deputy, "post_id")


class PostHolderViewSet(WritableViewSet):
    """Who holds, held or will hold which post, and their deputies."""

    resource = "post-holders"
    queryset = PostHolder.objects.all()
    row = PostHolderRow
    filter_fields = ("institution", "post", "name", "deputy", "first_day", "last_day", "updated_at")
    ordering_fields = ("first_day", "last_day", "updated_at")
    search_fields = ("name",)
    acts = {
        "partial_update": Act.changing(HolderChange, Permission.POST_CHANGE, Permission.DEPUTY_NAME),
        "destroy": Act.removing(Permission.POST_CHANGE, Permission.DEPUTY_NAME),
    }

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Correct a name, say whose account it is, or give the last day; the holder may do so for their deputies."""
        return self.change(named, post_holders.change_holder, "holder_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove somebody who was named by mistake."""
        return self.remove(named, post_holders.remove_holding, "holder_id")


class CommitmentViewSet(WritableViewSet):
    """What an institution does itself, so that the help can work."""

    resource = "commitments"
    queryset = Commitment.objects.all()
    row = CommitmentRow
    engagement_path = "engagement"
    filter_fields = ("code", "kind", "post", "due", "done", "updated_at")
    ordering_fields = ("code", "kind", "due", "done", "updated_at")
    search_fields = ("code", "text")
    acts = {
        "create": Act.adding(CommitmentInput, Permission.RESULTS_CHANGE),
        "partial_update": Act.changing(CommitmentChange, Permission.RESULTS_CHANGE),
        "destroy": Act.removing(Permission.RESULTS_CHANGE),
        "complete": Act.changing(DoneInput, Permission.PROGRESS_LOG, Permission.RESULTS_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Add a commitment of the institution that an engagement works with."""
        return self.add_to_engagement(commitments.add_commitment)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change a commitment."""
        return self.change(named, commitments.change_commitment, "commitment_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove a commitment that was never made."""
        return self.remove(named, commitments.remove_commitment, "commitment_id")

    @action(detail=True, methods=["post"])
    def complete(self, request: Request, **named: Any) -> HttpResponse:
        """Record that the institution has done it: its liaison does, or an officer."""
        return self.change(named, commitments.complete_commitment, "commitment_id")
