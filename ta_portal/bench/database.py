"""A database of the benchmark's own, beside the developer's on the same server, kept for the next run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from ta_portal.bench.portfolio.generating import generate_portfolio

SEED = 1


@contextmanager
def bench_database(engagements: int, say: Callable[[str], None]) -> Iterator[None]:
    """Work on `portal_bench_<engagements>`, made and filled on first use."""
    name, before = f"portal_bench_{engagements}", connection.settings_dict["NAME"]
    _make(name)
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
        generate_portfolio(engagements=engagements, seed=SEED, today=timezone.localdate(), say=say)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _make(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
