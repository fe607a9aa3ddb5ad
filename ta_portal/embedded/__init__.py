"""The quick start's own parts: a database server, a broker and processes in one folder, without anything installed.

The lowest of the kits: it knows neither Django's models nor the portal's.
"""

from pathlib import Path

from ta_portal import env

_PROJECT = Path(__file__).resolve().parents[2]


def var_dir() -> Path:
    """The folder that holds all that the quick start keeps: database, messages, logs, collected files."""
    return Path(env.text("PORTAL_VAR_DIR") or _PROJECT / "var").expanduser().resolve()
