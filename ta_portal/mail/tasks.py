"""Celery's part: digests by the clock. Letters go out whenever a worker looks at the table (`apps`)."""

from celery import shared_task
from django.utils import timezone

from ta_portal.mail.services import make_digests


@shared_task(name="mail.make_digests", ignore_result=True)
def gather_digests() -> None:
    """Make the digests of today and of this week. Safe to repeat."""
    make_digests(today=timezone.localdate())
