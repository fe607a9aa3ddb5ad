"""What this machine cannot run is left out, and one plain line at the end of the run says what and why."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Need(NamedTuple):
    """Tests that carry this mark run only where what they need is there."""

    mark: str
    met: Callable[[], bool]
    lacking: str


def a_browser_is_installed() -> bool:
    return any(map(shutil.which, BROWSERS))


def servers_answer() -> bool:
    return all(map(_answers, (5432, 6379)))


def mounting_is_permitted() -> bool:
    """Root of a machine may; an ordinary user, or root of a confined container, may not."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        words = ["mount", "-t", "tmpfs", "tmpfs", folder]
        if subprocess.run(words, capture_output=True, check=False).returncode != 0:
            return False
        subprocess.run(["umount", folder], check=True)
    return True


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


NEEDS = (
    Need("browser", a_browser_is_installed, "browser tests: no Chromium here"),
    Need("mounts", mounting_is_permitted, "tests of a full disk: this user may not mount a small one"),
    Need("server", servers_answer, "server tests: no PostgreSQL and Redis on this machine's standard ports"),
)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for need in NEEDS:
        marked = [item for item in items if item.get_closest_marker(need.mark)]
        if marked and not need.met():
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=need.lacking))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
    )
    said = "; ".join(f"{count} {reason}" for reason, count in reasons.items())
    terminalreporter.write_line(f"Left out: {said or 'nothing'}.")
