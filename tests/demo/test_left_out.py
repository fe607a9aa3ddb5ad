"""The tests' own last line: what this machine could not run, and why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
@pytest.mark.browser
def test_in_a_browser(): raise AssertionError
def test_anywhere(): pass
"""


@pytest.mark.parametrize(
    ("tests", "said"),
    [(TESTS, "Left out: 1 browser tests: no Chromium here."), ("def test(): pass", "Left out: nothing.")],
)
def test_a_machine_without_chromium_leaves_browser_tests_out_and_says_so(tmp_path, tests, said):
    (tmp_path / "test_some.py").write_text(tests)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "tests.left_out", "-p", "no:randomly", str(tmp_path)],
        env=os.environ | {"PATH": str(tmp_path), "PYTHONPATH": str(PROJECT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert said in done.stdout.splitlines()
