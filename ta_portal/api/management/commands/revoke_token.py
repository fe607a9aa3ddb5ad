"""`revoke_token PREFIX`: a key to the API that opens nothing any more."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ta_portal.api.commands import PortalCommand
from ta_portal.api.models import ApiToken
from ta_portal.api.services.tokens import revoke_token
from ta_portal.errors import InvalidInput


class Command(PortalCommand):
    help = "Revoke an API token for good, by its prefix: what stands before the dot. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", metavar="PREFIX", help="tap_ and twelve digits; the whole token will do as well")

    def handle(self, *args: Any, **options: Any) -> None:
        prefix = options["prefix"].partition(".")[0]
        token = ApiToken.objects.select_related("user").filter(prefix=prefix).first()
        if token is None:
            raise InvalidInput.at("prefix", _("there is no token {prefix}.").format(prefix=prefix))
        revoke_token(token_id=token.pk, by=None)
        self.tell(_("{prefix} of {email} opens nothing any more.").format(prefix=prefix, email=token.user.email))
