"""What a message says, once for page, e-mail and API; and the e-mail that is made of it, as text and as HTML."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from ta_portal.mail.enclosures import enclosed
from ta_portal.mail.models import Delivery, Letter, Message

LONGEST_SUBJECT = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Content:
    """A message in its recipient's language: what happened, the facts, what was said, what is to be done.

    `facts` and `quotes` are pairs of a heading and a text; a quote keeps its lines, all else is one line. `files` are
    pairs of a name and the address at which its reader is given the file.
    `action` is what the link to the page is called.
    """

    subject: str
    lead: str
    todo: str
    action: str
    facts: Sequence[tuple[str, str]] = ()
    quotes: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, str]] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "lead": one_line(self.lead),
            "facts": [[one_line(name), one_line(value)] for name, value in self.facts],
            "quotes": [[one_line(name), _CONTROL.sub("", text).strip()] for name, text in self.quotes if text.strip()],
            "files": [[one_line(name), address] for name, address in self.files],
            "todo": one_line(self.todo),
            "action": one_line(self.action),
        }


def one_line(text: object) -> str:
    """Without line breaks or control characters: what somebody typed must not add a header, or a line of ours."""
    return " ".join(_CONTROL.sub("", str(text)).split())


def subject_line(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def text_of(message: Message) -> str:
    """The message as plain text, without greeting and foot."""
    with translation.override(message.language):
        return _plain("emails/mail/_message.txt", _shown(message)).strip()


def email_of(letter: Letter, messages: Sequence[Message]) -> EmailMultiAlternatives:
    """The e-mail, in the language that its recipient reads now; each message in it as it was written.

    Its Message-ID stays the same however often it is tried: should it arrive twice, most readers show it once.
    """
    person = letter.recipient
    with translation.override(language_of(person)):
        context = _frame(letter, messages)
        subject = subject_line(context["subject"])
        text = _plain("emails/mail/letter.txt", context)
        html = render_to_string("emails/mail/letter.html", context)
        files = enclosed(messages)
    headers = {
        "Message-ID": f"<{letter.public_id}@{urlsplit(settings.PORTAL_URL).hostname or 'portal.invalid'}>",
        # No machine answers it with a note of absence.
        "Auto-Submitted": "auto-generated",
    }
    email = EmailMultiAlternatives(subject, text, to=[person.email], headers=headers)
    email.attach_alternative(html, "text/html")
    for file in files:
        email.attach(file.name, file.content, file.media_type)
    return email


def language_of(person: Any) -> str:
    """The language of somebody's messages; that of the portal where their profile leaves it to the browser."""
    return person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _frame(letter: Letter, messages: Sequence[Message]) -> dict[str, Any]:
    is_digest = letter.cadence != Delivery.NOW
    reference = letter.reference if is_digest else messages[0].reference
    title = _digest_title(letter, len(messages)) if is_digest else messages[0].subject
    return {
        "subject": f"[{reference}] {title}",
        "title": title,
        "reference": reference,
        "is_digest": is_digest,
        "person": one_line(letter.recipient),
        "messages": [_shown(message) for message in messages],
        "inbox": absolute(reverse("mail:inbox")),
        "choices": absolute(reverse("mail:choices")),
        "language": translation.get_language(),
        "direction": _direction(translation.get_language() or ""),
    }


def _digest_title(letter: Letter, count: int) -> str:
    day = date_format(letter.on_date or dt.date.min, "DATE_FORMAT")
    if letter.cadence == Delivery.WEEKLY:
        title = ngettext("%(count)d message, week of %(day)s", "%(count)d messages, week of %(day)s", count)
    else:
        title = ngettext("%(count)d message, %(day)s", "%(count)d messages, %(day)s", count)
    return title % {"count": count, "day": day}


def _shown(message: Message) -> dict[str, Any]:
    return {
        "row": message,
        "content": message.content,
        "files": [(name, absolute(address)) for name, address in message.content.get("files", [])],
        "url": absolute(message.link),
        "direction": _direction(message.language),
    }


def absolute(path: str) -> str:
    return urljoin(settings.PORTAL_URL, path)


def _direction(language: str) -> str:
    return "rtl" if translation.get_language_info(language)["bidi"] else "ltr"


def _plain(name: str, context: dict[str, Any]) -> str:
    """Text is text: nothing in it is escaped as HTML."""
    template: Any = get_template(name)
    written: str = template.template.render(Context(context, autoescape=False))
    return re.sub(r"\n{3,}", "\n\n", written).strip() + "\n"
