"""Keys to the API: made once, shown once, kept as a hash."""

import datetime as dt
import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require_anywhere
from ta_portal.accounts.models import User
from ta_portal.api.models import ApiToken
from ta_portal.audit.services import record
from ta_portal.errors import InvalidInput

# A word that secret scanners can look for, and eight random digits to find the row by.
_PREFIX = "tap_"
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class NewToken:
    """The row, and the text that only its owner will ever have."""

    row: ApiToken
    text: str


@transaction.atomic
def create_token(
    *, user: User, scopes: Sequence[str], days: int, by: User | None, name: str = "", cidrs: Sequence[str] = ()
) -> NewToken:
    """A token that acts as `user`, narrowed to `scopes`, for `days` days, from the networks `cidrs` (any without).

    `by` is None when an operator makes it at the terminal; for somebody else than oneself it needs USER_MANAGE. Raises
    InvalidInput for a length of life outside 1 to 366 days, no scope at all, a network that is none, and a user who
    may not sign in.
    """
    if by is not None and by.pk != user.pk:
        require_anywhere(by, Permission.USER_MANAGE)
    if not user.is_active:
        raise InvalidInput.at(
            "email", _("{user} may not sign in, so no token can act for them.").format(user=user.email)
        )
    if not scopes:
        raise InvalidInput.at("scope", _("A token needs at least one scope, such as “read”."))
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput.at("days", _("A token lives 1 to {days} days.").format(days=LONGEST_DAYS))
    prefix, secret = _PREFIX + secrets.token_hex(6), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        hash=hash_of(secret),
        scopes=sorted(set(scopes)),
        expires_at=timezone.now() + dt.timedelta(days=days),
        cidrs=[str(_network(cidr)) for cidr in cidrs],
    )
    record("api_token.created", target=token, by=by, user=user.pk, scopes=token.scopes, expires_at=token.expires_at)
    return NewToken(token, f"{prefix}.{secret}")


@transaction.atomic
def revoke_token(*, token_id: int, by: User | None) -> ApiToken:
    """End a token at once and for good. Safe to repeat: the first time counts.

    `by` is None when an operator does it at the terminal. A user may revoke their own; another's needs USER_MANAGE.
    """
    token = ApiToken.objects.select_for_update().get(pk=token_id)
    if by is not None and token.user_id != by.pk:
        require_anywhere(by, Permission.USER_MANAGE)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record("api_token.revoked", target=token, by=by, user=token.user_id)
    return token


def hash_of(secret: str) -> str:
    """SHA-256 is enough for a secret of 256 random bits: there is no dictionary to try."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as wrong:
        raise InvalidInput.at("cidr", _("“{text}” is no network such as 192.0.2.0/24.").format(text=text)) from wrong
