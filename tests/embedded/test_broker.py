"""Celery over a folder, and over Redis: the same tasks, run by a worker in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kombu import Connection

from ta_portal.embedded import broker
from ta_portal.embedded.readiness import wait_until
from tests import left_over

PROJECT = Path(broker.__file__).parents[2]

# A task that adds a line to a file: how often it ran is how many lines there are.
TASKS = """
import os, time
from pathlib import Path
from celery import Celery
from ta_portal.embedded.broker import celery_settings
app = Celery("tasks")
app.conf.update(celery_settings(os.environ.get("REDIS_URL", ""), Path(os.environ["FOLDER"])))
app.conf.task_default_queue = os.environ["QUEUE"]
@app.task
def note(word, seconds=0):
    with Path(os.environ["NOTES"]).open("a") as notes: notes.write(f"{word}\\n")
    time.sleep(seconds)
    if seconds: Path(os.environ["NOTES"]).with_name("finished").touch()
"""
WORKER = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "-P", "threads", "-c", "2", "--without-gossip"]


@pytest.fixture
def environment(folder):
    (folder / "tasks.py").write_text(TASKS)
    return {
        **left_over.mark(),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{PROJECT}{os.pathsep}{folder}",
        "FOLDER": str(folder / "broker"),
        "NOTES": str(folder / "notes"),
        "QUEUE": folder.name.replace(" ", "-"),
    }


@pytest.fixture
def worker(environment, folder):
    """Starts a worker; at the end all of them are told to end, and must."""
    started = []

    def start():
        with (folder / "worker.log").open("a") as log:
            process = subprocess.Popen(WORKER, env=environment, stdout=log, stderr=log, cwd=folder)
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    assert [process.wait(30) for process in started]


def publish(environment, *calls):
    """Publish from another process, as a web server does."""
    code = "from tasks import note\n" + "\n".join(f"note.delay({', '.join(map(repr, call))})" for call in calls)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd="/")


def noted(environment):
    notes = Path(environment["NOTES"])
    return notes.read_text().split() if notes.exists() else []


def run_through(environment, worker):
    words = [f"word-{number}" for number in range(20)]
    (Path(environment["FOLDER"])).mkdir(exist_ok=True)
    publish(environment, *[[word] for word in words])
    worker()
    assert wait_until(lambda: len(noted(environment)) >= len(words), 30)
    assert sorted(noted(environment)) == sorted(words)


def test_a_worker_runs_each_task_once_over_the_folder(environment, worker):
    run_through(environment, worker)


@pytest.mark.server
def test_a_worker_runs_each_task_once_over_redis(environment, worker):
    environment["REDIS_URL"] = "redis://127.0.0.1:6379/9"
    run_through(environment, worker)


def test_an_orderly_stop_lets_a_running_task_finish(environment, worker, folder):
    Path(environment["FOLDER"]).mkdir()
    publish(environment, ["long", 2])
    started = worker()
    assert wait_until(lambda: noted(environment) == ["long"], 30)

    started.terminate()
    started.wait(30)

    assert (folder / "finished").exists()


def test_asking_for_the_settings_makes_no_folder(folder):
    settings = broker.celery_settings("", folder / "broker")

    assert not (folder / "broker").exists()
    options = {name: settings[f"broker_{name}"] for name in ("transport", "transport_options")}
    with Connection(settings["broker_url"], **options) as connection:
        connection.SimpleQueue("celery").close()
    assert sorted(path.name for path in (folder / "broker").iterdir()) == ["control", "queue", "taken"]


READER = """
import sys
from pathlib import Path
from kombu import Connection
from ta_portal.embedded.broker import celery_settings
settings = celery_settings("", Path(sys.argv[1]))
options = settings["broker_transport_options"] | {"polling_interval": 0.001}
got = []
with Connection("filesystem://", transport=settings["broker_transport"], transport_options=options) as connection:
    queue = connection.SimpleQueue("celery")
    if sys.argv[2] == "write":
        for number in range(500): queue.put({"number": number, "pad": "x" * 500})
    else:
        try:
            while True:
                message = queue.get(timeout=3); message.ack(); got.append(message.payload["number"])
        except queue.Empty: print(len(got))
"""


def test_no_message_is_read_half_written_or_twice(folder):
    def process(act):
        return subprocess.Popen(
            [sys.executable, "-c", READER, str(folder / "broker"), act],
            stdout=subprocess.PIPE,
            text=True,
            env={**left_over.mark(), "PYTHONPATH": str(PROJECT), "PATH": os.environ["PATH"]},
        )

    readers, writers = [process("read") for _ in range(2)], [process("write") for _ in range(2)]

    assert [writer.communicate(timeout=60)[0] for writer in writers] == ["", ""]
    counts = [int(reader.communicate(timeout=60)[0]) for reader in readers]
    assert sum(counts) == 1000
    assert [path for name in ("queue", "taken") for path in (folder / "broker" / name).iterdir()] == []
