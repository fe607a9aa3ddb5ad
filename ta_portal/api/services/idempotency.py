"""`Idempotency-Key`: a POST that is sent again, because the answer was lost, acts once and is answered as before."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ta_portal.accounts.models import User
from ta_portal.api.models import Idempotency
from ta_portal.errors import DomainError, InvalidInput

KEPT = dt.timedelta(days=1)
LONGEST_KEY = 200


class IdempotencyKeyReused(DomainError):
    """The key was used for another request: which of the two is meant cannot be known."""

    code = "idempotency_key_reused"
    status = 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST was answered with; `body` is plain JSON."""

    status: int
    body: Any
    location: str = ""
    etag: str = ""


@transaction.atomic
def answer_once(*, key: str, request: bytes, by: User, act: Callable[[], Answer]) -> Answer:
    """Do `act` and keep its answer for a day, or give the one that was given to the same key of the same user.

    One transaction with the act: a second request waits for the first and then repeats its answer; a refusal keeps
    nothing, so that the request may be mended and sent again. Raises IdempotencyKeyReused where `request` (method,
    address and body) is another than the first time, InvalidInput for a key that is none.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput.at(
            "Idempotency-Key", _("A key is 1 to {most} printable characters.").format(most=LONGEST_KEY)
        )
    request_hash, now = hashlib.sha256(request).hexdigest(), timezone.now()
    Idempotency.objects.filter(user=by, key=key, expires_at__lte=now).delete()
    # Inserted first: of two at once the second waits here until the first has its answer, or has failed.
    Idempotency.objects.bulk_create(
        [Idempotency(user=by, key=key, request_hash=request_hash, expires_at=now + KEPT)], ignore_conflicts=True
    )
    kept = Idempotency.objects.select_for_update().get(user=by, key=key)
    if kept.request_hash != request_hash:
        raise IdempotencyKeyReused(_("This Idempotency-Key was sent before with another request. Use a new one."))
    if kept.status is not None:
        body, etag = json.loads(str(kept.response))
        return Answer(kept.status, body, kept.location, etag)
    answer = act()
    # As text: a JSON column would put the names in another order.
    kept.status, kept.response, kept.location = answer.status, json.dumps([answer.body, answer.etag]), answer.location
    kept.save(update_fields=["status", "response", "location"])
    return answer
