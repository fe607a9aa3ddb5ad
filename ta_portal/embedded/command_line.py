"""The database of `manage.py`: the one that `DATABASE_URL` names, or else the embedded one while a command needs it."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from ta_portal import env
from ta_portal.embedded import postgres, var_dir

WITHOUT_DATABASE = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "demo",  # keeps its own
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "version",
    }
)


@contextmanager
def in_plain_words() -> Iterator[None]:
    """A setting or a database that cannot be used ends the command with its sentence, not with a traceback."""
    try:
        yield
    except (ImproperlyConfigured, postgres.EmbeddedPostgresFailed) as problem:
        sys.exit(str(problem))


@contextmanager
def database_for_command(arguments: Sequence[str]) -> Iterator[None]:
    """Give a command of `manage.py` the embedded database where it needs one and `DATABASE_URL` names none.

    The server is the one of this installation's folder: started here, or joined where it runs already, for the demo
    say. The last of its users stops it.
    """
    if not _needs_embedded_database(arguments):
        yield
        return
    with _ending_in_order(), postgres.serving(var_dir() / "pg", say=_tell) as server:
        os.environ["DATABASE_URL"] = server.dsn
        yield


def _needs_embedded_database(arguments: Sequence[str]) -> bool:
    command = arguments[1] if len(arguments) > 1 else "help"
    return (
        command not in WITHOUT_DATABASE
        and not {"-h", "--help", "--version"} & set(arguments)
        and not env.text("DATABASE_URL")
        and env.text("PORTAL_MODE") != "production"
    )


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Being told to end must not leave the server behind: the interpreter leaves by way of every `finally`."""

    def leave(signum: int, frame: FrameType | None) -> None:
        sys.exit(128 + signum)

    before = {signum: signal.signal(signum, leave) for signum in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
