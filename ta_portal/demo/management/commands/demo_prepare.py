"""A part of `manage.py demo`: tables, reference data, sample engagements, people, collected files. Safe to repeat."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from programmes.tasks import remind_of
from ta_portal.api.commands import PortalCommand
from ta_portal.demo.personas import make_people
from ta_portal.demo.scenarios import SCENARIOS
from ta_portal.embedded.progress import timed
from ta_portal.exchange.scenario.loader import LoadedDifferently, load_scenario


class Command(PortalCommand):
    help = "Prepare the demo's database and files (a part of: manage.py demo)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if later := _migrations_of_a_later_release():
            raise CommandError(
                f"The data in {settings.VAR_DIR} was made by a later release of the portal (it has {later[0]}). "
                "Nothing was changed: run that release, or move the folder away to start afresh."
            )
        with timed("Tables and reference data", self._say):
            call_command("migrate", interactive=False, verbosity=0)
        for title, path in SCENARIOS.items():
            with timed(f"Scenario {title}", self._say):
                is_as_here = self._bring_in(path)
            if not is_as_here:
                self._say(
                    f"    Another version of it is here already, and was kept as it is. To see this one, move "
                    f"{settings.VAR_DIR} away and start again."
                )
        with timed("People to sign in as", self._say):
            make_people()
        # A demo is seldom up at the hour at which the clock asks for it.
        with timed("What they are reminded of", self._say):
            remind_of(timezone.localdate())
        with timed("Static files", self._say):
            call_command("collectstatic", interactive=False, verbosity=0)

    def _bring_in(self, path: Path) -> bool:
        """Load the scenario, unless it is here; False where what is here came from a file that said something else."""
        try:
            loaded = load_scenario(path.read_bytes())
        except LoadedDifferently as refusal:
            self.tell(refusal.message)
            return False
        for warning in loaded.warnings:
            self.tell(warning)
        return True

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _migrations_of_a_later_release() -> list[str]:
    """What has been applied here and comes after all that this release knows. One that was merged away comes before."""
    last: dict[str, str] = {}
    for app, name in MigrationLoader(None).disk_migrations:
        last[app] = max(name, last.get(app, ""))
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if name > last.get(app, name))
