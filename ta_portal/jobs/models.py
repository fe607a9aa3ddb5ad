"""The truth about work to be done: jobs with a lease, and an outbox written in the transaction of the change.

A Celery message only says "look at the table" (schema.md, decision 10): a lost message, a dead worker or a dead broker
cost time, never work.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ta_portal.changes.models import CodeField

ACTIVE = ("queued", "running")


class Job(models.Model):
    """One piece of work: queued, running under a lease, and done, failed or cancelled in the end."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID())
    kind = CodeField()
    args = models.JSONField(default=dict)
    dedupe_key = CodeField(max_length=200, null=True)
    state = CodeField(max_length=10, default="queued", db_default="queued")
    stage = models.CharField(max_length=120, blank=True, default="", db_default="")
    done = models.IntegerField(default=0, db_default=0)
    total = models.IntegerField(null=True)
    attempt = models.IntegerField(default=0, db_default=0)
    max_attempts = models.IntegerField(default=5, db_default=5)
    run_after = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=200, blank=True, default="", db_default="")
    cancel_requested = models.BooleanField(default=False, db_default=False)
    error = models.TextField(blank=True, default="", db_default="")
    result = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Of the request that asked for it: its log lines and audit events go on under that id.
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        constraints = [
            models.CheckConstraint(
                name="job_state_known", condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"])
            ),
            models.CheckConstraint(
                name="job_lease_while_running",
                condition=Q(state="running", lease_until__isnull=False) | (~Q(state="running") & Q(lease_until=None)),
            ),
            models.UniqueConstraint(name="job_dedupe", fields=["dedupe_key"], condition=Q(state__in=ACTIVE)),
        ]
        indexes = [
            models.Index(name="job_ready", fields=["run_after", "id"], condition=Q(state="queued")),
            models.Index(name="job_lease", fields=["lease_until"], condition=Q(state="running")),
        ]


class Outbox(models.Model):
    """A fact to be told after the commit that made it; the payload holds ids only."""

    topic = CodeField()
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0, db_default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox"
        indexes = [models.Index(name="outbox_unsent", fields=["id"], condition=Q(sent_at=None))]


class Pulse(models.Model):
    """When a part of the portal that works in the background was last alive: the worker, and the clock."""

    part = CodeField(primary_key=True, max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "job_pulse"


class Inbox(models.Model):
    """What a consumer has dealt with already: a message that comes twice has one effect."""

    consumer = CodeField()
    outbox_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "inbox"
        constraints = [models.UniqueConstraint(fields=["consumer", "outbox_id"], name="inbox_once")]
