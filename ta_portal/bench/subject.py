"""What all cases measure on: one portfolio, one day, one instant, one reader."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2.extras
from django.db import connection
from django.test import Client
from django.utils import timezone

from programmes.models import Engagement
from programmes.services.service_accounts import system_author
from ta_portal.accounts.models import User
from ta_portal.api.services.tokens import create_token

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Subject:
    ids: list[int]
    as_of: dt.date
    cut_off: dt.datetime
    reader: User
    client: Client


def subject_here() -> Subject:
    """All engagements of this database, read by somebody who may see the whole portfolio, with a token of their own."""
    reader = system_author()
    token = create_token(user=reader, scopes=["read"], days=1, by=None, name="bench").text
    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {token}"})
    ids = list(Engagement.objects.order_by("pk").values_list("pk", flat=True))
    return Subject(ids, timezone.localdate(), timezone.now(), reader, client)


def statement(name: str) -> str:
    """A statement written by hand, as it stands in its file."""
    return (SQL / name).read_text("utf-8")


def raw(name: str, values: dict[str, Any], *, as_dicts: bool = False) -> list[Any]:
    """The rows of a hand-written statement, straight from psycopg2."""
    connection.ensure_connection()
    factory = psycopg2.extras.RealDictCursor if as_dicts else None
    with connection.connection.cursor(cursor_factory=factory) as cursor:
        cursor.execute(statement(name), values)
        return list(cursor.fetchall())
