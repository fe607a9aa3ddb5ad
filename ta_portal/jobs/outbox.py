"""Facts, written in the transaction of the change and told by a worker after it: at least once, once in effect."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

from ta_portal.jobs import queue
from ta_portal.jobs.models import Outbox
from ta_portal.jobs.queue import Fact
from ta_portal.jobs.waking import wake_workers

logger = logging.getLogger(__name__)

FACTS_AT_A_TIME = 100

Listener = Callable[[dict[str, Any]], None]
_listeners: dict[str, dict[str, Listener]] = {}


def tell(topic: str, **ids: Any) -> None:
    """Write the fact down in the caller's transaction, and wake a worker once that has been committed."""
    Outbox.objects.create(topic=topic, payload=ids)
    transaction.on_commit(wake_workers)


def hears(topic: str, *, consumer: str) -> Callable[[Listener], Listener]:
    """Register a function for a topic. What it writes and the note that it was done are one transaction."""

    def register(listener: Listener) -> Listener:
        _listeners.setdefault(topic, {})[consumer] = listener
        return listener

    return register


def drain() -> int:
    """Tell what has not been told. Returns how many facts were. One that a listener refuses is told again later."""
    told = 0
    while facts := queue.claim_facts(FACTS_AT_A_TIME):
        told += sum(_tell_listeners(fact) for fact in facts)
    return told


def _tell_listeners(fact: Fact) -> bool:
    try:
        for consumer, listener in _listeners.get(fact.topic, {}).items():
            with transaction.atomic():
                if queue.is_first_time(consumer, fact):
                    listener(fact.payload)
    except Exception:
        # One listener's trouble must not keep the facts behind it.
        logger.exception("fact %s (%s) could not be told; it will be again", fact.id, fact.topic)
        return False
    return queue.mark_sent(fact)
