"""Sending letters: one worker takes one letter, sends it and marks it, in one transaction."""

import datetime as dt
import logging
from smtplib import SMTPException

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from ta_portal.mail.kinds import may_know
from ta_portal.mail.models import Letter, LetterState
from ta_portal.mail.wording import email_of

logger = logging.getLogger(__name__)

# 1, 2, 4 … 64 minutes apart, then every two hours: some eight hours in all, for a mail server that is mended overnight.
MOST_ATTEMPTS = 11
_FIRST_PAUSE = dt.timedelta(minutes=1)
_LONGEST_PAUSE = dt.timedelta(hours=2)
_LONGEST_ERROR = 500


def send_ready() -> int:
    """Send what waits, oldest first. Gives how many letters went out. Safe to repeat, by many at once.

    It stops at the first that cannot be sent: where the mail server is gone, the others need not find out one by one.
    """
    sent = 0
    while settings.SENDS_MAIL:
        state = send_next()
        if state is None or state == LetterState.WAITING:
            break
        sent += state == LetterState.SENT
    return sent


@transaction.atomic
def send_next() -> str | None:
    """Send the oldest letter that nobody else is sending; gives its state then, None where none waits.

    The row stays locked until it is marked, and others pass it by. Only a worker that dies after the mail server took
    the letter and before the commit leaves it unmarked: then it goes out once more, under the same Message-ID.
    """
    ready = Letter.objects.filter(state=LetterState.WAITING.value, next_try_at__lte=Now())
    ready = ready.select_for_update(skip_locked=True, of=("self",)).select_related("recipient")
    letter = ready.order_by("next_try_at", "id").first()
    if letter is None:
        return None
    messages = [
        message for message in letter.messages.order_by("pk") if may_know(letter.recipient, message.kind, message.about)
    ]
    if not messages:
        letter.state = LetterState.WITHHELD.value
    else:
        letter.attempts += 1
        try:
            # A transaction of its own: what breaks in it leaves the note of its failure to be written.
            with transaction.atomic():
                email_of(letter, messages).send()
        except (OSError, SMTPException) as problem:
            # By its kind only: what a mail server answers holds addresses, which stand in no log.
            logger.warning("letter %s: %s in attempt %s", letter.pk, type(problem).__name__, letter.attempts)
            _note_failure(letter, problem)
        except Exception as problem:
            # A letter that cannot be written must not stand before all others for ever.
            logger.exception("letter %s cannot be written or sent", letter.pk)
            _note_failure(letter, problem)
        else:
            letter.state, letter.sent_at, letter.error = LetterState.SENT.value, timezone.now(), ""
    letter.save(update_fields=["state", "attempts", "next_try_at", "error", "sent_at"])
    return letter.state


def _note_failure(letter: Letter, problem: Exception) -> None:
    letter.error = f"{type(problem).__name__}: {problem}"[:_LONGEST_ERROR]
    letter.next_try_at = timezone.now() + min(_FIRST_PAUSE * 2 ** (letter.attempts - 1), _LONGEST_PAUSE)
    if letter.attempts >= MOST_ATTEMPTS:
        letter.state = LetterState.FAILED.value
