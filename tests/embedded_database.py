"""The tests keep what they write apart from the developer's own, and need no database server.

Where `DATABASE_URL` names none, they run on an embedded one. Loaded by `-p`, before pytest-django reads the settings.
Only the first process starts and stops the server; xdist's workers inherit its address.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ta_portal import env
from ta_portal.embedded import postgres, var_dir
from tests import kept_database

_held = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    if kept_database.FIRST_PROCESS:
        kept_database.mark_this_run()
        os.environ["PORTAL_VAR_DIR"] = str(var_dir() / "test")
        _drop_messages_that_nobody_took()
        _keep_bytecode_apart()
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


def _keep_bytecode_apart() -> None:
    """Told to write none beside the sources, each process of each run would compile all of them again.

    Those that tests start, and xdist's workers, which rewrite all assertions.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        kept = var_dir() / "bytecode"
        # Of copies of the project that earlier runs have made.
        for copies in (kept / Path(tempfile.gettempdir()).relative_to("/")).glob("pytest-of-*"):
            shutil.rmtree(copies, ignore_errors=True)
        os.environ["PYTHONPYCACHEPREFIX"] = str(kept)
