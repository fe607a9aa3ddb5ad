"""What was typed and is not saved, kept for its author: for hours where a sign-in had ended, for weeks as a draft."""

import base64
import datetime as dt
import hashlib
import zlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ta_portal.ui.models import KeptForm

KEPT_FOR = dt.timedelta(hours=4)
DRAFT_KEPT_FOR = dt.timedelta(days=60)
MOST_OF_ONE_PERSON = 20
# Every text of a long form, in a script that takes six signs for a letter.
LARGEST = 512 * 1024
LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as the browser sent it (`a=1&b=2`), and when; `key` is a draft's."""

    text: str
    kept_at: dt.datetime
    key: str = ""


class DraftMovedOn(Exception):
    """The same person went on elsewhere: what this page would keep is not what it began with."""

    def __init__(self, kept_at: dt.datetime | None) -> None:
        super().__init__()
        self.kept_at = kept_at


@transaction.atomic
def keep_form(*, owner_id: int, address: str, text: str) -> bool:
    """Keep what `owner_id` typed into the form at `address`; the last time counts. Says whether it could be kept.

    Nothing is checked and nothing is saved: it is only shown to the same person again. What is too large is not kept,
    and of one person only the newest; what is over goes on the way.
    """
    return _keep(owner_id, address, text, lasts=KEPT_FOR) is not None


@transaction.atomic
def keep_draft(*, owner_id: int, address: str, text: str, key: str, after: str) -> dt.datetime | None:
    """Keep a draft while it is typed; says when it was kept, or None where it is too large.

    `key` names this saving, `after` the one that the page knows of. The same key again gives the same answer and
    changes nothing: a browser whose line was cut asks again. Raises DraftMovedOn, and keeps what is kept, where the
    same person went on elsewhere since, or where the draft that the page knows of is gone, as one is that was saved.
    """
    known = KeptForm.objects.select_for_update().filter(owner_id=owner_id, address=address)
    standing = known.filter(expires_at__gt=timezone.now()).first()
    if standing is not None and standing.key == key:
        return standing.kept_at
    if after != (standing.key if standing else ""):
        raise DraftMovedOn(standing.kept_at if standing else None)
    return _keep(owner_id, address, text, key=key, lasts=DRAFT_KEPT_FOR)


def _keep(owner_id: int, address: str, text: str, *, lasts: dt.timedelta, key: str = "") -> dt.datetime | None:
    if len(text) > LARGEST or len(address) > LONGEST_ADDRESS:
        return None
    now = timezone.now()
    KeptForm.objects.filter(expires_at__lte=now).delete()
    sealed = _cipher().encrypt(zlib.compress(text.encode()))
    given = {"typed": sealed, "key": key, "kept_at": now, "expires_at": now + lasts}
    KeptForm.objects.update_or_create(owner_id=owner_id, address=address, defaults=given)
    newest = KeptForm.objects.filter(owner_id=owner_id).order_by("-kept_at", "-pk").values("pk")[:MOST_OF_ONE_PERSON]
    KeptForm.objects.filter(owner_id=owner_id).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return now


def kept_form(*, owner_id: int, address: str) -> Typed | None:
    """What the same person typed there and has not saved, if it is still kept. One query."""
    row = KeptForm.objects.filter(owner_id=owner_id, address=address, expires_at__gt=timezone.now()).first()
    if row is None:
        return None
    try:
        return Typed(zlib.decompress(_cipher().decrypt(bytes(row.typed))).decode(), row.kept_at, row.key)
    except InvalidToken:
        # Sealed under another SECRET_KEY: nobody can read it any more.
        return None


def forget_form(*, owner_id: int, address: str) -> None:
    """It was saved, or its author does not want it. Safe to repeat."""
    KeptForm.objects.filter(owner_id=owner_id, address=address).delete()


def _cipher() -> Fernet:
    """A copy of the database alone does not tell what people were typing."""
    secret = hashlib.sha256(b"ta_portal.ui.kept_forms:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
