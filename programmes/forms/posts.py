"""Forms for an institution's posts: the post, who holds it from a day on, who stands in, who leaves."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.models import PostHolder
from ta_portal.ui.fields import CodeInputField, DayField, TextField
from ta_portal.ui.forms import PortalForm

_NAME = _("As it should be read by whoever sees the institution’s engagements.")
_EMAIL = _(
    "The address with which they sign in. No account is made here: leave it empty for somebody who has none yet; they "
    "are named, without access, until their address is given."
)


class PostForm(PortalForm):
    """A post that engagements work with."""

    title = forms.CharField(label=_("Post"), max_length=300, help_text=_("Head of the audit department, and not who."))
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the institution: AUD-1."))
    unit = TextField(label=_("Unit"), required=False, max_length=300)
    gives_access = forms.BooleanField(
        label=_("Whoever holds it is a liaison of the institution, from their first day to their last"), required=False
    )


class _PersonForm(PortalForm):
    """Who it is."""

    name = TextField(label=_("Name"), max_length=200, help_text=_NAME)
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_EMAIL)


class HandOverForm(_PersonForm):
    """Who holds the post from a day on."""

    on = DayField(label=_("First day"), help_text=_("Whoever holds the post until then leaves it the day before."))

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        return {"on": timezone.localdate()}


class DeputyForm(_PersonForm):
    """Who stands in for the post's holder, and when."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        return {"first_day": timezone.localdate()}


class HolderForm(_PersonForm):
    """Somebody in a post: how they are called, who they are, and their last day."""

    last_day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Access that the post gives ends with it. Leave it empty while nobody knows."),
    )

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        assert isinstance(row, PostHolder)  # noqa: S101 - for the type checker
        email = row.user.email if row.user else ""
        return {"name": row.name, "email": email, "last_day": row.last_day}
