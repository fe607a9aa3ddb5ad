"""A PostgreSQL cluster of a test's own, with the portal on it: one that may be restarted, or compared with another."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from ta_portal.embedded import postgres
from ta_portal.embedded.place import find_place

PROJECT = Path(postgres.__file__).parents[2]


class OwnCluster:
    """The portal's commands run on it in processes of their own, with a folder as the broker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = postgres.start(folder / "pg")
        told = {"DATABASE_URL": self.server.dsn, "REDIS_URL": "", "PORTAL_VAR_DIR": str(folder), "LOG_LEVEL": "WARNING"}
        self.environment = {**os.environ, **told, "DJANGO_SETTINGS_MODULE": "ta_portal.settings"}

    def take_tables_from(self, address: str) -> None:
        """Tables, functions and reference data as another database has them: quicker than all migrations again."""
        program = find_place(self.folder / "pg").program
        dump = [program("pg_dump"), "--no-owner", "--no-privileges", address]
        schema = subprocess.run(dump, capture_output=True, check=True).stdout
        load = [program("psql"), "-X", "--quiet", "--set", "ON_ERROR_STOP=1", self.server.dsn]
        subprocess.run(load, input=schema, stdout=subprocess.DEVNULL, check=True)

    def manage(self, *words: str) -> str:
        """What a command of manage.py printed; it has to succeed."""
        command = [sys.executable, str(PROJECT / "manage.py"), *words]
        done = subprocess.run(command, env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def connect(self) -> Any:
        return psycopg2.connect(self.server.dsn)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def restart_at_once(self) -> None:
        """As `pg_ctl restart -m immediate`: every session is cut off where it is, and the log is played back."""
        before = self.server.pid
        os.kill(before, signal.SIGQUIT)
        self.server = postgres.start(self.folder / "pg")
        assert self.server.pid != before
        assert self.server.dsn == self.environment["DATABASE_URL"]


@contextmanager
def own_cluster() -> Iterator[OwnCluster]:
    """An empty one; at its end nothing of it is left."""
    base = Path(tempfile.mkdtemp(prefix="portal cluster "))
    base.chmod(0o755)
    try:
        yield OwnCluster(base)
    finally:
        postgres.stop(base / "pg")
        shutil.rmtree(base)
