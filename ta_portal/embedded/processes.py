"""The processes of one folder's launcher, known by a mark in their environment, and how they are ended."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from ta_portal.embedded.readiness import wait_until

MARK = "EMBEDDED_LAUNCHER"  # in the environment of every child: which folder's launcher made it


def family(folder: Path) -> list[psutil.Process]:
    """All live processes that carry the mark of this folder's launcher, except us and those we run under."""
    ours = psutil.Process()
    spared = {ours.pid, *(parent.pid for parent in ours.parents())}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid not in spared and lives(process) and process.environ().get(MARK) == str(folder):
                found.append(process)
    return found


def end(processes: Iterable[psutil.Process], *, patience: float) -> None:
    """Ask these processes to end, and kill those that still live after `patience` seconds."""
    asked = list(processes)
    for ask, seconds in ((psutil.Process.terminate, patience), (psutil.Process.kill, 5.0)):
        for process in filter(lives, asked):
            with suppress(psutil.Error):
                ask(process)
        wait_until(lambda: not any(map(lives, asked)), seconds)


def lives(process: psutil.Process) -> bool:
    # A zombie has ended; only its parent, perhaps a slow init, has not yet asked how.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
