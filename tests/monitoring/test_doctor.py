"""`manage.py doctor`: one line for each part, and what to do where one is not well."""

import io
import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from ta_portal.monitoring import database, installation
from tests.embedded.test_command_line import MANAGE


@pytest.mark.django_db
def test_an_installation_with_all_its_parts_is_well(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").touch()
    told = io.StringIO()

    call_command("doctor", stdout=told)

    parts = [line.split()[:2] for line in told.getvalue().splitlines()]
    assert {mark for mark, _part in parts} == {"ok"}
    assert [part for _mark, part in parts][:4] == ["Python", "Packages", "Database", "Secret"]


@pytest.mark.django_db
def test_the_database_is_named_with_its_release():
    (finding,) = database.database()

    assert finding.state.startswith("PostgreSQL 1")
    assert finding.remedy == ""


def test_servers_that_do_not_answer_are_named_with_a_remedy():
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}

    done = subprocess.run(
        [sys.executable, str(MANAGE), "doctor"],
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert done.returncode == 1
    assert [line.split()[1] for line in wrong] == ["Broker", "Database"]
    assert all("->" in line for line in wrong)


def test_missing_packages_are_named(settings, tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "portal.txt").write_text(
        "no-such-package==1.0 \\\n    --hash=sha256:00\ndjango==1.0\npywin32==1 ; sys_platform == 'win32'\n"
    )
    settings.BASE_DIR = tmp_path

    (finding,) = installation.packages()

    assert finding.state == "not as locked: no-such-package==1.0, django==1.0"
    assert finding.remedy


def test_a_full_disk_is_seen(settings, monkeypatch):
    monkeypatch.setattr(installation, "LEAST_FREE_BYTES", 10**18)
    (finding,) = installation.disk()

    assert "Make room" in finding.remedy
