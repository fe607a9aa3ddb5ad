"""A key to the API for oneself: what it may do, for how long, and from where."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ta_portal.api.holdable import ORDER, holdable_scopes
from ta_portal.api.scopes import READ
from ta_portal.api.services.tokens import LONGEST_DAYS
from ta_portal.ui.fields import ProseField, TextField, WholeField
from ta_portal.ui.forms import PortalForm

USUAL_DAYS = 90


class TokenForm(PortalForm):
    """Scopes are offered for what the reader holds; a token never does more than they do themselves."""

    places = {"scope": "scopes", "cidr": "cidrs"}

    name = TextField(label=_("Name"), max_length=120, help_text=_("What it is for, such as the program that uses it."))
    days = WholeField(
        label=_("Days until it ends"),
        least=1,
        most=LONGEST_DAYS,
        help_text=_("From 1 to 366. After that it opens nothing, and you make another."),
    )
    cidrs = ProseField(
        label=_("Allowed addresses"),
        rows=3,
        required=False,
        max_length=2000,
        help_text=_("One network a line, such as 192.0.2.0/24. Without any it works from everywhere."),
    )
    # Sent again, by a reload or a second click, it is the same form: it makes one token.
    once = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), error_messages={"required": _("Choose at least one thing that it may do.")}
    )

    def offer(self) -> None:
        self.offered = holdable_scopes(self.user)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(scope, scope) for scope in (READ, *(s for one in self.offered for s in one.scopes()))]
        self.fields["cidrs"].widget.attrs |= {"dir": "ltr", "spellcheck": "false", "class": "code"}

    def initial_of_new(self) -> dict[str, Any]:
        return {"days": USUAL_DAYS, "scopes": [READ], "once": uuid.uuid4()}

    def clean_once(self) -> uuid.UUID:
        return self.cleaned_data["once"] or uuid.uuid4()

    def clean_cidrs(self) -> list[str]:
        return str(self.cleaned_data["cidrs"]).split()

    def ticked(self) -> frozenset[str]:
        return frozenset(self["scopes"].value() or ())

    def reads_all(self) -> bool:
        return READ in self.ticked()

    def grid(self) -> Iterator[tuple[str, list[tuple[str, str, bool] | None]]]:
        """A line for each resource: for each verb its name, the scope and whether it is ticked; None if not held."""
        ticked = self.ticked()
        for one in self.offered:
            scopes = [(verb, f"{one.resource}:{verb}") for verb in ORDER]
            yield one.resource, [(v, s, s in ticked) if v in one.verbs else None for v, s in scopes]
