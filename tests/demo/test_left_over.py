"""The tests' guard: a run that leaves a process behind fails with the test's name, and the process is ended."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

PROJECT = Path(__file__).resolve().parents[2]
# The shell ends at once, and what it started has another parent, and a session of its own.
LEAVES = """
import subprocess
def test_leaves_one():
    subprocess.run("sleep 600 > /dev/null 2>&1 & echo $! > {note}", shell=True, start_new_session=True)
"""


@pytest.fixture
def run(tmp_path):
    def tests(text):
        (tmp_path / "test_some.py").write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        words = ["-p", "no:django", "-p", "no:randomly", "-p", "tests.left_over", str(tmp_path)]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return tests


def test_what_outlives_a_run_is_ended_and_named(run, tmp_path):
    done = run(LEAVES.format(note=tmp_path / "note"))

    pid = int((tmp_path / "note").read_text())
    assert done.returncode == 1
    assert f"{pid} of test_some.py::test_leaves_one" in done.stdout
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_run_that_leaves_nothing_passes(run):
    assert run("def test(): pass").returncode == 0
