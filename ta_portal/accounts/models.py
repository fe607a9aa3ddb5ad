"""Who signs in. What somebody may see or do is a matter of memberships (programmes), never of a flag here."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who signs in by e-mail; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class Density(models.TextChoices):
    """How close the rows and the buttons of pages stand, where somebody has a choice of their own."""

    COMPACT = "compact", _("Compact: more on a screen")
    ROOMY = "roomy", _("Roomy: larger rows and buttons")


class User(AbstractBaseUser):
    """A person, or a service that acts on its own (loaders, the nightly roll-up)."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    # Empty: as the cookie or the browser says.
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    # Empty: as each page suits; those that liaisons fill in on a phone are roomy.
    density = models.CharField(_("density"), max_length=10, choices=Density.choices, blank=True, default="")
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_service = models.BooleanField(_("not a person"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        db_table = "portal_user"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case"),
            models.CheckConstraint(condition=Q(density__in=["", *Density.values]), name="user_density_known"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email
