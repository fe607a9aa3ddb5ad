"""`manage.py demo`: from nothing to a running portal, in one command and one folder."""

import os
import sys
import time
import webbrowser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ta_portal import env
from ta_portal.demo.personas import PERSONAS, password
from ta_portal.demo.plan import address, environment, plan
from ta_portal.embedded.launcher import Launcher, unusable
from ta_portal.embedded.readiness import port_is_free


class Command(BaseCommand):
    help = "Run the whole portal with sample data: database, worker, one impact report, web server. Ctrl-C ends it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where the web server listens (default: 8000)")
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")

    def handle(self, *args: Any, port: int, no_browser: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This installation is in production: the demo does not run here.")
        if not port_is_free(port):
            raise CommandError(
                f"Port {port} is in use. End what listens there, or choose another: demo --port {port + 1}"
            )
        try:
            told = environment(port)
        except OSError as problem:
            raise CommandError(unusable(settings.VAR_DIR, problem)) from problem
        launcher = Launcher(
            settings.VAR_DIR,
            plan(port),
            environment=told,
            database=not env.text("DATABASE_URL"),
            when_up=partial(self._welcome, port, not no_browser, time.monotonic()),
            say=self._say,
        )
        sys.exit(launcher.run())

    def _welcome(self, port: int, browser: bool, begun: float) -> None:
        self._say(f"\nThe portal is ready after {time.monotonic() - begun:.0f} s: {address(port)}")
        self._say("Its sign-in page offers each of these people in one click; with a password they are:")
        for persona in PERSONAS:
            self._say(f"  {persona.email:<31} {password(persona):<18} {persona.role}")
        self._say(f"\nNo e-mail leaves it. What it sends, as its administrator reads it: {address(port)}demo/outbox/")
        self._say("All data is sample data. Ctrl-C ends the portal; its data stays in " + str(settings.VAR_DIR))
        if browser and _has_display():
            webbrowser.open(address(port))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
