"""Accounts: people who sign in, and services that act on their own. Who may make one is asked above this kit."""

from django.db import transaction

from ta_portal.accounts.models import User

# Reserved by RFC 2606: no mail can ever reach, or come from, such an address.
_SERVICE_DOMAIN = "service.invalid"


@transaction.atomic
def create_user(*, email: str, full_name: str = "", language: str = "en", password: str | None = None) -> User:
    """Make an account for a person; without a password nobody can sign in until one is set."""
    return User.objects.create_user(email, password, full_name=full_name, language=language)


@transaction.atomic
def choose_density(*, user: User, density: str) -> None:
    """Show `user` every page as close or as roomy as they want it; empty leaves it to each page again."""
    user.density = density
    user.save(update_fields=["density"])


@transaction.atomic
def service_user(name: str) -> User:
    """The account of the service `name`, made on first use. It has no password: nobody can sign in as it."""
    user, _ = User.objects.get_or_create(
        email=f"{name}@{_SERVICE_DOMAIN}",
        defaults={"full_name": name.capitalize(), "is_service": True, "password": _no_password()},
    )
    return user


def _no_password() -> str:
    nobody = User()
    nobody.set_unusable_password()
    return nobody.password
