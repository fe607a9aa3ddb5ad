"""`manage.py set_up`: what a deployment does once at each start, before web, worker and clock."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from ta_portal import env
from ta_portal.deployment.roles import secure_database


class Command(BaseCommand):
    help = "Migrate as the database's owner, and grant the application's role what it needs. Safe to repeat."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        application = env.database("APPLICATION_DATABASE_URL")
        if application is None:
            raise CommandError("APPLICATION_DATABASE_URL is not set: it names the role that the portal runs as.")
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        protected = secure_database(application["USER"], application["PASSWORD"])
        self.stdout.write(f"{application['USER']} may add to {len(protected)} append-only tables, and change none.")
