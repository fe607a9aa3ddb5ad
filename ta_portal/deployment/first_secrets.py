"""Secrets of a deployment, made at random on its first start and never again.

    python -m ta_portal.deployment.first_secrets /secrets

Three folders, each a volume that only those mount who need it: `/secrets/database` (the owner's password, for
PostgreSQL and the set-up), `/secrets/portal` (the key and the addresses that web, worker and clock use), and
`/secrets/owner` (the owner's address, for the set-up). Every file is its reader's own, with mode 0600. A secret that
the environment gives (SECRET_KEY, POSTGRES_PASSWORD) is taken instead of a new one. Runs as root, and needs nothing
but Python: neither settings nor a database.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

BYTES = 48
POSTGRES_HOST = "postgres:5432"
DATABASE = "portal"
OWNER = "portal_owner"
APPLICATION = "portal_app"


def make_secrets(root: Path, environment: Mapping[str, str]) -> list[Path]:
    """Make what is missing, and give the files that were made. What is there stays as it is."""
    server, portal = int(environment.get("POSTGRES_UID", "999")), int(environment.get("PORTAL_UID", "1000"))
    made: list[Path] = []

    def keep(path: str, text: str, reader: int) -> str:
        file = root / path
        if not file.exists():
            _write(file, text, reader)
            made.append(file)
        return file.read_text(encoding="utf-8")

    owner_word = keep("database/postgres_password", environment.get("POSTGRES_PASSWORD") or _random(), server)
    keep("owner/database_url", _address(OWNER, owner_word), portal)
    keep("portal/database_url", _address(APPLICATION, _random()), portal)
    keep("portal/secret_key", environment.get("SECRET_KEY") or _random(), portal)
    keep("portal/metrics_token", environment.get("METRICS_TOKEN") or _random(), portal)
    return made


def _random() -> str:
    return secrets.token_urlsafe(BYTES)


def _address(role: str, word: str) -> str:
    return f"postgresql://{role}:{quote(word, safe='')}@{POSTGRES_HOST}/{DATABASE}"


def _write(file: Path, text: str, reader: int) -> None:
    """Whole or not at all: a start that is cut short must not leave half a password."""
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
    if os.geteuid() == 0:
        os.chown(fresh, reader, reader)
    fresh.rename(file)


if __name__ == "__main__":
    for path in make_secrets(Path(sys.argv[1] if len(sys.argv) > 1 else "/secrets"), os.environ):
        sys.stdout.write(f"made {path}\n")
