"""Telling people something, and what they do with what they were told."""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from ta_portal.accounts.models import User
from ta_portal.audit.services import record
from ta_portal.errors import InvalidInput, NotFound
from ta_portal.jobs.waking import wake_workers
from ta_portal.mail.kinds import MessageKind, message_kinds
from ta_portal.mail.models import Delivery, DeliveryChoice, Letter, Message
from ta_portal.mail.selectors import choices_of
from ta_portal.mail.wording import Content, language_of, subject_line

logger = logging.getLogger(__name__)

NEWS_AT_A_TIME = 300
_IN_DIGESTS = (Delivery.DAILY.value, Delivery.WEEKLY.value)


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell: to whom, about which engagement, and where its page is.

    `event` names what happened, within its kind: whoever was told of it is not told again. `content` writes it in the
    language that is active when it is called.
    """

    kind: MessageKind
    event: str
    to: Collection[int]
    about: int
    link: str
    content: Callable[[], Content]


@transaction.atomic
def tell(news: News) -> list[Message]:
    """Put it into the inbox of each recipient who has not got it, with an e-mail for those who want it at once.

    Safe to repeat, by two at once as well: the second waits for the first, and adds nothing. Gives what is new.
    """
    people = list(User.objects.filter(pk__in=news.to, is_active=True, is_service=False).order_by("pk"))
    keys = [_key(news, one.pk) for one in people]
    told = set(Message.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    new = [one for one in people if _key(news, one.pk) not in told]
    if not new:
        return []
    wanted, written = _wanted(news.kind, new), _in_each_language(news, new)
    Message.objects.bulk_create(
        [_message(news, one, written[language_of(one)], wanted[one.pk]) for one in new], ignore_conflicts=True
    )
    return _with_letters([_key(news, one.pk) for one in new])


def tell_each(all_news: Iterable[News]) -> int:
    """Tell what of this is new to whom, each in a transaction of its own. Gives how many messages that made.

    What was told before costs a query for every few hundred, so that the same can be asked every day. One that cannot
    be told does not keep the others back.
    """
    told = 0
    for some in _in_batches(all_news, NEWS_AT_A_TIME):
        keys = [_key(news, person) for news in some for person in news.to]
        known = set(Message.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
        for news in some:
            new = [person for person in news.to if _key(news, person) not in known]
            told += _told(replace(news, to=new)) if new else 0
    return told


def _told(news: News) -> int:
    try:
        return len(tell(news))
    except Exception:
        logger.exception("%s (%s) could not be told; it is tried again the next time", news.kind.key, news.event)
        return 0


def _in_batches(all_news: Iterable[News], size: int) -> Iterator[list[News]]:
    rest = iter(all_news)
    while some := list(islice(rest, size)):
        yield some


def _message(news: News, person: User, content: Content, delivery: Delivery) -> Message:
    return Message(
        recipient=person,
        kind=news.kind.key,
        language=language_of(person),
        subject=subject_line(content.subject),
        content=content.as_json(),
        link=news.link,
        about=news.about,
        dedupe_key=_key(news, person.pk),
        delivery=delivery.value,
    )


def _key(news: News, person_id: int) -> str:
    return f"{news.kind.key}:{news.event}:{person_id}"


def _wanted(kind: MessageKind, people: Sequence[User]) -> dict[int, Delivery]:
    """How each wants to be told. Where the portal sends no e-mail, by the inbox alone: none piles up for later."""
    if not settings.SENDS_MAIL:
        return {one.pk: Delivery.INBOX for one in people}
    chosen = dict(DeliveryChoice.objects.filter(kind=kind.key, user__in=people).values_list("user", "delivery"))
    return {one.pk: Delivery(chosen.get(one.pk, kind.default)) for one in people}


def _in_each_language(news: News, people: Sequence[User]) -> dict[str, Content]:
    written = {}
    for language in {language_of(one) for one in people}:
        with translation.override(language):
            written[language] = news.content()
    return written


def _with_letters(keys: Sequence[str]) -> list[Message]:
    """The messages that are there now, each that goes out at once with its letter: locked, so that none gets two."""
    rows = list(Message.objects.select_for_update(of=("self",)).filter(dedupe_key__in=keys).order_by("pk"))
    for row in rows:
        if row.delivery == Delivery.NOW and row.letter_id is None:
            row.letter = Letter.objects.create(recipient_id=row.recipient_id, cadence=Delivery.NOW.value)
            row.save(update_fields=["letter"])
    transaction.on_commit(wake_workers)
    return rows


# --- digests ---


def make_digests(*, today: dt.date) -> int:
    """Gather into one letter what somebody wants to be told once a day, or once a week. Gives how many letters.

    Safe to repeat: a person has one digest of each sort for a day, or a week, and none where there is nothing to say.
    What comes after it waits for the next one.
    """
    monday = today - dt.timedelta(days=today.weekday())
    made = 0
    for cadence, day in ((Delivery.DAILY, today), (Delivery.WEEKLY, monday)):
        waiting = Message.objects.filter(delivery=cadence.value, letter=None)
        for person in waiting.order_by("recipient").values_list("recipient", flat=True).distinct():
            made += _make_digest(person, cadence, day)
    return made


@transaction.atomic
def _make_digest(person_id: int, cadence: Delivery, day: dt.date) -> bool:
    # The person's row is locked, for there may be no letter yet: two workers take turns.
    User.objects.select_for_update(no_key=True).get(pk=person_id)
    if Letter.objects.filter(recipient_id=person_id, cadence=cadence.value, on_date=day).exists():
        return False
    waiting = Message.objects.filter(recipient_id=person_id, delivery=cadence.value, letter=None)
    if not waiting.exists():
        return False
    letter = Letter.objects.create(recipient_id=person_id, cadence=cadence.value, on_date=day)
    waiting.update(letter=letter)
    transaction.on_commit(wake_workers)
    return True


# --- what a person does ---


@transaction.atomic
def mark_read(*, public_id: UUID, by: User) -> Message:
    """Note that one's message was read; when it was first read stays. Raises NotFound for anybody else's."""
    message = Message.objects.select_for_update().filter(recipient=by, public_id=public_id).first()
    if message is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    if message.read_at is None:
        message.read_at = Now()
        message.save(update_fields=["read_at"])
        message.refresh_from_db(fields=["read_at"])
    return message


@transaction.atomic
def mark_all_read(*, by: User) -> int:
    """Note that all of one's messages were read. Gives how many were not yet."""
    return Message.objects.filter(recipient=by, read_at=None).update(read_at=Now())


@transaction.atomic
def choose_deliveries(*, by: User, choices: Mapping[str, str]) -> None:
    """Say how one wants to be told of each kind; the kinds that are not named stay as they are.

    What waits for a digest follows: into the other digest, or nowhere but the inbox where it is.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    known = {kind.key for kind in message_kinds()}
    for key, value in choices.items():
        if key not in known or value not in set(Delivery):
            raise InvalidInput.at(key, _("Choose one of the ways that the portal offers."), code="unknown")
    before = choices_of(by)
    changed = {key: value for key, value in choices.items() if before[key] != value}
    for key, value in changed.items():
        DeliveryChoice.objects.update_or_create(user=by, kind=key, defaults={"delivery": value})
        if value != Delivery.NOW:
            waiting = Message.objects.filter(recipient=by, kind=key, letter=None, delivery__in=_IN_DIGESTS)
            waiting.update(delivery=value)
    if changed:
        record("messages.chosen", target=person, by=person, **changed)
