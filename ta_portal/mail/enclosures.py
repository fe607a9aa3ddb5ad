"""Files that go out with the e-mail of a message: made when it is sent, in its reader's language, and kept nowhere.

A message names its files and where they are to be had (`Content.files`), on pages and in the e-mail alike. An app that
registers an `Encloser` for a kind lets its e-mails carry them as well.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from ta_portal.mail.models import Message

logger = logging.getLogger(__name__)

# Of one letter: a digest of many messages leaves the rest to their links.
MOST_ENCLOSED = 10


@dataclass(frozen=True, slots=True)
class Enclosure:
    name: str
    media_type: str
    content: bytes


# Gives nothing where there is no such file any more, or the recipient of the message may not have it.
Encloser = Callable[[Message], Enclosure | None]
_enclosers: dict[str, Encloser] = {}


def register_encloser(kind: str, encloser: Encloser) -> None:
    _enclosers[kind] = encloser


def enclosed(messages: Sequence[Message]) -> list[Enclosure]:
    """What goes out with these messages of one letter, in the language that is active."""
    return list(islice(_found(messages), MOST_ENCLOSED))


def _found(messages: Sequence[Message]) -> Iterator[Enclosure]:
    for message in messages:
        encloser = _enclosers.get(message.kind)
        if encloser is None:
            continue
        try:
            with transaction.atomic():
                one = encloser(message)
        except Exception:
            # The letter says where the file is to be had: it goes out without.
            logger.exception("the file of message %s cannot be made", message.pk)
            continue
        if one is not None:
            yield one
