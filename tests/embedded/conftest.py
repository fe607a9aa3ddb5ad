"""Folders for servers and processes, and how to look for what is left of them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ta_portal.embedded.processes import family, lives


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a space in its path that every account can enter; at the end nothing of it may be running."""
    base = Path(tempfile.mkdtemp(prefix="portal test "))
    base.chmod(0o755)
    yield base
    left = [*servers_in(base), *family(base / "var")]
    for process in left:
        process.kill()
    shutil.rmtree(base)
    assert not left


def servers_in(base: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and lives(process) and Path(process.cwd()).is_relative_to(base):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
