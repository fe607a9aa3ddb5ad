"""`manage.py create_administrator EMAIL`: the first person of an installation."""

import secrets
import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from programmes.services.administrators import create_administrator
from ta_portal.api.commands import PortalCommand


class Command(PortalCommand):
    help = "Make an administrator. Prints a password made for them, and only it, on stdout, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="whom to let in")
        parser.add_argument("--name", default="", help="their name")
        parser.add_argument("--stdin", action="store_true", help="read the password from stdin instead; prints nothing")

    def handle(self, *args: Any, email: str, name: str, stdin: bool, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if stdin else secrets.token_urlsafe(18)
        user = create_administrator(email=email, password=password, full_name=name)
        if not stdin:
            self.stdout.write(password)
        self.tell(_("{email} may do everything. The password is not shown again.").format(email=user.email))
