"""Checks of the database: that it answers, is as this code expects it, and lets the feed of changes go on."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import Error as DatabaseFailed

from ta_portal.embedded.place import find_place
from ta_portal.embedded.postgres import SOCKET_PREFIX
from ta_portal.registry.checks import Finding

OLDEST_POSTGRES = 15
# Reference data without which no engagement can be entered.
REFERENCE = ("programmes.Country", "programmes.PracticeArea")
# A writer that takes longer than this keeps every change since then out of the feed.
LONGEST_TRANSACTION_SECONDS = 300

_FUNCTION = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+(\w+)\s*\(.*?\bAS\s+(\$\w*\$)(.*?)\2", re.DOTALL | re.IGNORECASE
)


def database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFailed as problem:
        said = str(problem).strip().splitlines()[0]
        remedy = "Start it, or set DATABASE_URL to one that runs."
        yield Finding("Database", f"does not answer: {said}", remedy)
        return
    major, minor = divmod(connection.pg_version, 10_000)  # type: ignore[attr-defined]
    kind = "embedded" if _is_embedded() else f"server at {connection.settings_dict['HOST'] or 'this machine'}"
    remedy = "" if major >= OLDEST_POSTGRES else f"Move to PostgreSQL {OLDEST_POSTGRES} or later."
    yield Finding("Database", f"PostgreSQL {major}.{minor}, {kind}", remedy)


def _is_embedded() -> bool:
    folder = Path(connection.settings_dict["HOST"] or "localhost")
    return folder.is_absolute() and ((folder / "PG_VERSION").exists() or folder.name.startswith(SOCKET_PREFIX))


def migrations() -> Iterator[Finding]:
    missing = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    state = f"{len(missing)} migrations are not applied" if missing else "up to date"
    yield Finding("Tables", state, "manage.py migrate" if missing else "")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def dump_program() -> Iterator[Finding]:
    """An older pg_dump refuses a newer server: the backup would fail on the day it is wanted."""
    server = connection.pg_version // 10_000  # type: ignore[attr-defined]
    program = find_place(settings.VAR_DIR / "pg").program("pg_dump") if _is_embedded() else shutil.which("pg_dump")
    if program is None:
        yield Finding("pg_dump", "none here: backups are made elsewhere")
        return
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"(\d+)(\.\d+)*", said)
    major = int(found[1]) if found else 0
    remedy = "" if major >= server else f"Install the client programs of PostgreSQL {server}."
    yield Finding("pg_dump", f"of PostgreSQL {major}, for a server of {server}", remedy)


def functions() -> Iterator[Finding]:
    """Those of the `sql` folders: there, and with the text that this code expects."""
    expected: dict[str, set[str]] = {}
    for name, body in _functions_of_the_code():
        expected.setdefault(name, set()).add(body)
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname = ANY (%s)", [sorted(expected)])
        found: dict[str, set[str]] = {}
        for name, body in cursor.fetchall():
            found.setdefault(name, set()).add(body)
    missing = sorted(set(expected) - set(found))
    other = sorted(name for name in found if not expected[name] & found[name])
    if missing:
        remedy = "manage.py migrate; if it says that nothing is to be done, restore the last backup."
        yield Finding("SQL functions", f"missing: {', '.join(missing)}", remedy)
    elif other:
        remedy = "Run the code that the database was migrated with, or manage.py migrate."
        yield Finding("SQL functions", f"not those of this code: {', '.join(other)}", remedy)
    else:
        yield Finding("SQL functions", f"{len(expected)} as in the code")


@cache
def _functions_of_the_code() -> tuple[tuple[str, str], ...]:
    folders = [Path(config.path) / "sql" for config in apps.get_app_configs()]
    texts = [path.read_text("utf-8") for folder in folders for path in sorted(folder.glob("[!d]*.sql"))]
    return tuple((name.lower(), body) for text in texts for name, _quote, body in _FUNCTION.findall(text))


def triggers() -> Iterator[Finding]:
    """Those that stamp, bury and protect rows: one that is gone or switched off lets history be rewritten."""
    expected = {(model._meta.db_table, trigger.get_pgid(model)) for model, trigger in pgtrigger.registered()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal"
        )
        found = {(table, name): enabled for table, name, enabled in cursor.fetchall()}
    off = sorted(key for key, enabled in found.items() if enabled == "D")
    missing = sorted(expected - set(found))
    if off:
        told = [f"ALTER TABLE {table} ENABLE TRIGGER {name};" for table, name in off]
        yield Finding("Triggers", f"switched off on {_tables(off)}", " ".join(told))
    if missing:
        yield Finding("Triggers", f"missing on {_tables(missing)}", "manage.py pgtrigger install")
    if not off and not missing:
        yield Finding("Triggers", f"{len(expected)} in place")


def _tables(triggers: list[tuple[str, str]]) -> str:
    return ", ".join(dict.fromkeys(table for table, _name in triggers))


def reference_data() -> Iterator[Finding]:
    empty = [name for name in REFERENCE if not apps.get_model(name)._default_manager.exists()]
    state = f"missing: {', '.join(empty)}" if empty else "present"
    yield Finding("Reference data", state, "manage.py migrate" if empty else "")


def feed_horizon() -> Iterator[Finding]:
    """The feed of changes waits for the oldest transaction that writes, in any database of the server (traps 1)."""
    oldest = oldest_writer()
    if oldest is None:
        yield Finding("Change feed", "not held back")
        return
    pid, seconds, who = oldest
    state = f"held back {seconds:.0f} s by process {pid} ({who})"
    remedy = f"Ask whoever runs it, or: SELECT pg_terminate_backend({pid});"
    yield Finding("Change feed", state, remedy if seconds > LONGEST_TRANSACTION_SECONDS else "")


def oldest_writer() -> tuple[int, float, str] | None:
    """The oldest transaction that has written and not ended: its process, its age in seconds, and who runs it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8,
                   concat_ws(', ', 'user ' || usename, 'database ' || datname, nullif(application_name, ''), state)
            FROM pg_stat_activity
            WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
            ORDER BY xact_start LIMIT 1
            """
        )
        found: tuple[int, float, str] | None = cursor.fetchone()
        return found
