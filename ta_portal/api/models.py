"""What REST clients hold: tokens, kept only as a hash, and the answers to requests that may be repeated."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from ta_portal.changes.models import CodeField


class ApiToken(models.Model):
    """A key to the API: acts as its user, narrowed to its scopes, until it expires. Shown once, stored as a hash."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120, blank=True)
    prefix = CodeField(max_length=16, unique=True)
    hash = CodeField(max_length=64)
    scopes = ArrayField(CodeField(max_length=60))
    expires_at = models.DateTimeField()
    cidrs = ArrayField(models.CharField(max_length=50), default=list)
    last_used = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "api_token"


class Idempotency(models.Model):
    """The answer that was given to a POST under its `Idempotency-Key`, to be given again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = CodeField(max_length=200)
    request_hash = CodeField(max_length=64)
    status = models.SmallIntegerField(null=True)
    response = models.JSONField(null=True)
    location = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]


class Calls(models.Model):
    """How often one caller (a token, a user) has asked for one kind of thing in the minute that runs.

    Unlogged: a crash may forget it, and counting costs no write to disk.
    """

    caller = CodeField(max_length=40)
    kind = CodeField(max_length=20)
    minute = models.BigIntegerField()
    n = models.IntegerField()

    class Meta:
        db_table = "api_calls"
        constraints = [models.UniqueConstraint(fields=["caller", "kind"], name="api_calls_counted_once")]
