"""`manage.py demo` as somebody runs it who has nothing: a process and a folder of its own, a browser's requests."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from shutil import rmtree
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import psutil
import psycopg2
import pytest

from ta_portal.demo.personas import PERSONAS
from ta_portal.embedded import postgres, processes
from ta_portal.embedded.readiness import wait_until

PROJECT = Path(postgres.__file__).parents[2]


class Demo:
    """The demo of one folder, and what it has said so far."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.address, self.said = var, f"http://127.0.0.1:{port}", ""
        inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.process = subprocess.Popen(
            [sys.executable, str(PROJECT / "manage.py"), "demo", "--port", str(port), "--no-browser"],
            env=inherited | {"PORTAL_VAR_DIR": str(var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )

    def until(self, words: str) -> None:
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        self.process.communicate()
        raise AssertionError(self.said)

    def end(self, signum: int) -> int:
        self.process.send_signal(signum)
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode


class Browser:
    """Keeps cookies, follows redirects, sends a page's token with what it posts."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=30) as answer:
            return answer.read().decode()

    def post(self, path: str, *, on: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(on))[1]
        data = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        with self.opener.open(self.address + path, data, timeout=30) as answer:
            return answer.read().decode()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def folder():
    base = Path(tempfile.mkdtemp(prefix="portal demo "))
    base.chmod(0o755)
    yield base
    processes.end(processes.family(base / "var"), patience=1)
    if (base / "var" / "pg").exists():
        postgres.stop(base / "var" / "pg")
    rmtree(base)


READY = "Ctrl-C ends the portal"


@pytest.fixture(scope="module")
def started(folder):
    """The demos of this file's folder, one after the other; the last one is told to end when the tests are over."""
    demos = []
    yield demos
    if demos and demos[-1].process.poll() is None:
        demos[-1].end(signal.SIGTERM)


@pytest.fixture
def demo(folder, started):
    """The one that runs, ready; only a test that ended it costs another start."""
    if not started or started[-1].process.poll() is not None:
        started.append(Demo(folder / "var", a_free_port()))
        started[-1].until(READY)
    return started[-1]


def password_of(demo: Demo, email: str) -> str:
    return re.search(rf"{re.escape(email)}\s+(\S+)", demo.said)[1]


def test_it_says_each_step_and_how_to_sign_in(demo):
    titles = re.findall(r"^  (\S.*?)\s+\d+\.\d s$", demo.said, re.MULTILINE)

    assert titles == [
        "Database",
        "Tables and reference data",
        "Scenario Financia",
        "Scenario Moldova",
        "People to sign in as",
        "What they are reminded of",
        "Static files",
        "Worker",
        "Impact report",
        "Web server",
    ]
    assert demo.address in demo.said
    assert all(password_of(demo, persona.email) for persona in PERSONAS)


def test_passwords_are_for_the_owner_of_the_folder_only(demo):
    kept = list((demo.var / "secrets").iterdir())

    assert len(kept) == len(PERSONAS) + 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.key)
def test_each_persona_signs_in_with_one_click(demo, persona):
    page = Browser(demo.address).post("/demo/sign-in/", on="/accounts/login/", persona=persona.key)

    assert persona.name in page


def test_a_persona_signs_in_with_the_password(demo):
    email = "officer@demo.example"

    page = Browser(demo.address).post(
        "/accounts/login/", on="/accounts/login/", login=email, password=password_of(demo, email)
    )

    assert "Nadia Haddad" in page


def test_one_report_on_everything_was_made_by_the_worker_as_the_officer(demo):
    made = ask(
        demo,
        """
        SELECT report.scope_kind, report.state, job.state, job.worker <> '', asked.email
        FROM impact_report report
        JOIN job ON job.public_id = report.job
        JOIN portal_user asked ON asked.id = job.by_id
        """,
    )

    assert made == [("portfolio", "complete", "done", True, "officer@demo.example")]


def test_a_second_demo_of_the_folder_stays_out(demo):
    second = Demo(demo.var, a_free_port())
    said = second.process.communicate(timeout=60)[0]

    assert second.process.returncode == 1
    assert "already runs" in said


def test_a_port_in_use_is_one_sentence_and_nothing_is_started(folder):
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        refused = Demo(folder / "other", stranger.getsockname()[1])
        said = refused.process.communicate(timeout=60)[0]

    assert refused.process.returncode == 1
    assert said.count("\n") == 1
    assert "is in use" in said
    assert not (folder / "other").exists()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_told_to_end_it_leaves_no_process(demo, signum):
    begun = time.monotonic()

    assert demo.end(signum) == 0

    assert time.monotonic() - begun < 20
    assert processes.family(demo.var) == []
    assert postgres.status(demo.var / "pg") is None


def work_done(demo: Demo) -> list[tuple]:
    """What a start that does its work again would move: migrations, loads, acts of services, jobs, passwords, files."""
    static = demo.var / "static"
    collected = sorted(json.loads((static / "staticfiles.json").read_text())["paths"])
    assert len(collected) > 10
    return [(name, (static / name).stat().st_mtime_ns) for name in collected] + ask(
        demo,
        """
        SELECT (SELECT max(applied) FROM django_migrations), (SELECT max(loaded_at) FROM loaded_scenario),
               (SELECT max(id) FROM audit_event), (SELECT max(id) FROM job), (SELECT max(cut_off) FROM impact_report),
               (SELECT string_agg(password, ' ' ORDER BY id) FROM portal_user)
        """,
    )


def test_a_second_start_finds_everything_as_it_was_and_does_none_of_the_work_again(demo, started):
    before, done = counts(demo), work_done(demo)
    demo.end(signal.SIGTERM)
    again = Demo(demo.var, a_free_port())
    started.append(again)
    again.until(READY)

    assert counts(again) == before
    assert work_done(again) == done
    assert re.search(r"^The portal is ready after \d+ s", again.said, re.MULTILINE)
    assert all(password_of(again, persona.email) == password_of(demo, persona.email) for persona in PERSONAS)


# --- What is killed comes back ---


def pids_of(demo: Demo, words: str) -> set[int]:
    found = set()
    for one in processes.family(demo.var):
        with suppress(psutil.Error):
            if words in " ".join(one.cmdline()):
                found.add(one.pid)
    return found


def status_of(demo: Demo, path: str) -> int:
    """0 while nobody listens."""
    try:
        with build_opener(ProxyHandler({})).open(demo.address + path, timeout=30) as answer:
            return answer.status
    except HTTPError as refused:
        return refused.code
    except (OSError, HTTPException):
        return 0


def is_ready(demo: Demo) -> bool:
    return wait_until(lambda: status_of(demo, "/readyz") == 200, 60, every=0.1)


def head_of(demo: Demo, words: str) -> set[int]:
    """The one that the launcher started; it has started the others."""
    return {pid for pid in pids_of(demo, words) if psutil.Process(pid).ppid() == demo.process.pid}


def is_whole_and_new(now: set[int], before: set[int]) -> bool:
    return len(now) == len(before) and not now & before


@pytest.mark.parametrize("killed", [pids_of, head_of], ids=["all of it", "its head alone"])
@pytest.mark.parametrize("part", ["granian", "celery"])
def test_a_killed_web_server_or_worker_comes_back_and_nothing_of_the_old_one_stays(demo, part, killed):
    before, kept = pids_of(demo, part), counts(demo)
    assert len(before) > 1
    for pid in killed(demo, part):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    assert wait_until(lambda: is_whole_and_new(pids_of(demo, part), before), 30, every=0.1)
    assert is_ready(demo)
    assert counts(demo) == kept


def test_while_the_database_restarts_requests_fail_plainly_and_the_next_ones_work(demo):
    kept, answered, over = counts(demo), [], threading.Event()

    def load():
        while not over.is_set():
            answered.append((time.monotonic(), status_of(demo, "/accounts/login/")))

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: len(answered) > 10, 60)
    killed_at, first = time.monotonic(), postgres.status(demo.var / "pg").pid
    os.kill(first, signal.SIGQUIT)  # at once, without waiting for anybody
    assert wait_until(lambda: (now := postgres.status(demo.var / "pg")) and now.pid != first, 60, every=0.05)
    assert is_ready(demo)
    back_at = time.monotonic()
    time.sleep(2)
    over.set()
    for thread in threads:
        thread.join(60)

    # A request that was under way when it came back may have met the end of the outage.
    outside = {status for at, status in answered if at < killed_at or at > back_at + 0.5}
    assert outside == {200}
    assert {status for _at, status in answered} <= {200, 500, 503}
    assert counts(demo) == kept


def test_after_a_kill_of_the_launcher_a_start_finds_everything_and_makes_nothing_again(demo, started):
    kept, migrated = counts(demo), ask(demo, "SELECT max(applied) FROM django_migrations")
    demo.process.kill()
    demo.process.communicate(timeout=30)

    again = Demo(demo.var, a_free_port())
    started.append(again)
    again.until(READY)

    assert "an earlier run left behind" in again.said
    assert counts(again) == kept
    assert ask(again, "SELECT max(applied) FROM django_migrations") == migrated
    assert is_ready(again)


def test_after_a_power_cut_a_start_finds_everything(demo, started):
    """All at once, with no chance to end in order: the launcher, its parts, the database."""
    kept = counts(demo)
    database = psutil.Process(postgres.status(demo.var / "pg").pid)
    for one in [psutil.Process(demo.process.pid), *processes.family(demo.var), *database.children(), database]:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    demo.process.communicate(timeout=30)

    again = Demo(demo.var, a_free_port())
    started.append(again)
    again.until(READY)

    assert counts(again) == kept
    assert is_ready(again)


def test_a_migration_that_is_new_is_applied_at_the_next_start(demo, started):
    """As if the code had gained one: the last of the jobs kit is taken back, as code before it would have left it."""
    kept = counts(demo)
    demo.end(signal.SIGTERM)
    change_while_it_rests(demo, "DROP TABLE job_pulse; DELETE FROM django_migrations WHERE name = '0004_pulse'")

    again = Demo(demo.var, a_free_port())
    started.append(again)
    again.until(READY)

    assert ask(again, "SELECT count(*) FROM django_migrations WHERE name = '0004_pulse'") == [(1,)]
    assert counts(again) == kept


# --- Data of another version ---


def change_while_it_rests(demo: Demo, *statements: str) -> None:
    with postgres.serving(demo.var / "pg") as server, closing(psycopg2.connect(server.dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def test_data_of_an_older_scenario_is_kept_and_what_happens_is_said(demo, started):
    """As an earlier release's file would have left it, and as somebody has worked on it since."""
    kept = counts(demo)
    demo.end(signal.SIGTERM)
    change_while_it_rests(
        demo,
        "UPDATE loaded_scenario SET digest = repeat('0', 64), content = content - 'risks' "
        "WHERE engagement_id = (SELECT id FROM engagement WHERE ref = 'FIN-TAX-2024')",
        "UPDATE engagement SET title = 'Worked on since' WHERE ref = 'FIN-TAX-2024'",
    )

    again = Demo(demo.var, a_free_port())
    started.append(again)
    again.until(READY)

    assert again.said.count("Another version of it is here already, and was kept as it is") == 1
    assert f"move {again.var} away" in again.said
    assert "was loaded with other content" in (again.var / "preparation.log").read_text()
    assert counts(again) == kept
    assert ask(again, "SELECT title FROM engagement WHERE ref = 'FIN-TAX-2024'") == [("Worked on since",)]
    assert is_ready(again)


def test_data_of_a_later_release_is_refused_and_kept(demo):
    demo.end(signal.SIGTERM)
    later = "'programmes', '9999_something_new'"
    change_while_it_rests(demo, f"INSERT INTO django_migrations (app, name, applied) VALUES ({later}, now())")

    refused = Demo(demo.var, a_free_port())
    said = refused.process.communicate(timeout=60)[0]

    assert refused.process.returncode == 1
    assert "was made by a later release of the portal (it has programmes.9999_something_new)" in said
    assert "Traceback" not in said
    assert processes.family(demo.var) == []
    assert postgres.status(demo.var / "pg") is None
    change_while_it_rests(demo, f"DELETE FROM django_migrations WHERE (app, name) = ({later})")


# --- What keeps it from starting is said plainly ---


@pytest.fixture
def small_disk():
    """A file system of 30 MB, which a database does not fit into."""
    disk = Path(tempfile.mkdtemp(prefix="small disk "))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m,mode=0755", "tmpfs", str(disk)], check=True)
    yield disk
    processes.end(processes.family(disk / "var"), patience=1)
    subprocess.run(["umount", str(disk)], check=True)
    disk.rmdir()


@pytest.mark.mounts
def test_a_full_disk_is_said_plainly_and_leaves_no_process(small_disk):
    refused = Demo(small_disk / "var", a_free_port())
    said = refused.process.communicate(timeout=120)[0]

    assert refused.process.returncode == 1
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert processes.family(small_disk / "var") == []


def test_a_folder_that_cannot_be_made_is_said_plainly(folder):
    (folder / "in the way").write_text("a file")

    hold_said_plainly(Demo(folder / "in the way" / "var", a_free_port()), "Not a directory")


def test_a_folder_that_cannot_be_read_is_said_plainly(folder):
    (folder / "odd" / "secrets" / "secret_key").mkdir(parents=True)

    hold_said_plainly(Demo(folder / "odd", a_free_port()), "Is a directory")


@pytest.fixture
def read_only_disk(folder):
    """Not even root writes there."""
    disk = folder / "read only"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,mode=0755", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.mounts
def test_a_folder_that_cannot_be_written_is_said_plainly(read_only_disk):
    hold_said_plainly(Demo(read_only_disk / "var", a_free_port()), "Read-only file system")


def hold_said_plainly(refused: Demo, why: str) -> None:
    said = refused.process.communicate(timeout=60)[0]

    assert refused.process.returncode == 1
    assert f"The folder {refused.var} cannot be used: {why}" in said
    assert said.count("\n") == 1


def test_data_of_another_release_is_refused_and_kept(folder):
    data = folder / "old" / "pg"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")

    refused = Demo(folder / "old", a_free_port())
    said = refused.process.communicate(timeout=60)[0]

    assert refused.process.returncode == 1
    assert "was made by PostgreSQL 15, and this release brings PostgreSQL 18" in said
    assert (data / "PG_VERSION").read_text() == "15\n"


def counts(demo: Demo) -> list[tuple[str, int]]:
    """Of the tables that a second start might add to; sign-ins and jobs go on, and do not count."""
    tables = ("engagement", "deployment", "ledger_entry", "observation", "membership", "portal_user", "impact_report")
    return ask(demo, " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))


def ask(demo: Demo, sql: str) -> list[tuple]:
    connection = psycopg2.connect(postgres.status(demo.var / "pg").dsn)
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
