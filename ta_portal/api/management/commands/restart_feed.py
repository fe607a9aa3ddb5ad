"""`restart_feed`: after a restore, begin the feed of changes anew."""

from typing import Any

from django.utils.translation import gettext as _

from ta_portal.api.commands import PortalCommand
from ta_portal.changes.feed import begin_new_generation


class Command(PortalCommand):
    help = "Stamp every row anew and end all watermarks (410). Needed once after a restore, before anybody is let in."

    def handle(self, *args: Any, **options: Any) -> None:
        begin_new_generation()
        self.tell(_("The feed begins anew: clients are told to read everything again."))
