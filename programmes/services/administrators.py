"""The first person of an installation, whom nobody who is there already could let in."""

from collections.abc import Callable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from programmes.services.memberships import grant_membership
from programmes.services.service_accounts import system_author
from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from ta_portal.accounts.services import create_user
from ta_portal.audit import services as audit
from ta_portal.errors import InvalidInput


@transaction.atomic
def create_administrator(*, email: str, password: str, full_name: str = "") -> User:
    """Make an account that may do everything everywhere, and let it sign in with `password`.

    For whoever has the server's command line, and so the database. Raises InvalidInput for an address that is none or
    is taken, and for a password that is too weak.
    """
    _check("email", lambda: validate_email(email))
    if User.objects.filter(email__iexact=email).exists():
        raise InvalidInput.at("email", _("Somebody has the address {email} already.").format(email=email))
    _check("password", lambda: validate_password(password, User(email=email, full_name=full_name)))
    user = create_user(email=email, full_name=full_name, password=password)
    author = system_author()
    audit.record("user.created", target=user, by=author, administrator=True)
    grant_membership(user=user, role=Role.ADMINISTRATOR, by=author)
    return user


def _check(place: str, check: Callable[[], None]) -> None:
    try:
        check()
    except ValidationError as error:
        raise InvalidInput.at(place, " ".join(error.messages)) from error
