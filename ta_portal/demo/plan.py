"""What the demo runs, in which order, and with which environment."""

import os
import sys
from collections.abc import Mapping, Sequence

from django.conf import settings

from ta_portal.demo.secrets_kept import kept_secret
from ta_portal.embedded.launcher import Child, Step
from ta_portal.embedded.readiness import http_answers, log_says

HOST = "127.0.0.1"


def address(port: int) -> str:
    return f"http://{HOST}:{port}/"


def plan(port: int) -> Sequence[Step | Child]:
    """Tables and sample data, a worker, one impact report that it makes, and the web server."""
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    return [
        Step("Preparation", [*manage, "demo_prepare"], tells_itself=True),
        Child("Worker", _worker(), ready=log_says(settings.VAR_DIR / "worker.log", " ready.")),
        Step("Impact report", [*manage, "demo_report"]),
        Child("Web server", _web_server(port), ready=http_answers(f"{address(port)}healthz")),
    ]


def _worker() -> list[str]:
    command = [sys.executable, "-m", "celery", "-A", "ta_portal", "worker", "--loglevel", "INFO"]
    # One process with the clock in it (-B): what two would cost in memory a demo does not get back.
    command += ["--pool", "threads", "--concurrency", "2", "-B", "--schedule", str(settings.VAR_DIR / "beat-schedule")]
    return [*command, "--without-gossip", "--without-mingle"]


def _web_server(port: int) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    return [*command, "--blocking-threads", "4", "--no-ws", "ta_portal.wsgi:application"]


def environment(port: int) -> Mapping[str, str]:
    """What the demo's processes are told, whatever directory or shell it was started from."""
    told = {
        "PORTAL_MODE": "demo",
        "PORTAL_URL": address(port),
        "PORTAL_VAR_DIR": str(settings.VAR_DIR),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])),
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": kept_secret(settings.VAR_DIR / "secrets", "secret_key"),
        "DEBUG": "no",
    }
    return {**os.environ, **told}
