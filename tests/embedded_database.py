"""The tests keep what they write apart from the developer's own, and need no database server.

Where `DATABASE_URL` names none, they run on an embedded one. Loaded by `-p`, before pytest-django reads the settings.
Only the first process starts and stops the server; xdist's workers inherit its address.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from ta_portal import env
from ta_portal.embedded import postgres, var_dir
from tests import kept_database

_held = ExitStack()

if sys.dont_write_bytecode:
    # Asked not to write beside the sources, pytest would rewrite all assertions again in each process of each run.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str((var_dir() / "test" / "pycache").absolute())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    if kept_database.FIRST_PROCESS:
        os.environ["PORTAL_VAR_DIR"] = str(var_dir() / "test")
        _drop_messages_that_nobody_took()
        kept_database.mark_this_run()
        if not env.text("DATABASE_URL"):
            os.environ["DATABASE_URL"] = _held.enter_context(postgres.serving(var_dir() / "pg")).dsn
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests wait for browsers, servers and each other's locks."""
    return (os.cpu_count() or 1) + 1


def pytest_unconfigure() -> None:
    _held.close()


def _drop_messages_that_nobody_took() -> None:
    for message in (var_dir() / "broker" / "queue").glob("*.msg"):
        message.unlink(missing_ok=True)
