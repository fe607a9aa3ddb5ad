"""Is it there yet? Checks for the parts of the quick start, and how to wait for one."""

import socket
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def wait_until(condition: Callable[[], bool], seconds: float, *, every: float = 0.01) -> bool:
    """True as soon as the condition holds, False if it does not within that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def http_answers(url: str) -> Callable[[], bool]:
    """A check for `Child.ready`: does this address answer, and not with a refusal, whatever the proxy settings?"""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ready() -> bool:
        with suppress(OSError), opener.open(url, timeout=5):
            return True
        return False

    return ready


def log_says(log: Path, words: str) -> Callable[[], bool]:
    """A check for `Child.ready`: do these words appear in what the log gained since now?"""
    seen = log.stat().st_size if log.exists() else 0

    def ready() -> bool:
        if not log.exists():
            return False
        with log.open("rb") as text:
            text.seek(seen)
            return words.encode() in text.read()

    return ready


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Ask before starting a web server: a stranger that listens there would pass for ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
