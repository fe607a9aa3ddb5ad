"""The tests' database: migrated once a run, copied for each worker, and put back after a test on real connections.

Django would migrate for each worker; and after each such test it would empty all tables, and fill those of reference
data row by row. Here only the tables that a test has written to are put back, from a copy in memory. That leaves out
triggers for a moment: the role that the tests connect as is a superuser.
"""

import io
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

# Of this run, for all its processes: a template that another run left is never used.
RUN = "KEPT_DATABASE_RUN"
MAKING_THE_TEMPLATE = 7_412_066
# Not a worker of xdist, and not a run that one of its tests has started.
FIRST_PROCESS = "PYTEST_XDIST_WORKER" not in os.environ
# Each table that holds rows, as COPY writes them.
Rows = Mapping[str, bytes]
as_migrated: dict[str, bytes] = {}


def mark_this_run() -> None:
    """Called in the first process; the others inherit it."""
    os.environ[RUN] = uuid.uuid4().hex


def template() -> str:
    return f"test_{connection.settings_dict['NAME']}_template"


def make_template() -> None:
    """Migrate it, unless another process of this run has."""
    with _one_at_a_time() as cursor:
        _made_template(cursor)


def drop_template() -> None:
    with connection._nodb_cursor() as cursor:
        if _is_of_this_run(cursor):
            cursor.execute(f'DROP DATABASE "{template()}"')


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh copy of the template under the name that pytest-django gave this worker."""
    before, own = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    with _one_at_a_time() as cursor:
        made_of = _made_template(cursor)
        cursor.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{made_of}"')
    _connect_to(own)
    as_migrated.update(rows_now())
    connection.close()
    yield
    _connect_to(before)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{own}" WITH (FORCE)')


@contextmanager
def _one_at_a_time() -> Iterator[Any]:
    with connection._nodb_cursor() as cursor:
        # Whoever comes second waits for all the migrations.
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING_THE_TEMPLATE])
        yield cursor


def _made_template(cursor: Any) -> str:
    name, before, test = template(), connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    if _is_of_this_run(cursor):
        return name
    own, test["NAME"] = test["NAME"], name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    test["NAME"] = own
    _connect_to(before)
    cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [os.environ[RUN]])
    return name


def _is_of_this_run(cursor: Any) -> bool:
    """Said last: a half-made one says nothing."""
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [template()])
    return bool(cursor.fetchone() == (os.environ[RUN],))


def _connect_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def rows_now() -> dict[str, bytes]:
    """All rows of all tables that hold any."""
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in _filled(cursor)}


def put_back(wanted: Rows = as_migrated) -> None:
    """Every table holds these rows and no others; what had not changed is left alone. Sequences go on."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever still writes is waited for, as a TRUNCATE does.
        cursor.execute(f"LOCK TABLE {', '.join(_tables())} IN EXCLUSIVE MODE")
        # Neither triggers nor foreign keys: the rows have been through them, or there are none left.
        cursor.execute("SET LOCAL session_replication_role = replica")
        filled = _filled(cursor)
        for table in sorted(filled | wanted.keys()):
            _put(cursor, table, wanted.get(table, b""), is_filled=table in filled)


def _put(cursor: Any, table: str, rows: bytes, *, is_filled: bool) -> None:
    if is_filled:
        if rows and sorted(_rows(cursor, table).splitlines()) == sorted(rows.splitlines()):
            return
        cursor.execute(f"DELETE FROM {table}")
    if rows:
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(rows))


def _rows(cursor: Any, table: str) -> bytes:
    rows = io.BytesIO()
    cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
    return rows.getvalue()


def _filled(cursor: Any) -> set[str]:
    cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in _tables()))
    return {table for (table,) in cursor.fetchall()}


@cache
def _tables() -> list[str]:
    """Those that a flush empties: the models' own."""
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))
