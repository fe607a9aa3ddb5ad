"""Keeping and giving out: a report's rows into their table, and a list as CSV."""

import io
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction

from evaluations.domain.rollup import PROVISIONAL_BELOW_PCT
from evaluations.models import ImpactReport
from ta_portal.bench.cases.results import CURRENCY
from ta_portal.bench.measuring import Case, Rival, Side
from ta_portal.bench.subject import Subject

_COLUMNS = "level, key, metric, value, num, den, reported, expected, weight_basis"


def storing_cases(subject: Subject) -> list[Case]:
    return [_snapshot(subject), _csv(subject)]


def _snapshot(subject: Subject) -> Case:
    """The same rows from a table of the session into the reports' own and into a bare twin with the same key."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_rows, bench_twin")
        cursor.execute(
            f"""CREATE TEMPORARY TABLE bench_rows AS
                SELECT {_COLUMNS} FROM ta_roll_up(%s, %s, %s, %s, %s, %s, %s)""",
            [subject.ids, "portfolio", CURRENCY, subject.as_of, subject.cut_off, "accepted", PROVISIONAL_BELOW_PCT],
        )
        cursor.execute(
            """CREATE TABLE bench_twin
               (LIKE impact_row INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)"""
        )
    return Case(
        "snapshot write",
        Side("ours", lambda: _store(subject, "impact_row"), int),
        [Rival(Side("INSERT..SELECT", lambda: _store(subject, "bench_twin"), int), 1.5)],
        repeats=3,
    )


def _store(subject: Subject, table: str) -> int:
    """How many rows were written, before they are taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        report = ImpactReport.objects.create(
            scope_kind="portfolio", as_of=subject.as_of, cut_off=subject.cut_off, currency_id=CURRENCY
        )
        cursor.execute(
            f"INSERT INTO {table} (report_id, {_COLUMNS}) SELECT %s, {_COLUMNS} FROM bench_rows", [report.pk]
        )
        written = int(cursor.rowcount)
        transaction.set_rollback(True)
    return written


def _csv(subject: Subject) -> Case:
    answer = subject.client.get("/api/v1/ledger-entries/", headers={"Accept": "text/csv"})
    lacking = (
        "" if answer.status_code == HTTPStatus.OK else f"the list answers {answer.status_code} to Accept: text/csv"
    )
    b"".join(getattr(answer, "streaming_content", []))
    return Case(
        "ledger as CSV, streamed",
        Side("ours", lambda: _download(subject), int),
        [Rival(Side("COPY", _copy, int), 4.0)],
        repeats=3,
        lacking=lacking,
    )


def _download(subject: Subject) -> int:
    """Reads the stream to its end, as a client does, and counts the rows."""
    response: Any = subject.client.get("/api/v1/ledger-entries/", headers={"Accept": "text/csv"})
    return sum(int(chunk.count(b"\n")) for chunk in response.streaming_content) - 1


def _copy() -> int:
    connection.ensure_connection()
    target = io.StringIO()
    with connection.connection.cursor() as cursor:
        cursor.copy_expert("COPY ledger_entry TO STDOUT WITH (FORMAT csv)", target)
    return target.getvalue().count("\n")
