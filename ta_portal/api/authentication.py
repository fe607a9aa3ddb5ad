"""Who is asking: a bearer token acts as its user, for what its scopes allow, from where it may be used."""

import datetime as dt
import hmac
import ipaddress
from functools import cache

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ta_portal.access.grants import limit_grants
from ta_portal.accounts.models import User
from ta_portal.accounts.security_log import client_address
from ta_portal.api.models import ApiToken
from ta_portal.api.scopes import VIEWING
from ta_portal.api.services.tokens import hash_of

_KEYWORD = "bearer"
_TOUCHED_AT_MOST_EVERY = dt.timedelta(minutes=1)
_NOBODYS_HASH = hash_of("")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <prefix>.<secret>`. One query, and one small write a minute for `last_used`.

    Whatever is wrong with a token, the answer is the same 401 after the same work: a guess learns nothing.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _space, text = request.headers.get("Authorization", "").partition(" ")
        if keyword.lower() != _KEYWORD:
            return None
        token = self._valid(text.strip(), address=client_address(request._request))
        if token is None:
            raise AuthenticationFailed(
                _("This token is unknown, has ended, or may not be used from here."), code="invalid_token"
            )
        _touch(token)
        # Acts are added by the view that does them (permissions.WithinTokenScopes).
        limit_grants(token.user, VIEWING)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="TA Portal"'

    def _valid(self, text: str, *, address: str) -> ApiToken | None:
        prefix, _dot, secret = text.partition(".")
        token = _with_prefix(prefix) if prefix.isascii() and "\0" not in prefix else None
        same = hmac.compare_digest(hash_of(secret), token.hash if token else _NOBODYS_HASH)
        if token is None or not same or not token.user.is_active:
            return None
        if token.revoked_at is not None or token.expires_at <= timezone.now():
            return None
        return token if _may_come_from(address, token.cidrs) else None


def _with_prefix(prefix: str) -> ApiToken | None:
    """The token that begins so, with its user. One query, the ORM's own but not made anew for every request."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [prefix])
        found = cursor.fetchone()
    if found is None:
        return None
    token = ApiToken.from_db(connection.alias, _names(ApiToken), found[: len(_names(ApiToken))])
    token.user = User.from_db(connection.alias, _names(User), found[len(_names(ApiToken)) :])
    return token


@cache
def _statement() -> str:
    return ApiToken.objects.select_related("user").filter(prefix="").query.sql_with_params()[0]


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _may_come_from(address: str, cidrs: list[str]) -> bool:
    if not cidrs:
        return True
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(caller in ipaddress.ip_network(cidr) for cidr in cidrs)


def _touch(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used is None or token.last_used <= now - _TOUCHED_AT_MOST_EVERY:
        stale = Q(last_used=None) | Q(last_used__lte=now - _TOUCHED_AT_MOST_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used=now)
