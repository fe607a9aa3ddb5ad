"""What people are told: messages in their inbox, the e-mails that carry them, and how each wants to be told."""

import uuid
from enum import StrEnum

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ta_portal.changes.models import CodeField


class Delivery(StrEnum):
    """How a message reaches its recipient, beside the inbox where every message stands."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    INBOX = "inbox"


class LetterState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    # Its recipient may not know any more what it says.
    WITHHELD = "withheld"
    # Tried as often as it is tried.
    FAILED = "failed"


DELIVERIES = [delivery.value for delivery in Delivery]
CADENCES = (Delivery.NOW.value, Delivery.DAILY.value, Delivery.WEEKLY.value)


class Letter(models.Model):
    """An e-mail to one person, with one message or a digest of several. It is sent once, whoever tries to."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID())
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    cadence = CodeField(max_length=10)
    # Of a digest: its day, or the Monday of its week.
    on_date = models.DateField(null=True)
    state = CodeField(max_length=10, default=LetterState.WAITING.value, db_default=LetterState.WAITING.value)
    attempts = models.IntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    error = models.CharField(max_length=500, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "letter"
        constraints = [
            models.CheckConstraint(name="letter_cadence_known", condition=Q(cadence__in=CADENCES)),
            models.CheckConstraint(
                name="letter_state_known", condition=Q(state__in=[one.value for one in LetterState])
            ),
            models.CheckConstraint(
                name="letter_digest_has_a_day",
                condition=Q(cadence="now", on_date=None) | Q(~Q(cadence="now"), on_date__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_sent_says_when",
                condition=Q(state="sent", sent_at__isnull=False) | Q(~Q(state="sent"), sent_at=None),
            ),
            models.UniqueConstraint(name="letter_one_digest_a_day", fields=["recipient", "cadence", "on_date"]),
        ]
        indexes = [models.Index(name="letter_waiting", fields=["next_try_at", "id"], condition=Q(state="waiting"))]

    @property
    def reference(self) -> str:
        return f"L-{self.pk:06d}"


class Message(models.Model):
    """What one person was told, in their language, as it was then.

    `content` is `wording.Content` as JSON; page, e-mail and API all write it out. `about` is the engagement on which
    the right to know it hangs; `dedupe_key` says what was told to whom: the same is never told twice.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID())
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    kind = CodeField()
    language = CodeField(max_length=10)
    subject = models.CharField(max_length=300)
    content = models.JSONField()
    link = models.CharField(max_length=500)
    about = models.BigIntegerField(null=True)
    dedupe_key = CodeField(max_length=200)
    delivery = CodeField(max_length=10)
    letter = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="messages")
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(name="message_told_once", fields=["dedupe_key"]),
            models.CheckConstraint(name="message_delivery_known", condition=Q(delivery__in=DELIVERIES)),
        ]
        indexes = [
            models.Index(name="message_inbox", fields=["recipient", "-id"]),
            models.Index(name="message_unread", fields=["recipient"], condition=Q(read_at=None)),
            models.Index(
                name="message_for_digest",
                fields=["delivery", "recipient"],
                condition=Q(letter=None, delivery__in=["daily", "weekly"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def reference(self) -> str:
        """What somebody quotes who asks about it: M-000123."""
        return f"M-{self.pk:06d}"


class DeliveryChoice(models.Model):
    """How one person wants to be told of one kind of thing; without a row it is as the kind has it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = CodeField()
    delivery = CodeField(max_length=10)

    class Meta:
        db_table = "delivery_choice"
        constraints = [
            models.UniqueConstraint(name="delivery_choice_once", fields=["user", "kind"]),
            models.CheckConstraint(name="delivery_choice_known", condition=Q(delivery__in=DELIVERIES)),
        ]
