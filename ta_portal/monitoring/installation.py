"""Checks of what stands around the database: Python, packages, secrets, disk, files, broker."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from celery import Celery
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from kombu.exceptions import OperationalError as BrokerFailed
from packaging.requirements import Requirement

from ta_portal.registry.checks import Finding

LEAST_FREE_BYTES = 1_000_000_000


def python() -> Iterator[Finding]:
    state = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", state, "" if sys.version_info >= (3, 11) else "Install Python 3.11 or later.")


def packages() -> Iterator[Finding]:
    """Against the locked list, for this machine's Python and system."""
    locked = (settings.BASE_DIR / "requirements" / "portal.txt").read_text(encoding="utf-8")
    wanted = [Requirement(line.rstrip("\\ ")) for line in locked.splitlines() if line[:1].isalnum()]
    wrong = [need for need in wanted if (need.marker is None or need.marker.evaluate()) and not _is_installed(need)]
    if not wrong:
        yield Finding("Packages", f"{len(wanted)} as locked")
        return
    names = ", ".join(str(need).partition(";")[0].strip() for need in wrong)
    yield Finding("Packages", f"not as locked: {names}", "pip install --require-hashes -r requirements/portal.txt")


def _is_installed(need: Requirement) -> bool:
    try:
        return need.specifier.contains(version(need.name), prereleases=True)
    except PackageNotFoundError:
        return False


def driver() -> Iterator[Finding]:
    if find_spec("psycopg") is None:
        yield Finding("Database driver", "psycopg2")
    else:
        state = "psycopg 3 is there too, and Django would prefer it"
        yield Finding("Database driver", state, "pip uninstall psycopg")


def secret_key() -> Iterator[Finding]:
    """Whoever knows it can sign in as anybody."""
    file = os.environ.get("SECRET_KEY_FILE", "")
    if file and Path(file).stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield Finding("Secret key", f"{file} can be read by others", f"chmod 600 {file}")
    elif not settings.SECRET_KEY.startswith("insecure"):
        yield Finding("Secret key", "the installation's own")
    elif settings.PORTAL_MODE == "development":
        yield Finding("Secret key", "the default, in development")
    else:
        remedy = "Set SECRET_KEY, or SECRET_KEY_FILE, to 50 random characters or more."
        yield Finding("Secret key", "the default, which everybody knows", remedy)


def disk() -> Iterator[Finding]:
    folder: Path = settings.VAR_DIR
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    remedy = "" if free >= LEAST_FREE_BYTES else f"Make room on the disk of {nearest}."
    yield Finding("Disk", f"{free / 1e9:.1f} GB free", remedy)


def static_files() -> Iterator[Finding]:
    """Without DEBUG pages name their files by the manifest that collecting writes."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
        state = "collected" if collected else "not collected"
        yield Finding("Static files", state, "" if collected else "manage.py collectstatic")


def broker() -> Iterator[Finding]:
    kind = "Redis" if settings.REDIS_URL else f"folder {settings.VAR_DIR / 'broker'}"
    app = Celery("doctor", set_as_current=False)
    app.conf.update(settings.CELERY)
    try:
        app.connection_for_write(connect_timeout=2).ensure_connection(max_retries=1, timeout=2).release()
    except (BrokerFailed, OSError) as problem:
        yield Finding("Broker", f"{kind} does not answer: {problem}", "Start Redis, or correct REDIS_URL.")
    else:
        yield Finding("Broker", kind)
