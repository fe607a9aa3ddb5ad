"""Secrets of this demo: made at random at the first start, then kept beside its database for its owner's eyes only."""

import os
import secrets
from pathlib import Path

BYTES = 48


def kept_secret(folder: Path, name: str, *, size: int = BYTES) -> str:
    """The secret of this name, made when asked for the first time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(size))
    return path.read_text(encoding="utf-8")
