"""`create_token EMAIL --scope read --days 90`: a key to the API, printed once."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ta_portal.accounts.models import User
from ta_portal.api.commands import PortalCommand
from ta_portal.api.resources import resource_names
from ta_portal.api.scopes import check_scopes
from ta_portal.api.services.tokens import create_token
from ta_portal.errors import InvalidInput


class Command(PortalCommand):
    help = "Make an API token for a user and print it, and only it, on stdout. It is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="whom the token acts for")
        parser.add_argument(
            "--scope", action="append", metavar="SCOPE", help="read (the default), or resource:verb; may be repeated"
        )
        parser.add_argument("--days", type=int, default=90, help="how long it lives, 1 to 366 days (90)")
        parser.add_argument("--name", default="", help="what it is for")
        parser.add_argument(
            "--cidr", action="append", default=[], metavar="NETWORK", help="a network it may be used from; repeatable"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise InvalidInput.at("email", _("nobody here has the address {email}.").format(email=options["email"]))
        scopes = options["scope"] or ["read"]
        check_scopes(scopes, resources=resource_names())
        token = create_token(
            user=user, scopes=scopes, days=options["days"], by=None, name=options["name"], cidrs=options["cidr"]
        )
        self.stdout.write(token.text)
        self.tell(
            _("Acts as {email} until {until:%Y-%m-%d}, for: {scopes}. It is not shown again.").format(
                email=user.email, until=token.row.expires_at, scopes=", ".join(token.row.scopes)
            )
        )
