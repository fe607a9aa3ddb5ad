"""A list as a file: whole, harmless in a sheet, and nothing left open behind it."""

import csv
import datetime as dt
import http.client
import io
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import closing
from decimal import Decimal

import psutil
import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from programmes.models import Milestone, Workstream
from ta_portal.access.permissions import Role
from ta_portal.api.cells import CELLS_BY_SQL
from ta_portal.api.exports import ROWS_AT_A_TIME, _as_csv, cell
from ta_portal.api.rendering import plain
from ta_portal.api.rows import AS_IT_IS, TEXTS_BY_SQL
from ta_portal.api.services.tokens import create_token
from ta_portal.api_urls import RESOURCES
from ta_portal.audit.bulk import bulk_load
from tests.api.everything import ROWS
from tests.conftest import PROJECT
from tests.factories import EngagementFactory, EvaluationFactory, MilestoneFactory
from tests.left_over import kill_whole
from tests.rest import fields_at_fault

CSV, LINES = {"Accept": "text/csv"}, {"Accept": "application/x-ndjson"}


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def table(response):
    return list(csv.DictReader(io.StringIO(content(response), newline="")))


def objects(response):
    return [json.loads(line) for line in content(response).splitlines()]


@pytest.mark.django_db
@pytest.mark.parametrize("resource", sorted(ROWS))
def test_every_list_is_given_whole_in_both_forms_with_what_its_pages_show(resource, rest):
    ROWS[resource](EngagementFactory(), 3)
    asked = rest(Role.ADMINISTRATOR)
    shown = asked.get(f"{resource}/", page_size=500)["results"]

    lines, rows = objects(asked.ask(f"{resource}/", headers=LINES)), table(asked.ask(f"{resource}/", headers=CSV))

    assert lines == shown
    assert [list(row) for row in rows] == [list(row) for row in shown]
    assert [[_read(text) for text in row.values()] for row in rows] == [
        [_as_text(value) for value in row.values()] for row in shown
    ]


def _as_text(value):
    """What a cell stands for, read from JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        json.dumps(value, separators=(",", ":"), ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    )


def _read(text):
    return re.sub("^'(?='*[=+\\-@\t\r\n＝＋－＠])", "", text)


@pytest.mark.django_db
def test_filters_order_and_fields_apply_and_pages_do_not(rest):
    engagement = EngagementFactory()
    Milestone.objects.bulk_create(MilestoneFactory.build_batch(60, engagement=engagement))
    late = MilestoneFactory(engagement=engagement, code="ZZ", due="2030-01-31")

    rows = table(rest().ask("milestones/", headers=CSV, ordering="-due,code", fields="code,due"))
    narrowed = objects(rest().ask("milestones/", headers=LINES, due__gte="2029-12-31", fields="code"))

    assert len(rows) == 61
    assert rows[0] == {"code": "ZZ", "due": "2030-01-31"}
    assert narrowed == [{"code": late.code}]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["page_size", "cursor", "updated_since"])
def test_a_file_has_no_pages(rest, name):
    assert fields_at_fault(rest().ask("milestones/", headers=CSV, **{name: "1"})) == [name]


@pytest.mark.django_db
def test_a_file_has_a_name_and_is_nobody_elses(rest):
    response = rest().ask("progress-reports/", headers=CSV)

    name = rf'attachment; filename="progress-reports-{dt.date.today().isoformat()}\.csv"'
    assert re.fullmatch(name, response.headers["Content-Disposition"])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "Accept" in response.headers["Vary"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("resource", sorted({viewset.resource for viewset in RESOURCES}))
@pytest.mark.parametrize("role", [Role.LIAISON, Role.EXPERT])
def test_who_may_not_export_gets_no_file(rest, resource, role):
    response = rest(role).ask(f"{resource}/", headers=CSV)

    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_file_holds_only_what_may_be_exported_not_all_that_is_seen(member, rest):
    from ta_portal.access.permissions import Scope
    from tests.factories import MembershipFactory
    from tests.rest import Rest

    ours, theirs = MilestoneFactory(), MilestoneFactory()
    user = member(Role.VIEWER, engagement=ours.engagement)
    MembershipFactory(user=user, role="liaison", scope_kind=Scope.ENGAGEMENT.value, engagement=theirs.engagement)

    assert len(Rest(user).get("milestones/")["results"]) == 2
    assert [row["code"] for row in objects(Rest(user).ask("milestones/", headers=LINES))] == [ours.code]


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/csv;q=0"])
def test_a_form_that_is_not_given_is_406(rest, accept):
    assert rest().ask("milestones/", headers={"Accept": accept}).status_code in (
        (406,) if "csv" not in accept else (200, 406)
    )


@pytest.mark.django_db
def test_one_row_is_no_file(rest):
    assert rest().ask(f"milestones/{MilestoneFactory().public_id}/", headers=CSV).status_code == 406


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-", "'-"),
        ("@here", "'@here"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("－1", "'－1"),
        ("'=1", "''=1"),
        ("'quoted'", "'quoted'"),
        ("1-2", "1-2"),
        ("وزارة", "وزارة"),
        (Decimal("-12.50"), "-12.50"),
        (Decimal("1E+3"), "1000"),
        (-7, "-7"),
        (True, "true"),
        (None, ""),
        (dt.date(2024, 3, 31), "2024-03-31"),
        (dt.datetime(2024, 3, 31, 12, tzinfo=dt.UTC), "2024-03-31T12:00:00Z"),
        ([{"a": None}], '[{"a":null}]'),
    ],
)
def test_a_cell_is_a_number_or_a_text_that_no_sheet_runs(value, text):
    assert cell(value) == text
    if isinstance(value, str):
        assert _read(text) == value


@pytest.mark.django_db
def test_texts_with_quotes_commas_and_line_ends_come_back_as_they_were(rest):
    title = 'He said "no",\r\nthen left; =SUM(A1)'
    MilestoneFactory(title=title)

    response = rest().ask("milestones/", headers=CSV, fields="title")
    raw = content(response)

    assert raw == 'title\r\n"He said ""no"",\r\nthen left; =SUM(A1)"\r\n'


@pytest.mark.django_db
def test_the_database_guards_and_quotes_a_text_as_we_do(rest):
    begins = ["", "'", "''", "=", "'=", "''+", "-", "@", "\t", "\r", "\n", "＝", "'－", "é", "،"]
    titles = [begin + rest for begin in begins for rest in ("", "1", ",", '"', '"a",b', "\r\n", " x", "\\", "%s")]
    engagement = EngagementFactory()
    Milestone.objects.bulk_create(
        MilestoneFactory.build(engagement=engagement, workstream=None, code=f"M{number:03}{begin}", title=title)
        for number, (title, begin) in enumerate(zip(titles, itertools.cycle([*begins, ","]), strict=False))
    )
    expected = io.StringIO(newline="")
    writer = csv.writer(expected, lineterminator="\r\n")
    writer.writerow(["engagement", "code", "title", "due", "done"])
    for row in Milestone.objects.order_by("pk"):
        writer.writerow([cell(value) for value in (engagement.ref, row.code, row.title, row.due, row.done)])

    response = rest().ask("milestones/", headers=CSV, fields="engagement,code,title,due,done")

    assert content(response) == expected.getvalue()


@pytest.mark.django_db
def test_a_file_of_one_text_has_no_empty_line(rest):
    MilestoneFactory(title="")

    assert content(rest().ask("milestones/", headers=CSV, fields="title")) == 'title\r\n""\r\n'


texts = st.text(st.sampled_from("ab '\",;\r\n=+-@\t＝é"), max_size=5)


@given(st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(texts | st.none(), min_size=wide, max_size=wide))))
def test_a_file_is_what_pythons_own_writer_makes_of_the_cells(rows):
    expected = io.StringIO(newline="")
    fields = [f"f{number}" for number in range(len(rows[0]) if rows else 1)]
    csv.writer(expected, lineterminator="\r\n").writerows([fields, *([cell(value) for value in row] for row in rows)])

    assert b"".join(_as_csv([rows] if rows else [], fields, [])).decode() == expected.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "instant",
    [
        dt.datetime(2024, 3, 31, 12, tzinfo=dt.UTC),
        dt.datetime(2024, 3, 31, 23, 59, 59, 120000, tzinfo=dt.UTC),
        dt.datetime(2024, 3, 31, 0, 0, 0, 1, tzinfo=dt.UTC),
        dt.datetime(1, 1, 1, tzinfo=dt.UTC),
        dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC),
    ],
)
def test_the_database_writes_an_instant_as_pages_show_it(instant):
    # Whatever zone a session of the database is in.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kathmandu'")
        for kinds, nothing in ((TEXTS_BY_SQL, None), (CELLS_BY_SQL, "")):
            written = kinds[serializers.DateTimeField] % {"expressions": "%s::timestamptz"}
            cursor.execute(f"SELECT {written}, {written}", [instant.isoformat(), None])
            assert cursor.fetchone() == (plain(instant), nothing)


@pytest.mark.django_db
@pytest.mark.parametrize("figure", ["0", "-0.10", "12.5", "1e20", "123456789012345678901234.123456789012345", "1e-15"])
def test_the_database_writes_a_figure_as_pages_show_it(figure):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::numeric, " + AS_IT_IS % {"expressions": "%s::numeric"}, [figure, figure])
        value, text = cursor.fetchone()

    assert text == plain(value) == cell(value)


@pytest.mark.django_db
@pytest.mark.parametrize("resource", sorted(ROWS))
def test_what_the_database_writes_as_a_cell_is_no_text_that_somebody_wrote(resource):
    # The guard against formulas passes these columns by.
    viewset = {viewset.resource: viewset for viewset in RESOURCES}[resource]
    shape = viewset.row.declared()
    names = [name for name in shape if name not in viewset.computed_fields]
    ready = [name for name in names if isinstance(shape[name], tuple(CELLS_BY_SQL))]
    rows = viewset.queryset.model._base_manager.annotate(
        **{f"read_{name}": F(one) if isinstance(one, str) else one for name, one in viewset.row.columns(ready).items()}
    )
    found = rows.query.annotations

    assert {type(found[f"read_{name}"].output_field).__name__ for name in ready} <= {
        "UUIDField",
        "DecimalField",
        "DateField",
        "DateTimeField",
        "BooleanField",
        "BigAutoField",
        "BigIntegerField",
        "IntegerField",
        "SmallIntegerField",
        "PositiveSmallIntegerField",
    }


@pytest.mark.django_db
def test_figures_that_are_computed_come_in_batches(rest):
    evaluation = EvaluationFactory()
    many = 2 * ROWS_AT_A_TIME + 1
    days = [dt.date(1990, 1, 1) + dt.timedelta(days=number) for number in range(many - 1)]
    type(evaluation).objects.bulk_create(
        EvaluationFactory.build(engagement=evaluation.engagement, scale=evaluation.scale, on_date=day) for day in days
    )
    asked = rest()

    with CaptureQueriesContext(connection) as queries:
        rows = objects(asked.ask("evaluations/", headers=LINES, fields="on_date,mean"))

    assert len(rows) == many
    # Three batches of two queries each, and what every request costs.
    assert len([query for query in queries if "criterion_rating" in query["sql"]]) == 3
    assert len(queries) <= 20


@pytest.mark.django_db
def test_the_head_of_a_file_reads_no_row(rest):
    MilestoneFactory()
    asked = rest()

    with CaptureQueriesContext(connection) as queries:
        response = asked.client.head("/api/v1/milestones/", headers=CSV)

    assert response.status_code == 200
    assert not [query for query in queries if 'FROM "milestone"' in query["sql"]]


# --- a real server ---


@pytest.fixture
def server(transactional_db, member, tmp_path):
    """Granian, as the portal runs it, over this test's database; with 200,000 workstreams and a token."""
    engagement = EngagementFactory()
    user = member()
    token = create_token(user=user, scopes=["read"], days=1, by=None).text
    title = "A workstream with a long title. " * 5
    rows = "".join(f"{engagement.pk}\tM{number}\t{title}\n" for number in range(1, 200_001))
    with bulk_load("workstreams.loaded", Workstream, by=user) as cursor:
        cursor.copy_expert("COPY workstream (engagement_id, code, title) FROM STDIN", io.StringIO(rows))
        # Without it the planner takes the table for the empty one that other tests left.
        cursor.execute("ANALYZE workstream")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    address += f"?host={database['HOST']}&port={database['PORT']}"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    told = {"DATABASE_URL": address, "PORTAL_MODE": "development", "PGAPPNAME": "export under test"}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--blocking-threads", "2", "--no-ws", "ta_portal.wsgi:application"],
            env={**os.environ, **told},
            cwd=PROJECT,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(lambda: _answers(port), 60)
        yield port, token, process
    finally:
        kill_whole(process)
        with connection.cursor() as cursor:
            # What it left in the middle of a query would keep the tables from being emptied.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'export under test'"
            )


def _answers(port):
    try:
        with closing(_connection(port)) as asked:
            asked.request("GET", "/healthz")
            return asked.getresponse().status == 200
    except OSError:
        return False


def _connection(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def _wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


def _open_cursors():
    """Sessions of the server that are in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'export under test' "
            "AND xact_start IS NOT NULL"
        )
        return cursor.fetchone()[0]


def _memory(process):
    parts = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return sum(part.memory_info().rss for part in parts)


def test_200_000_rows_stream_in_constant_memory_and_a_client_that_hangs_up_leaves_no_cursor(server):
    port, token, process = server
    headers = {"Authorization": f"Bearer {token}", **CSV}
    with closing(_connection(port)) as asked:
        asked.request("GET", "/api/v1/workstreams/?fields=code&code=M1", headers=headers)
        assert asked.getresponse().read() == b"code\r\nM1\r\n"
    before, peak, lines = _memory(process), 0, 0

    with closing(_connection(port)) as asked:
        asked.request("GET", "/api/v1/workstreams/", headers=headers)
        response = asked.getresponse()
        while part := response.read(1 << 20):
            lines += part.count(b"\n")
            peak = max(peak, _memory(process))

    assert lines == 200_001
    assert peak - before < 60 * 2**20

    with closing(_connection(port)) as leaver:
        leaver.request("GET", "/api/v1/workstreams/", headers=headers)
        with leaver.getresponse() as response:
            response.read(1000)
            _wait_for(lambda: _open_cursors() == 1, 5)
    _wait_for(lambda: _open_cursors() == 0, 5)
    assert settings.API_EXPORT_PATIENCE > 5
