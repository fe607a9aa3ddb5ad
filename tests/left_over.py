"""Nothing that a test starts outlives the run: what is found at its end is ended, and the run fails with its name.

A process is known by a mark that it inherits from the test that started it, however far it has moved from its parents.
"""

import os
import subprocess
from collections.abc import Iterator

import psutil
import pytest

from ta_portal.embedded.processes import end, lives
from ta_portal.embedded.readiness import wait_until

MARK = "STARTED_BY_TESTS"
# What has been told to end, a browser's helpers say, may take a moment.
PATIENCE_SECONDS = 10.0


@pytest.fixture(autouse=True, scope="session")
def _nothing_outlives_the_run() -> Iterator[None]:
    os.environ[MARK] = str(os.getpid())
    yield
    wait_until(lambda: not started_here(), PATIENCE_SECONDS, every=0.2)
    left = {process.pid: described(process) for process in started_here()}
    end(started_here(), patience=2)
    if left:
        pytest.fail("Left running:\n" + "\n".join(left.values()), pytrace=False)


def mark() -> dict[str, str]:
    """For the environment of a process that does not inherit the tests' own."""
    return {MARK: os.environ[MARK]}


def kill_whole(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process with all that it started: a worker's clock, or a web server's workers, would live on alone."""
    head = psutil.Process(process.pid)
    whole = [head, *head.children(recursive=True)]
    for one in whole:
        one.kill()
    process.wait(10)
    assert wait_until(lambda: not any(map(lives, whole)), 10)


def started_here() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == os.environ[MARK] and lives(process):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def described(process: psutil.Process) -> str:
    try:
        test = process.environ().get("PYTEST_CURRENT_TEST", "an unknown test")
        return f"{process.pid} of {test}: {' '.join(process.cmdline())[:200]}"
    except (psutil.Error, OSError):
        return f"{process.pid}, which has ended by now"
