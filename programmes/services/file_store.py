"""Where what files hold is kept: once under the hash of it, in a folder that no web server serves, never as a program.

The folder is `settings.FILES_DIR`; web and worker share it. What nobody refers to any more is swept away much later, so
that a database restored from a backup still finds its files.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from ta_portal.errors import DomainError, NotFound

# One number for all of the store: who adds holds it together, who sweeps holds it alone, each for its transaction.
_LOCK = 0x65_76_69_64
_BLOCK = 64 * 1024


class StoreUnavailable(DomainError):
    """The folder cannot be written to."""

    code = "unavailable"
    status = 503


def keep(content: bytes) -> str:
    """Keep `content` and give its hash. Whole or not at all; what is there already is kept once. Safe to repeat.

    Call it in the transaction that writes the row which refers to it: a sweep waits for that.
    """
    _lock(shared=True)
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write(path, content)
        # A sweep goes by the age of what nobody refers to: this is wanted anew.
        os.utime(path)
    except OSError as problem:
        raise StoreUnavailable(_("Files cannot be kept just now. Try again in a few minutes.")) from problem
    return digest


def is_kept(digest: str) -> bool:
    return _path(digest).is_file()


def kept(digest: str) -> Iterator[bytes]:
    """What was kept under `digest`, block by block. Raises NotFound at once where it is not there."""
    if not is_kept(digest):
        raise NotFound(_("This file is on record, but what was in it cannot be found."))
    return _blocks(_path(digest))


def _blocks(path: Path) -> Iterator[bytes]:
    """The file is opened when the first block is asked for: an answer that nobody reads leaves nothing open."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def sweep_contents(*, wanted: Collection[str], older_than: datetime) -> int:
    """Remove what no hash in `wanted` refers to and was last kept before `older_than`; says how much went."""
    gone = 0
    for path in _contents():
        if path.name not in wanted and path.stat().st_mtime < older_than.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def hold_for_sweep() -> None:
    """Nothing is kept until this transaction ends: what is wanted cannot change while a sweep looks."""
    _lock(shared=False)


# --- what is on its way ---


def write_slice(name: str, data: bytes, *, at: int) -> None:
    """Put the next slice of a file behind its first `at` bytes; what came of one that was cut is written over."""
    try:
        folder = _incoming()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / name
        path.touch(mode=0o600)
        with path.open("r+b") as file:
            file.seek(at)
            file.write(data)
            file.truncate()
    except OSError as problem:
        raise StoreUnavailable(_("Files cannot be kept just now. Try again in a few minutes.")) from problem


def received(name: str) -> bytes:
    """All that came of a file; nothing where nothing did."""
    try:
        return (_incoming() / name).read_bytes()
    except FileNotFoundError:
        return b""


def length_received(name: str) -> int:
    try:
        return (_incoming() / name).stat().st_size
    except FileNotFoundError:
        return 0


def drop_received(name: str) -> None:
    (_incoming() / name).unlink(missing_ok=True)


def sweep_received(*, wanted: Collection[str], older_than: datetime) -> None:
    """Remove what came of files that nobody sends any more."""
    folder = _incoming()
    for path in folder.iterdir() if folder.exists() else ():
        if path.name not in wanted and path.stat().st_mtime < older_than.timestamp():
            path.unlink(missing_ok=True)


def _lock(*, shared: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s)", [_LOCK])


def _path(digest: str) -> Path:
    return Path(settings.FILES_DIR) / "sha256" / digest[:2] / digest


def _incoming() -> Path:
    return Path(settings.FILES_DIR) / "incoming"


def _contents() -> Iterator[Path]:
    folder = Path(settings.FILES_DIR) / "sha256"
    yield from folder.glob("??/*") if folder.exists() else ()


def _write(path: Path, content: bytes) -> None:
    """Under another name first: nobody meets half of it, and a crash leaves nothing under this one."""
    with tempfile.NamedTemporaryFile(prefix="half-", dir=path.parent, delete=False) as half:
        try:
            half.write(content)
            half.flush()
            os.fsync(half.fileno())
            Path(half.name).replace(path)
        except OSError:
            Path(half.name).unlink(missing_ok=True)
            raise
