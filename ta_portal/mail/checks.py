"""Checks for `manage.py doctor`: does the portal send e-mail, and does it arrive at the mail server."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Max, Q

from ta_portal.mail.models import Letter
from ta_portal.registry.checks import Finding

SEE_SETTING = "See E-mail in docs/operations.md: EMAIL_URL, EMAIL_FROM and PORTAL_URL."


def mail() -> Iterator[Finding]:
    if not settings.SENDS_MAIL:
        yield Finding("E-mail", "none is sent, since EMAIL_URL is not set; messages stand in the inbox", SEE_SETTING)
        return
    in_trouble = Q(state="waiting", attempts__gt=0)
    found = Letter.objects.aggregate(
        waiting=Count("pk", filter=Q(state="waiting")),
        trouble=Count("pk", filter=in_trouble),
        failed=Count("pk", filter=Q(state="failed")),
        error=Max("error", filter=in_trouble | Q(state="failed")),
    )
    if found["trouble"] or found["failed"]:
        state = f"{found['trouble']} letters are tried again, {found['failed']} were given up: {found['error']}"
        yield Finding("E-mail", state, f"Is the mail server there, and does it take our name? {SEE_SETTING}")
    else:
        yield Finding("E-mail", f"{found['waiting']} letters wait" if found["waiting"] else "all letters went out")
