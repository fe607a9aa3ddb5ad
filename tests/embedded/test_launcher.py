"""The launcher: what it starts it also ends, however it is told to, and it says why it gives up."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from ta_portal.embedded import postgres, processes
from ta_portal.embedded.readiness import port_is_free, wait_until
from tests.embedded.conftest import servers_in

SCRIPT = """
import os, signal, sys
# As from a terminal: under nohup the tests hand on that SIGHUP is ignored, and the launcher would keep to that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from functools import partial
from pathlib import Path
from ta_portal.embedded.launcher import Child, Launcher, Step
from ta_portal.embedded.readiness import log_says
folder, kind = Path(sys.argv[1]), sys.argv[2]
def python(code): return [sys.executable, "-c", code]
web = python("import time; print('up', flush=True); time.sleep(99)")
stubborn = python('''
import signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"], start_new_session=True)
print("up", flush=True); time.sleep(99)
''')
plans = {
    "steady": [Step("Tables", python("import os; print(os.environ['DATABASE_URL'])")),
               Child("Web server", web, log_says(folder / "web-server.log", "up"))],
    "stubborn": [Child("Stubborn", stubborn, log_says(folder / "stubborn.log", "up"))],
    "crashing": [Child("Worker", python("print('oh no'); raise SystemExit(3)"), restarts=2)],
    "failing": [Step("Tables", python("raise SystemExit('no such table')")), Child("Web server", web)],
    "slow": [Step("Tables", python("print('begun', flush=True); import time; time.sleep(99)"))],
}
say = partial(print, flush=True)
up = partial(say, "all up")
sys.exit(Launcher(folder, plans[kind], environment=os.environ, when_up=up, say=say, patience=1).run())
"""


class Launched:
    """A launcher in a process of its own, and what it says."""

    def __init__(self, folder, kind):
        command = [sys.executable, "-c", SCRIPT, str(folder), kind]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said = ""

    def until(self, words):
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        self.process.communicate()
        raise AssertionError(self.said)

    def end(self, signum=None):
        if signum is not None:
            self.process.send_signal(signum)
        self.said += self.process.communicate(timeout=30)[0]
        return self.process.returncode


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_end_it_leaves_no_process(folder, signum):
    launched = Launched(folder / "var", "stubborn")
    launched.until("all up")
    assert len(processes.family(folder / "var")) == 2
    assert servers_in(folder)

    assert launched.end(signum) == 0

    assert "Stubborn does not end; killing it" in launched.said
    assert processes.family(folder / "var") == []
    assert servers_in(folder) == []


def test_it_says_each_part_with_its_seconds_in_the_order_of_the_plan(folder):
    launched = Launched(folder / "var", "steady")
    launched.until("all up")
    launched.end(signal.SIGTERM)

    titles = [line.split("  ")[1] for line in launched.said.splitlines() if line.endswith(" s")]
    assert titles == ["Database", "Tables", "Web server"]


def test_killed_itself_its_next_start_ends_what_it_left_behind(folder):
    first = Launched(folder / "var", "stubborn")
    first.until("all up")
    first.end(signal.SIGKILL)
    orphans = processes.family(folder / "var")

    second = Launched(folder / "var", "stubborn")
    second.until("all up")

    assert "Ending 2 processes" in second.said
    assert not any(map(processes.lives, orphans))
    assert second.end(signal.SIGTERM) == 0
    assert servers_in(folder) == []


def test_a_child_that_keeps_crashing_ends_it_with_the_end_of_its_log(folder):
    launched = Launched(folder / "var", "crashing")

    assert launched.end() == 1

    assert launched.said.count("Worker ended (code 3); starting it again") == 2
    assert "ended too often" in launched.said
    assert "oh no" in launched.said
    assert servers_in(folder) == []


def test_a_failing_step_ends_it_before_what_comes_after(folder):
    launched = Launched(folder / "var", "failing")

    assert launched.end() == 1

    assert "Tables: failed" in launched.said
    assert "no such table" in launched.said
    assert "Web server" not in launched.said
    assert servers_in(folder) == []


def test_a_step_can_be_interrupted(folder):
    launched = Launched(folder / "var", "slow")
    log = folder / "var" / "tables.log"
    assert wait_until(lambda: log.exists() and "begun" in log.read_text(), 30)
    begun = time.monotonic()

    assert launched.end(signal.SIGINT) == 0

    assert time.monotonic() - begun < 10
    assert processes.family(folder / "var") == []


def test_a_second_launcher_stays_out(folder):
    first = Launched(folder / "var", "steady")
    first.until("all up")

    second = Launched(folder / "var", "steady")

    assert second.end() == 1
    assert "already runs" in second.said
    assert postgres.status(folder / "var" / "pg") is not None
    first.end(signal.SIGTERM)


def test_a_killed_database_and_a_killed_child_come_back(folder):
    launched = Launched(folder / "var", "steady")
    launched.until("all up")
    [child] = processes.family(folder / "var")

    os.kill(postgres.status(folder / "var" / "pg").pid, signal.SIGKILL)
    launched.until("The database ended")
    child.kill()
    launched.until("Web server ended (code -9); starting it again")

    assert wait_until(lambda: postgres.status(folder / "var" / "pg") and processes.family(folder / "var"), 30)
    assert launched.end(signal.SIGTERM) == 0


def test_a_command_that_joined_keeps_the_database_until_it_is_done(folder):
    launched = Launched(folder / "var", "steady")
    launched.until("all up")
    with postgres.serving(folder / "var" / "pg") as server:
        assert launched.end(signal.SIGTERM) == 0

        assert psutil.pid_exists(server.pid)
    assert servers_in(folder) == []


def test_a_port_in_use_is_seen():
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        assert not port_is_free(port)
    assert port_is_free(port)
