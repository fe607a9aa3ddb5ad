"""All that one reader can get: pages, lists, rows, doors, choices, neighbours, searches, files; each answer whole."""

import io
import json
import re
import tempfile
from collections import Counter
from html import unescape
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import CommandError, call_command
from django.urls import resolve

from ta_portal.api_urls import DOORS, RESOURCES
from tests.access.bodies import CHANGED, overlapping_engagement
from tests.access.readers import Reader, settled
from tests.access.world import World

V1 = "/api/v1/"
_HREF = re.compile(r'href="([^"]+)"')
_MOST_PAGES = 150
_ROWS_EACH = 2
_PAGES_OF_A_KIND = 1
# Beside the plain address: what is asked of a list in other words.
_PAGE_QUESTIONS = {
    "/engagements/": ("?q=Audit", "?q=HIDDEN", "?sort=-title", "?country=MD", "?country=UG", "?page=2"),
    "/reports/": ("?page=2", "?scope=engagement:HIDDEN-1"),
    "/search/": ("?q=audit", "?q=hidden", "?q=FUND"),
    "/portfolio/": ("?q=HIDDEN", "?country=UG", "?donor=FUND-H", "?programme=P-HIDDEN", "?currency=EUR"),
    "/history/export.csv": ("", "?engagement=HIDDEN", "?by=portal"),
    "/history/": ("", "?engagement=HIDDEN", "?kind=engagement", "?kind=side_rating", "?by=portal"),
    "/portfolio/explain/": ("?group=salaries", "?group=total&basis=planned", "?q=HIDDEN", "?currency=EUR"),
    **{f"/{profiles}/": ("?q=hidden", "?q=FUND") for profiles in ("countries", "institutions", "donors", "programmes")},
    "/countries/MD/": ("",),
    "/countries/UG/": ("",),
    **{f"/engagements/{page}": ("",) for page in ("new/", "OURS-1/edit/", "OURS-1/copy/", "OURS-1/status/")},
    "/engagements/OURS-1/ratings/": ("",),
    "/engagements/OURS-1/activity/": ("",),
    **{f"/engagements/OURS-1/{kind}/{page}/": ("",) for kind in CHANGED for page in ("new", "edit")},
}
# Of what there is, and of what a reader may only guess at.
_IATI_SCOPES = ("portfolio", "country:MD", "donor:FUND-A", "donor:FUND-H", "programme:P-HIDDEN", "engagement:HIDDEN-1")
_FILES = ("text/csv", "application/x-ndjson")
_WRITTEN_AT = re.compile(rb'generated-datetime="[^"]+"')
_COST_QUESTIONS = ("?as_of=2024-12-31", "?currency=EUR", "?by=year")
_NOT_OURS = ("/static/", "/accounts/", "/api/")
# What belongs to one request, and no more.
_OF_THE_REQUEST = {"X-Request-ID", "Set-Cookie", "Expires"}

Answers = dict[str, tuple[int, bytes, tuple[tuple[str, str], ...]]]


def everything(reader: Reader, world: World) -> Answers:
    """By path, with status, body and headers."""
    return _Recording(reader, world).answers


class _Recording:
    """Asks each address once, whatever leads to it."""

    def __init__(self, reader: Reader, world: World) -> None:
        self.reader, self.world = reader, world
        self.answers: Answers = {}
        self._pages()
        # The one form that tells of others' work: what is to be set up overlaps with what the reader may know of.
        self._record("POST", "/engagements/new/", overlapping_engagement(world))
        for resource in RESOURCES:
            self._resource(resource)
        for scope in _IATI_SCOPES:
            self._iati(scope)
        for row in self._rows("engagements/?page_size=500"):
            for door in DOORS:
                self._ask(f"{V1}engagements/{row['ref']}/{door.resource}/")
            for question in _COST_QUESTIONS:
                self._ask(f"{V1}engagements/{row['ref']}/costs/{question}")

    def _ask(self, path: str) -> bytes:
        return self.answers[path][1] if path in self.answers else self._record("GET", path)

    def _record(self, method: str, path: str, body: Any = None, **headers: str) -> bytes:
        response = self.reader.ask(method, path, body, **headers)
        told = tuple(sorted((k, v) for k, v in response.headers.items() if k not in _OF_THE_REQUEST))
        name = " ".join([*([method] if body else []), path, *headers.values()])
        self.answers[name] = (response.status_code, settled(response), told)
        return self.answers[name][1]

    def _iati(self, scope: str) -> None:
        """The IATI file as this reader: what stands in it, what is said of it, or why there is none."""
        email = self.world.people[self.reader.name].email
        with tempfile.TemporaryDirectory() as folder:
            path, said = Path(folder) / "activities.xml", io.StringIO()
            told = {"scope": scope, "output": path, "user": email, "stdout": said, "stderr": said}
            try:
                call_command("export_iati", **told)
                body, status = _WRITTEN_AT.sub(b"", path.read_bytes()), HTTPStatus.OK
            except CommandError as refusal:
                body, status = str(refusal).encode(), HTTPStatus.NOT_FOUND
        said_of_it = said.getvalue().replace(str(path), "FILE")
        self.answers[f"export_iati {scope}"] = (status, body, (("said", said_of_it),))

    def _rows(self, question: str) -> list[dict[str, Any]]:
        body = self._ask(V1 + question)
        return json.loads(body)["results"] if self.answers[V1 + question][0] == HTTPStatus.OK else []

    def _pages(self) -> None:
        """Pages of every kind that can be reached by links from the first one, and lists asked in other words."""
        waiting, kinds = ["/portfolio/", "/engagements/"], Counter[str]()
        while waiting:
            path = waiting.pop()
            if path in self.answers or kinds[kind := _kind(path)] == _PAGES_OF_A_KIND:
                continue
            kinds[kind] += 1
            # A workbook is no text, and leads nowhere.
            links = {_address(unescape(link)) for link in _HREF.findall(self._ask(path).decode(errors="replace"))}
            waiting += sorted(link for link in links if link.startswith("/") and not link.startswith(_NOT_OURS))
            assert len(self.answers) < _MOST_PAGES, "too many pages to look at: say which here"
        for path, questions in _PAGE_QUESTIONS.items():
            for question in questions:
                self._ask(path + question)

    def _resource(self, resource: Any) -> None:
        """Its list, asked in several ways; and each of its rows."""
        name = {"public_id": "id"}.get(resource.lookup_field, resource.lookup_field)
        for question in ("?page_size=1", "?search=audit", "?search=hidden"):
            if resource.search_fields or "search" not in question:
                self._ask(f"{V1}{resource.resource}/{question}")
        for form in _FILES:
            self._record("GET", f"{V1}{resource.resource}/", Accept=form)
        rows = self._rows(f"{resource.resource}/?page_size=500")
        for row in rows[:_ROWS_EACH]:
            self._ask(f"{V1}{resource.resource}/{row[name]}/")


def _address(link: str) -> str:
    """Of a page that explains the whole address, of others the path: their lists are asked in other words here."""
    parts = urlsplit(link)
    return link if parts.path.endswith("/explain/") else parts.path


def _kind(path: str) -> str:
    found = resolve(urlsplit(path).path)
    return f"{found.route} {found.kwargs.get('kind', '')}"
