"""Locks on files, between processes. A lock goes with the process that holds it, even a killed one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ta_portal.embedded.readiness import wait_until

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX


class Occupied(RuntimeError):
    """Another process held the lock for all the time that we waited."""


def open_file(path: Path, flags: int = os.O_RDONLY) -> int:
    """Open a file, made if missing, but never through a link that somebody laid there."""
    return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o644)


@contextmanager
def waiting_lock(path: Path, kind: int = EXCLUSIVE, *, seconds: float = 120.0) -> Iterator[None]:
    """Hold the lock on this file, waiting for those who have it."""
    handle = open_file(path)
    try:
        if not wait_until(lambda: _try(handle, kind), seconds):
            raise Occupied(f"Another process has held {path} for {seconds:.0f} s.")
        yield
    finally:
        os.close(handle)


@contextmanager
def lock_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock on this file unless somebody has it; says whether we do."""
    handle = open_file(path)
    try:
        yield _try(handle, EXCLUSIVE)
    finally:
        os.close(handle)


@contextmanager
def inheritable_lock(path: Path) -> Iterator[int]:
    """Lock a file for the child processes that get its handle: held until the last one ends."""
    handle = open_file(path)
    try:
        _try(handle, EXCLUSIVE)
        yield handle
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Whether any process holds a lock on this file."""
    if not path.exists():
        return False
    with lock_if_free(path) as free:
        return not free


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
