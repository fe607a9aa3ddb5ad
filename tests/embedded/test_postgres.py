"""The embedded server: started, shared, stopped, and what it makes of what it finds."""

import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg2
import pytest

from ta_portal.embedded import place, postgres
from ta_portal.embedded.readiness import wait_until
from tests.embedded.conftest import servers_in

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root can become somebody else")


def ask(server, sql):
    connection = psycopg2.connect(server.dsn)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


START = (
    "import sys; from pathlib import Path; from ta_portal.embedded import postgres; "
    "print(postgres.start(Path(sys.argv[1])).pid)"
)


def starting(data_dir):
    """A process of its own that starts the server of this folder."""
    return subprocess.Popen([sys.executable, "-c", START, str(data_dir)], stdout=subprocess.PIPE, text=True)


def as_nobody(act):
    """What an act gives, or complains of, when another account does it."""

    def become_and_act(answers):
        os.setgroups([])
        os.setgid(numbers[1])
        os.setuid(numbers[0])
        try:
            answers.put(act())
        except (postgres.EmbeddedPostgresFailed, psycopg2.OperationalError) as problem:
            answers.put(str(problem))

    numbers = place.account_numbers("nobody")
    # Forked, not started anew: the interpreter may lie where the other account cannot reach it.
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    process = fork.Process(target=become_and_act, args=[answers])
    process.start()
    process.join(60)
    assert process.exitcode == 0
    return answers.get()


def test_a_server_is_made_and_answers_as_postgresql_18_in_a_path_with_a_space(folder):
    with postgres.serving(folder / "pg") as server:
        [[version, folded, encoding]] = ask(
            server, "SELECT current_setting('server_version'), lower('É'), current_setting('server_encoding')"
        )

    assert version.startswith("18.")
    assert (folded, encoding) == ("é", "UTF8")
    assert postgres.status(folder / "pg") is None


def test_rows_outlive_the_server(folder):
    with postgres.serving(folder / "pg") as server:
        ask(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")

    with postgres.serving(folder / "pg") as server:
        assert ask(server, "SELECT count(*) FROM kept") == [(1000,)]


def test_nobody_else_can_enter_the_data_folder(folder):
    with postgres.serving(folder / "pg") as server:
        assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700


def test_a_second_user_joins_the_server_that_runs_and_leaves_it_running(folder):
    with postgres.serving(folder / "pg") as first:
        with postgres.serving(folder / "pg") as second:
            assert second == first
        assert postgres.status(folder / "pg") == first
    assert postgres.status(folder / "pg") is None


def test_the_last_user_out_stops_the_server_even_if_another_started_it(folder):
    code = (
        "import sys; from pathlib import Path; from ta_portal.embedded import postgres as p\n"
        "with p.serving(Path(sys.argv[1])) as server: print(server.pid, flush=True); input()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "pg")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pid = int(starter.stdout.readline())
    with postgres.serving(folder / "pg") as server:
        starter.communicate("\n")

        assert server.pid == pid
        assert postgres.status(folder / "pg") == server
    assert postgres.status(folder / "pg") is None


def test_many_processes_start_one_server(folder):
    racers = [starting(folder / "pg") for _ in range(4)]

    pids = {racer.communicate(timeout=60)[0].strip() for racer in racers}

    assert {str(process.pid) for process in servers_in(folder) if "-D" in process.cmdline()} == pids
    assert len(pids) == 1
    assert postgres.stop(folder / "pg") is True
    assert postgres.stop(folder / "pg") is False


def test_two_folders_have_two_databases(folder):
    with postgres.serving(folder / "one") as one, postgres.serving(folder / "two") as two:
        ask(one, "CREATE TABLE only_here ()")

        assert ask(two, "SELECT to_regclass('only_here')") == [(None,)]


def test_a_killed_server_is_started_again_with_what_was_committed(folder):
    with postgres.serving(folder / "pg") as server:
        ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
        os.kill(server.pid, signal.SIGKILL)

        again = postgres.start(folder / "pg")

        assert again.pid != server.pid
        assert ask(again, "SELECT n FROM kept") == [(1,)]


def test_a_stranger_with_the_old_number_is_left_alone(folder):
    server = postgres.start(folder / "pg")
    stranger = subprocess.Popen(["sleep", "60"])
    notes = (server.data_dir / "postmaster.pid").read_text()
    os.kill(server.pid, signal.SIGKILL)
    reused = notes.replace(str(server.pid), str(stranger.pid), 1)
    (server.data_dir / "postmaster.pid").write_text(reused)
    (server.data_dir / ".s.PGSQL.5432.lock").write_text(reused)

    assert postgres.status(folder / "pg") is None
    assert ask(postgres.start(folder / "pg"), "SELECT 1") == [(1,)]

    postgres.stop(folder / "pg")
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_start_killed_half_way_leaves_nothing_half_made(folder):
    racer = starting(folder / "pg")
    assert wait_until(lambda: any(folder.glob("pg.new-*")), 30)
    racer.kill()
    racer.communicate()

    server = postgres.start(folder / "pg")

    assert ask(server, "SELECT 1") == [(1,)]
    postgres.stop(folder / "pg")
    assert sorted(path.name for path in folder.glob("pg*")) == ["pg", "pg.run"]


@pytest.mark.parametrize("name", ['it\'s "odd" $HOME, é', "deep/" * 40 + "pg"])
def test_any_path_will_do(folder, name):
    with postgres.serving(folder / name) as server:
        assert ask(server, "SELECT 1") == [(1,)]

    assert Path(server.socket_dir) == server.data_dir or not Path(server.socket_dir).exists()


def test_data_of_another_release_is_refused(folder):
    with postgres.serving(folder / "pg") as server:
        data = server.data_dir
    (data / "PG_VERSION").write_text("16\n")

    with pytest.raises(postgres.EmbeddedPostgresFailed, match="made by PostgreSQL 16"):
        postgres.start(folder / "pg")


def test_a_folder_with_other_files_is_refused_and_kept(folder):
    (folder / "pg").mkdir()
    (folder / "pg" / "thesis.txt").write_text("mine")

    with pytest.raises(postgres.EmbeddedPostgresFailed, match="other files"):
        postgres.start(folder / "pg")

    assert (folder / "pg" / "thesis.txt").read_text() == "mine"


@needs_root
def test_root_runs_it_under_the_account_of_its_own_and_opens_no_folder(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    said = []

    with postgres.serving(closed / "pg", say=said.append) as server:
        assert psutil.Process(server.pid).username() == place.ACCOUNT
        assert place.STATE in server.data_dir.parents

    shutil.rmtree(server.data_dir.parent)
    [sentence] = said
    assert str(server.data_dir) in sentence
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_another_account_neither_connects_nor_takes_the_folder(folder):
    with postgres.serving(folder / "pg") as server:
        assert "Permission denied" in as_nobody(lambda: psycopg2.connect(server.dsn).status)
        assert "belongs to another account" in as_nobody(lambda: postgres.start(folder / "pg").pid)


@needs_root
def test_an_ordinary_account_runs_it_as_itself(folder):
    own = folder / "own"
    own.mkdir()
    os.chown(own, *place.account_numbers("nobody"))

    pid = as_nobody(lambda: postgres.start(own / "pg").pid)

    assert psutil.Process(pid).username() == "nobody"
    assert postgres.stop(own / "pg")
