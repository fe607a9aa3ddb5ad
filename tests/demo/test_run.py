"""`./run` on machines that lack something: it says what, in one sentence; where nothing is lacking it installs once."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = ["sh", "dirname", "cmp", "cp", "sed", "env", "mkdir", "chmod", "cat"]


@pytest.fixture
def project(tmp_path):
    """The script and its requirements alone, in a path with a space."""
    folder = tmp_path / "a clone"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(PROJECT / "run", folder)
    for name in ("portal.txt", "development.txt"):
        (folder / "requirements" / name).write_text(f"# {name}\n")
    return folder


@pytest.fixture
def machine(tmp_path):
    """A machine with a few tools; a test adds what it has of Python."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in TOOLS:
        (programs / name).symlink_to(shutil.which(name))
    return programs


def program(path, *lines):
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


def run(project, machine, *words):
    return subprocess.run(
        [str(project / "run"), *words], env={"PATH": str(machine)}, cwd="/", capture_output=True, text=True, check=False
    )


def test_without_python_it_says_so(project, machine):
    done = run(project, machine, "demo")

    assert done.returncode == 1
    assert done.stderr.startswith("The portal needs Python 3.11 or later")


def test_with_an_older_python_it_says_so(project, machine):
    program(machine / "python3", "exit 1  # what is asked of it: 3.11 or later?")

    done = run(project, machine, "demo")

    assert done.returncode == 1
    assert done.stderr.startswith("The portal needs Python 3.11 or later")


def test_without_the_venv_module_it_says_what_to_install(project, machine):
    program(machine / "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')

    done = run(project, machine, "demo")

    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert not (project / ".venv").exists()


@pytest.fixture
def python_that_notes(project, machine, tmp_path):
    """A Python that makes environments holding a Python that notes what it is asked to do."""
    notes = tmp_path / "notes"
    inside = machine / "inside"
    program(inside, f'echo "$@" >> "{notes}"')
    program(machine / "python3", f'[ "$2" != venv ] || {{ mkdir -p "$3/bin" && cp "{inside}" "$3/bin/python"; }}')
    return notes


def test_it_installs_once_and_from_the_hashed_list(project, machine, python_that_notes):
    first = run(project, machine, "demo", "--port", "8001")
    installed = [line for line in python_that_notes.read_text().splitlines() if " install " in line]
    python_that_notes.unlink()
    second = run(project, machine, "demo", "--port", "8001")

    assert (first.returncode, second.returncode) == (0, 0)
    assert len(installed) == 1
    assert "--require-hashes" in installed[0]
    assert python_that_notes.read_text().splitlines() == [f"{project}/manage.py demo --port 8001"]


def test_it_installs_again_when_the_list_has_changed(project, machine, python_that_notes):
    run(project, machine, "demo")
    (project / "requirements" / "portal.txt").write_text("# another\n")
    python_that_notes.unlink()

    run(project, machine, "demo")

    assert " install " in python_that_notes.read_text()


def test_uv_is_used_where_it_is_there(project, machine, tmp_path, python_that_notes):
    noted = tmp_path / "uv-notes"
    program(machine / "uv", f'echo "$@" >> "{noted}"', '[ "$1" != venv ] || python3 -m venv "$6"')

    run(project, machine, "manage", "version")

    assert [line.split()[:2] for line in noted.read_text().splitlines()] == [["venv", "--quiet"], ["pip", "install"]]


def test_a_command_it_does_not_know_is_answered_with_those_it_does(project, machine):
    done = run(project, machine, "dance")

    assert done.returncode == 2
    assert "./run demo" in done.stderr


def test_the_script_runs_on_the_smallest_shell():
    shell = shutil.which("dash") or shutil.which("sh")

    assert subprocess.run([shell, "-n", str(PROJECT / "run")], check=False).returncode == 0
    assert os.access(PROJECT / "run", os.X_OK)
