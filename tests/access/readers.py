"""Those who ask: browsers that are signed in, tokens, and a stranger."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.test import Client

from ta_portal.api.services.tokens import create_token
from tests.access.world import World

# In the order of the table's columns. Both tokens are the officer's.
READERS = (
    "stranger", "elsewhere", "administrator", "officer", "finance", "evaluator", "liaison", "expert", "viewer",
    "auditor", "read", "other",
)  # fmt: skip
TOKENS = {"read": ["read"], "other": ["countries:read"]}
_SAFE = ("GET", "HEAD", "OPTIONS")


class Reader:
    """Asks as somebody. What an answer changed is undone at once, unless the reader `keeps` it."""

    def __init__(self, name: str, world: World, *, keeps: bool = False) -> None:
        self.name, self.keeps = name, keeps
        self.client, self.headers = Client(raise_request_exception=False), {}
        if name in TOKENS:
            token = create_token(user=world.people["officer"], scopes=TOKENS[name], days=1, by=None)
            self.headers = {"Authorization": f"Bearer {token.text}"}
        elif name != "stranger":
            self.client.force_login(world.people[name])

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given: dict[str, Any] = {"headers": {**self.headers, **headers}}
        if method not in _SAFE:
            if path.startswith("/api/") and "file" in (body or {}):
                body["file"].seek(0)
                given |= {"data": body}
            elif path.startswith("/api/"):
                given |= {"data": json.dumps(body or {}), "content_type": "application/json"}
            elif method == "POST":
                given |= {"data": body or {}}
        if self.keeps:
            return getattr(self.client, method.lower())(path, **given)
        with undone():
            cookies = self.client.cookies.copy()
            response = getattr(self.client, method.lower())(path, **given)
            self.client.cookies = cookies
        return response


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


_CHANGING = re.compile(rb'((?:csrfmiddlewaretoken|form_ticket|once)" value=")[^"]+|("X-CSRFToken": ?")[^"]+')


def settled(response: Any) -> bytes:
    """The body without what is new in every answer."""
    return _CHANGING.sub(rb"\1\2", b"".join(response))
