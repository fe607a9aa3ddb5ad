"""The audit trail: who did what to what, written in the transaction of the act, never changed."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from ta_portal.changes.models import CodeField, append_only


class AuditEvent(models.Model):
    """One act. Targets and engagements are plain ids: the trail outlives what it speaks of."""

    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = CodeField(max_length=80)
    target_kind = CodeField(max_length=80)
    target_id = models.BigIntegerField(null=True)
    engagement_id = models.BigIntegerField(null=True, db_index=True)
    request_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_event"
        indexes = [models.Index(fields=["target_kind", "target_id"], name="audit_event_target")]
        triggers = [append_only()]
