"""The services of the compose file, run by hand with their own commands: on a PostgreSQL server and Redis."""

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from contextlib import closing, suppress

import psycopg2
import pytest

from ta_portal.embedded.readiness import port_is_free, wait_until
from tests import left_over
from tests.conftest import PROJECT
from tests.deployment.test_compose import SERVICES

pytestmark = pytest.mark.server

SERVER = "postgresql://postgres@127.0.0.1:5432"
REDIS = "redis://127.0.0.1:6379/11"
PORT = next(port for port in range(8310, 8400) if port_is_free(port))
HOST = "portal.example.org"
TOKEN = secrets.token_urlsafe(48)


def as_superuser(*statements, database="postgres"):
    with closing(psycopg2.connect(f"{SERVER}/{database}")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None


class Deployment:
    """A database, two roles and the environment of production; services start from the compose file's commands."""

    def __init__(self, folder):
        mark = secrets.token_hex(4)
        self.database, self.owner, self.app = f"deployed_{mark}", f"owner_{mark}", f"app_{mark}"
        self.folder, self.running = folder, []
        self.word = secrets.token_urlsafe(24)
        as_superuser(
            f"CREATE ROLE {self.owner} LOGIN CREATEROLE PASSWORD '{self.word}'",
            f"CREATE DATABASE {self.database} OWNER {self.owner}",
            f"GRANT pg_read_all_stats TO {self.owner} WITH ADMIN OPTION",
        )
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **left_over.mark(),
            "PYTHONPATH": str(PROJECT),
            "PORTAL_MODE": "production",
            "PORTAL_VAR_DIR": str(folder / "var"),
            "STATIC_ROOT": str(folder / "static"),
            "ALLOWED_HOSTS": HOST,
            "EMAIL_URL": "smtp://mail.invalid:25",
            "PORTAL_URL": f"https://{HOST}/",
            "REDIS_URL": REDIS,
            "METRICS_TOKEN": TOKEN,
            "DATABASE_URL_FILE": self._secret("database_url", self.address(self.app)),
            "SECRET_KEY_FILE": self._secret("secret_key", secrets.token_urlsafe(64)),
        }

    def address(self, role):
        return f"postgresql://{role}:{self.word}@127.0.0.1:5432/{self.database}"

    def _secret(self, name, text):
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o600)
        return str(file)

    def command_of(self, service):
        """As the compose file has it, with this machine's Python, port and folder."""
        words = ["-m" if word == "" else word for word in SERVICES[service]["command"]]
        words = [{"8000": str(PORT), "0.0.0.0": "127.0.0.1"}.get(word, word) for word in words]
        words = [word.replace("/tmp/beat-schedule", str(self.folder / "beat-schedule")) for word in words]
        return [sys.executable, *words[1:]] if words[0] == "python" else [sys.executable, "-m", *words]

    def run(self, *words, **environment):
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment | environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, service):
        log = (self.folder / f"{service}.log").open("w")
        self.running.append(
            subprocess.Popen(self.command_of(service), env=self.environment, cwd=PROJECT, stdout=log, stderr=log)
        )
        log.close()

    def log(self, service):
        return (self.folder / f"{service}.log").read_text()

    def job_states(self):
        return as_superuser("SELECT state FROM job", database=self.database)

    def end(self):
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(30)
        as_superuser(f"DROP DATABASE {self.database} WITH (FORCE)", f"DROP ROLE IF EXISTS {self.app}")
        with suppress(psycopg2.Error):
            as_superuser(f"DROP ROLE {self.owner}")


ASK_FOR_A_REPORT = """
from evaluations.services.roll_up import request_report
from ta_portal.accounts.models import User
request_report(by=User.objects.get(email="first@example.org"))
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    one = Deployment(tmp_path_factory.mktemp("deployed"))
    try:
        static = one.run("manage.py", "collectstatic", "--no-input")
        assert static.returncode == 0, static.stderr
        done = subprocess.run(
            one.command_of("setup"),
            env=one.environment
            | {"DATABASE_URL_FILE": one._secret("owner_url", one.address(one.owner))}
            | {"APPLICATION_DATABASE_URL": one.address(one.app)},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert f"{one.app} may add to" in done.stdout
        for service in ("web", "worker", "beat"):
            one.start(service)
        assert wait_until(lambda: ask("/readyz")[0] == 200, 60, every=0.2), one.log("web")
        made = one.run("manage.py", "create_administrator", "first@example.org", "--name", "First")
        assert len(made.stdout.strip()) >= 20, made.stderr
        asked = one.run("manage.py", "shell", "-c", ASK_FOR_A_REPORT)
        assert asked.returncode == 0, asked.stderr
        assert wait_until(lambda: one.job_states() == [("done",)], 60, every=0.2), one.log("worker")
        yield one
    finally:
        one.end()


def ask(path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}")
    for name, value in {"Host": HOST, "X-Forwarded-Proto": "https", **headers}.items():
        request.add_header(name.replace("_", "-"), value)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError as silence:
        return 0, str(silence)


def test_web_worker_and_clock_start_from_their_commands_and_a_job_is_done(deployed):
    assert json.loads(ask("/readyz")[1]) == {"ready": True, "missing": [], "degraded": []}
    assert deployed.job_states() == [("done",)]
    assert wait_until(lambda: "Scheduler: Sending due task sweep" in deployed.log("beat"), 60, every=0.5)

    # What the services' own health checks ask.
    probe = SERVICES["web"]["healthcheck"]["test"][2:]
    assert deployed.run(*probe, PORT=str(PORT)).returncode == 0
    for service in ("worker", "beat"):
        check = SERVICES[service]["healthcheck"]["test"][2:]
        assert wait_until(lambda words=check: deployed.run(*words).returncode == 0, 60, every=1), service


def test_its_logs_are_one_json_object_a_line(deployed):
    ours = [line for line in deployed.log("worker").splitlines() if line.startswith("{")]
    done = [json.loads(line) for line in ours if '"event": "job"' in line]

    assert [(line["kind"], line["state"]) for line in done] == [("roll_up", "done")]
    # What is no JSON is Celery's own greeting and the web server's.
    assert [line for line in deployed.log("web").splitlines() if line.startswith("{") and not json.loads(line)] == []


def test_metrics_are_for_the_token_alone(deployed):
    assert ask("/metrics")[0] == 404
    status, text = ask("/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    assert "portal_database_up 1.0" in text


def test_the_installation_is_well(deployed):
    wait_until(lambda: deployed.run("manage.py", "doctor", "--only", "Clock").returncode == 0, 60, every=1)
    done = deployed.run("manage.py", "doctor", "--json")
    wrong = [one for one in json.loads(done.stdout)["findings"] if not one["well"]]

    assert wrong == []
    assert done.returncode == 0


def test_the_deployment_check_has_nothing_to_say(deployed):
    done = deployed.run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


def test_setting_up_again_changes_nothing(deployed):
    again = deployed.run(
        "manage.py", "set_up", DATABASE_URL_FILE=str(deployed.folder / "owner_url"),
        APPLICATION_DATABASE_URL=deployed.address(deployed.app),
    )  # fmt: skip

    assert again.returncode == 0, again.stderr
    assert "No migrations to apply" in again.stdout


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE impact_row DISABLE TRIGGER ALL",
        "TRUNCATE audit_event",
        "DROP TABLE impact_row",
        "UPDATE impact_row SET value = 0",
        "DELETE FROM audit_event",
        # What would get past a trigger does not get past a missing right.
        "SET pgtrigger.ignore = '{audit_event:append_only}'; UPDATE audit_event SET verb = 'x'",
        "CREATE TABLE mine (id int)",
        "DELETE FROM django_migrations",
    ],
)
def test_the_applications_role_cannot_rewrite_history(deployed, statement):
    with (
        closing(psycopg2.connect(deployed.address(deployed.app))) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute(statement)
