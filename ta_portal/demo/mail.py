"""The demo's mail server: a table. What is kept and the note that it was sent are one transaction."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from ta_portal.demo.models import SentMail


class KeptMail(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for email in email_messages:
            # As it would travel: a header that cannot stand there is refused here too.
            message: Any = email.message()
            mail = SentMail.objects.create(
                sender=email.from_email,
                recipients=", ".join(email.recipients()),
                subject=str(email.subject),
                message_id=message["Message-ID"] or "",
                text=str(email.body),
                html=_html_of(email),
            )
            for file in email.attachments:
                mail.files.create(name=file.filename or "", content=file.content, media_type=file.mimetype or "")
        return len(email_messages)


def _html_of(email: EmailMessage) -> str:
    parts = [str(content) for content, kind in getattr(email, "alternatives", []) if kind == "text/html"]
    return parts[0] if parts else ""
