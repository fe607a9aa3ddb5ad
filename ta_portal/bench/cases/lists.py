"""Lists over REST, in process and whole: token, permissions, middleware. And the page of engagements."""

import json
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import orjson
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ta_portal.bench.cases.plain import plain_page
from ta_portal.bench.measuring import Case, Rival, Side
from ta_portal.bench.subject import Subject, raw

V1 = "/api/v1/engagements/"
SHORT, LONG = 50, 500
_OFTEN = 15


def list_cases(subject: Subject) -> list[Case]:
    return [
        _page_case(subject, SHORT, of_raw=3.0),
        _page_case(subject, LONG, of_raw=2.5),
        _unchanged(subject, SHORT, at_most=0.9),
        _unchanged(subject, LONG, at_most=0.75),
        _deep_page(subject),
        _html_page(subject, "/engagements/", "raw_list.sql"),
        _html_page(subject, "/portfolio/", "raw_portfolio.sql"),
    ]


def queries_of(subject: Subject, size: int, **headers: str) -> int:
    """How many queries one page of the list takes."""
    # A log that is full, as after filling a database, would not become longer.
    reset_queries()
    with CaptureQueriesContext(connection) as captured:
        subject.client.get(f"{V1}?page_size={size}", headers=headers)
    return len(captured)


def _page_case(subject: Subject, size: int, *, of_raw: float) -> Case:
    return Case(
        f"API list, {size} engagements ({queries_of(subject, size)} queries)",
        Side(
            "ours",
            lambda: _get(subject.client, f"{V1}?page_size={size}"),
            lambda body: _rows(json.loads(body)["results"]),
        ),
        [
            Rival(Side("psycopg2 and orjson", lambda: _by_hand(size), lambda body: _rows(json.loads(body))), of_raw),
            Rival(Side("ModelSerializer", lambda: plain_page(size), lambda body: _rows(json.loads(body))), 1.0),
        ],
        repeats=_OFTEN,
    )


def _get(client: Client, path: str, *, status: HTTPStatus = HTTPStatus.OK, **headers: str) -> bytes:
    response = client.get(path, headers=headers)
    if response.status_code != status:
        raise RuntimeError(f"{path} answered {response.status_code}, not {status.value}")
    return response.content


def _by_hand(size: int) -> bytes:
    rows = raw("raw_engagements.sql", {"size": size}, as_dicts=True)
    return orjson.dumps([dict(row) for row in rows])


def _rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what each writes in a way of its own: the decimals of a percentage, the zone of an instant."""
    return [
        {
            **row,
            "updated_at": row["updated_at"][:19],
            **{part: _shares(row[part]) for part in ("recipients", "sectors")},
        }
        for row in rows
    ]


def _shares(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "pct": Decimal(row["pct"]).normalize()} for row in rows]


def _unchanged(subject: Subject, size: int, *, at_most: float) -> Case:
    """What a 304 can save of a page that takes three statements itself: docs/adr/0017."""
    path = f"{V1}?page_size={size}"
    tag = subject.client.get(path).headers["ETag"]
    unchanged = {"If-None-Match": tag}
    return Case(
        f"304 of a list, {size} engagements ({queries_of(subject, size, **unchanged)} queries)",
        Side("ours", lambda: _get(subject.client, path, status=HTTPStatus.NOT_MODIFIED, **unchanged)),
        [Rival(Side("its own 200", lambda: _get(subject.client, path)), at_most, first_aim=0.1)],
        repeats=_OFTEN,
    )


def _deep_page(subject: Subject) -> Case:
    path = f"{V1}?page_size={SHORT}"
    deep = path
    for _ in range(len(subject.ids) // LONG):
        follow = json.loads(_get(subject.client, deep.replace(f"page_size={SHORT}", f"page_size={LONG}")))["next"]
        if follow is None:
            break
        deep = follow.removeprefix("http://localhost").replace(f"page_size={LONG}", f"page_size={SHORT}")
    return Case(
        "the deepest page of a list",
        Side("ours", lambda: _get(subject.client, deep)),
        [Rival(Side("its first page", lambda: _get(subject.client, path)), 2.0)],
        repeats=_OFTEN,
    )


def _html_page(subject: Subject, path: str, sql: str) -> Case:
    """A page whole, with its frame and its figures, beside the plain rows of it: told, not judged."""
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(subject.reader)
    with CaptureQueriesContext(connection) as captured:
        _get(browser, path)
    return Case(
        f"page {path} of {len(subject.ids)} engagements ({len(captured)} queries)",
        Side("ours", lambda: _get(browser, path)),
        [Rival(Side("SQL by hand, rows alone", lambda: raw(sql, {"as_of": subject.as_of})), None)],
    )
