"""What a reader asks of a history: whose acts, on what, and when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.forms.filters import FilterForm
from programmes.selectors.history import HistoryChoice, Place
from ta_portal.accounts.models import User
from ta_portal.i18n.sorting import alphabetical
from ta_portal.registry.histories import histories

THE_PORTAL = "portal"
_LARGEST = 2**63 - 1


class PlaceForm(forms.Form):
    """Between which acts a page begins: those before one, or those after it."""

    before = forms.IntegerField(required=False, min_value=0, max_value=_LARGEST)
    after = forms.IntegerField(required=False, min_value=0, max_value=_LARGEST)

    def place(self) -> Place:
        self.is_valid()
        return Place(self.cleaned_data.get("before"), self.cleaned_data.get("after"))


class HistoryFilterForm(FilterForm):
    """The row of filters over a history. What cannot be used is ignored: a history is never an error."""

    engagement = forms.CharField(label=_("Engagement"), required=False, max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    by = forms.ChoiceField(label=_("Who"), required=False)
    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, people: list[User], of_one: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_one:
            del self.fields["engagement"]
        kinds = sorted(((one.table, str(one.name)) for one in histories()), key=lambda kind: alphabetical(kind[1]))
        self.offer("kind", kinds)
        self.offer("by", [*((str(user.pk), str(user)) for user in people), (THE_PORTAL, _("The portal itself"))])

    def choice(self) -> HistoryChoice:
        """What was asked for, as far as it can be used."""
        self.is_valid()
        given = self.cleaned_data
        return HistoryChoice(
            kind=given.get("kind", ""),
            by=given.get("by", ""),
            engagement=given.get("engagement", ""),
            since=given.get("since"),
            until=given.get("until"),
        )
