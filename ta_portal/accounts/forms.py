"""Signing in: as django-allauth does it, and what of it may stay on the device."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

# In the session of who said at sign-in that others use the computer too.
SHARED_COMPUTER = "shared_computer"
_UNTIL_THE_BROWSER_CLOSES = 0


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """A shared computer keeps neither the session nor what is typed, whatever else is ticked."""

    shared_computer = forms.BooleanField(
        label=_("This is a shared computer"),
        help_text=_("You are signed out when the browser closes, and nothing that you type is kept on it."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = _("Stay signed in on this computer")

    def login(self, request: Any, redirect_url: str | None = None) -> Any:
        response = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data["shared_computer"]:
            request.session[SHARED_COMPUTER] = True
            request.session.set_expiry(_UNTIL_THE_BROWSER_CLOSES)
        return response
