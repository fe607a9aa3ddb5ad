"""`manage.py` without `DATABASE_URL`: which commands get the embedded database, and what is left when they end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ta_portal.embedded import command_line, postgres
from ta_portal.embedded.readiness import wait_until
from tests.embedded.conftest import servers_in

MANAGE = Path(command_line.__file__).parents[2] / "manage.py"
ASK = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT version()'); print(k.fetchone()[0])"


def manage(folder, *words, **environment):
    """A command of manage.py in a process of its own, on the embedded parts of this folder."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, str(MANAGE), *words],
        env=inherited | {"PORTAL_VAR_DIR": str(folder / "var"), "PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
    )


def test_a_command_finds_the_embedded_database_and_stops_it_when_done(folder):
    said, complained = manage(folder, "shell", "-c", ASK).communicate(timeout=60)

    assert "PostgreSQL 18" in said, complained
    assert servers_in(folder) == []


def test_a_command_that_fails_stops_it_too(folder):
    process = manage(folder, "shell", "-c", "raise SystemExit(3)")
    process.communicate(timeout=60)

    assert process.returncode == 3
    assert (folder / "var" / "pg").exists()
    assert servers_in(folder) == []


def test_a_command_that_is_told_to_end_stops_it_too(folder):
    process = manage(folder, "shell", "-c", "import time; print('begun', flush=True); time.sleep(60)")
    wait_until(lambda: "begun" in process.stdout.readline(), 60)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)

    assert process.returncode == 128 + signal.SIGTERM
    assert servers_in(folder) == []


def test_a_command_never_stops_the_server_of_somebody_else(folder):
    with postgres.serving(folder / "var" / "pg") as server:
        manage(folder, "shell", "-c", ASK).communicate(timeout=60)

        assert postgres.status(folder / "var" / "pg") == server


@pytest.mark.parametrize("words", [[], ["help"], ["--version"], ["migrate", "--help"], ["check"]])
def test_what_needs_no_database_starts_none(folder, words):
    manage(folder, *words).communicate(timeout=60)

    assert not (folder / "var" / "pg").exists()


def test_a_database_that_is_named_is_used_instead(folder):
    with postgres.serving(folder / "named") as named:
        said, complained = manage(folder, "shell", "-c", ASK, DATABASE_URL=named.dsn).communicate(timeout=60)

    assert "PostgreSQL 18" in said, complained
    assert not (folder / "var" / "pg").exists()


def test_a_database_that_cannot_be_used_is_one_sentence(folder):
    (folder / "var" / "pg").mkdir(parents=True)
    (folder / "var" / "pg" / "thesis.txt").write_text("mine")
    process = manage(folder, "migrate")
    _said, complained = process.communicate(timeout=60)

    assert process.returncode == 1
    assert complained.count("\n") == 1
    assert "holds other files" in complained


# --- Production refuses what the quick start brings ---

SOUND = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgresql://portal@db.example/portal",
    "REDIS_URL": "redis://redis.example/0",
    "ALLOWED_HOSTS": "portal.example",
}


def settings_with(**environment):
    """What reading the settings in a fresh process complains of."""
    done = subprocess.run(
        [sys.executable, "-c", "import ta_portal.settings"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=MANAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip().splitlines()[-1:]


def test_production_starts_with_sound_settings():
    assert settings_with(**SOUND) == (0, [])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set: production does not run on the embedded database."),
        ({"REDIS_URL": ""}, "REDIS_URL is not set: production does not run on the folder broker."),
        ({"DEBUG": "yes"}, "DEBUG is on: production refuses it."),
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing, a default or shorter than 50 characters."),
        ({"SECRET_KEY": "insecure: for development and the demo only"}, "SECRET_KEY is missing, a default"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing, a default or shorter than 50 characters."),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
    ],
)
def test_production_refuses_in_a_sentence(change, sentence):
    code, [complaint] = settings_with(**SOUND | change)

    assert code == 1
    assert sentence in complaint
