"""What the portal keeps of its readers' pages: views of lists under a name, and forms that came too late."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ta_portal.changes.models import CodeField


class SavedView(models.Model):
    """A list as somebody wants to see it again: filter, order and columns, as the list's address says them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    list_name = CodeField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    # What the list opens with.
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "saved_view"
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_name", "name"], name="saved_view_named_once"),
            models.UniqueConstraint(
                fields=["owner", "list_name"], condition=Q(is_default=True), name="saved_view_one_default"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class KeptForm(models.Model):
    """What somebody typed into the form at `address` and has not saved: sealed, for them alone.

    A draft that their browser kept while they typed has the `key` of that saving; what came after the sign-in had ended
    has none.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address = models.TextField()
    key = CodeField(max_length=40, blank=True, default="", db_default="")
    typed = models.BinaryField()
    kept_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kept_form"
        constraints = [models.UniqueConstraint(fields=["owner", "address"], name="kept_form_once")]
