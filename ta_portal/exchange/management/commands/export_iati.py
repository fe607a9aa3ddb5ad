"""manage.py export_iati [--scope ...] -o FILE: engagements as IATI 2.03, with every broken rule in words."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from programmes.services.service_accounts import system_author
from ta_portal.accounts.models import User
from ta_portal.api.commands import PortalCommand
from ta_portal.errors import InvalidInput, NotFound
from ta_portal.exchange.iati.exporter import Exported, export_activities


class Command(PortalCommand):
    help = "Write engagements as an IATI 2.03 activity file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scope",
            default="portfolio",
            metavar="SCOPE",
            help="portfolio (the default), or engagement:REF, programme:CODE, country:ISO2, area:CODE, donor:CODE",
        )
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the file to write")
        parser.add_argument("--user", metavar="EMAIL", help="as whom: what they may not export stays out")
        parser.add_argument("--strict", action="store_true", help="write nothing if a rule of the standard is broken")

    def handle(self, *args: Any, scope: str, output: Path, user: str | None, strict: bool, **options: Any) -> None:
        try:
            exported = export_activities(scope=scope, path=output, by=_acting(user), strict=strict)
        except OSError as fault:
            raise InvalidInput.at(
                str(output), _("The file cannot be written: {reason}.").format(reason=fault.strerror)
            ) from fault
        self._tell(exported)
        self.stdout.write(_("{count} activities written to {file}.").format(count=exported.activities, file=output))

    def _tell(self, exported: Exported) -> None:
        for breach in exported.breaches:
            self.tell(f"{breach.ref}: {breach.sentence} [{breach.rule}] {breach.page}")
        if exported.internal:
            self.tell(
                _("{count} of them are internal: the portal does not show them to the public.").format(
                    count=exported.internal
                )
            )


def _acting(email: str | None) -> User:
    if email is None:
        return system_author()
    found = User.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise NotFound(_("There is no user {email}.").format(email=email))
    return found
