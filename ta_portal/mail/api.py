"""Messages over REST: one's own, and that they were read."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from ta_portal.api.rows import Row
from ta_portal.api.services.idempotency import Answer
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.mail.models import Message
from ta_portal.mail.selectors import messages_of
from ta_portal.mail.services import mark_read
from ta_portal.mail.wording import absolute, text_of


class MessageRow(Row):
    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField(help_text="What to quote when asking about it, such as `M-000123`.")
    kind = serializers.CharField(help_text="What it is about, such as `progress.returned`.")
    language = serializers.CharField(help_text="In which language it is written.")
    subject = serializers.CharField()
    text = serializers.CharField(help_text="All of it, as its e-mail says it.")
    url = serializers.URLField(help_text="The page of what it is about.")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    emailed_at = serializers.DateTimeField(source="letter.sent_at", allow_null=True)


class MessageReadShape(serializers.Serializer[dict[str, object]]):
    id = serializers.UUIDField()
    read_at = serializers.DateTimeField(help_text="When it was first read.")


class MessageViewSet(ScopedViewSet):
    """What the caller was told, and nobody else: an administrator does not read another's messages either."""

    resource = "messages"
    queryset = Message.objects.all()
    row = MessageRow
    verb = "update"
    filter_fields = ("kind", "created_at", "read_at")
    ordering_fields = ("created_at", "read_at")
    computed_fields = ("reference", "text", "url")

    def visible(self) -> QuerySet[Any]:
        return messages_of(self.user).order_by()

    def exportable(self) -> QuerySet[Any]:
        return self.visible()

    @action(detail=True, methods=["post"])
    def read(self, request: Request, public_id: UUID) -> HttpResponse:
        """Note that it was read. When it was first read stays, however often this is said."""
        return self.act(lambda: _read(mark_read(public_id=public_id, by=self.user)))

    def described_answers(self) -> dict[int, Any]:
        if self.action == "read":
            return {HTTPStatus.OK.value: MessageReadShape}
        return super().described_answers()

    def compute(self, keys: Sequence[Any]) -> Mapping[Any, Mapping[str, Any]]:
        return {
            message.pk: {"reference": message.reference, "text": text_of(message), "url": absolute(message.link)}
            for message in self.queryset.filter(pk__in=keys)
        }


def _read(message: Message) -> Answer:
    return Answer(HTTPStatus.OK, {"id": str(message.public_id), "read_at": message.read_at})
