"""What a reader asks of the lists of programmes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.domain.reporting import period_code, quarters_back
from programmes.selectors.engagements import EngagementChoice, choices_to_offer
from programmes.words import STATUSES, named, period_words
from ta_portal.accounts.models import User
from ta_portal.i18n.sorting import alphabetical


@dataclass(frozen=True, slots=True)
class Clocks:
    """As of which day, from what was known when, and which observations count."""

    as_of: dt.date
    cut_off: dt.datetime
    least_status: str


class ClockForm(forms.Form):
    """The address of a figure of results: without an answer, as of today, from all that is accepted by now."""

    as_of = forms.DateField(required=False)
    known_at = forms.DateTimeField(required=False)
    counting = forms.ChoiceField(required=False, choices=[("accepted", ""), ("submitted", "")])

    def clocks(self) -> Clocks:
        """What was asked for; what cannot be used is taken as not given."""
        self.is_valid()
        given = self.cleaned_data
        return Clocks(
            as_of=given.get("as_of") or timezone.localdate(),
            cut_off=given.get("known_at") or timezone.now(),
            least_status=given.get("counting") or "accepted",
        )

    def address(self) -> dict[str, str]:
        """The same question again, for the links of the page."""
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name)}


class FilterForm(forms.Form):
    """A row of filters over a list."""

    def offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        """What can be chosen, after all of it."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("All")), *choices]


class EngagementFilterForm(FilterForm):
    """The row of filters over the list of engagements. What cannot be used is ignored: a list is never an error."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    status = forms.ChoiceField(label=_("Status"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    donor = forms.ChoiceField(label=_("Donor"), required=False)
    area = forms.ChoiceField(label=_("Practice area"), required=False)
    programme = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    institution = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = choices_to_offer(user)
        countries, areas = ([(code, named(name)) for code, name in offered[kind]] for kind in ("countries", "areas"))
        donors = offered["donors"]
        for choices in (countries, areas, donors):
            choices.sort(key=lambda choice: alphabetical(choice[1]))
        self.offer("status", STATUSES.items())
        self.offer("country", countries)
        self.offer("donor", donors)
        self.offer("area", areas)

    def choice(self) -> EngagementChoice:
        """What was asked for, as far as it can be used."""
        self.is_valid()
        given = self.cleaned_data
        return EngagementChoice(
            status=given.get("status", ""),
            country=given.get("country", ""),
            area=given.get("area", ""),
            words=given.get("q", ""),
            donor=given.get("donor", ""),
            programme=given.get("programme", ""),
            institution=given.get("institution", ""),
        )


class BoardFilterForm(EngagementFilterForm):
    """The row of filters over the board of reports: which months, and of which engagements."""

    STILL_OPEN = "open"
    QUARTERS = 9

    period = forms.ChoiceField(label=_("Period"), required=False)
    field_order = ("period", "q", "country", "donor", "area")

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        del self.fields["status"]
        quarters = quarters_back(today, self.QUARTERS)
        # The last one that is over stands first: it is what everybody was to report on.
        self._quarters = {period_code(*one): one for one in [quarters[1], quarters[0], *quarters[2:]]}
        words = [(code, period_words(*one, month="M")) for code, one in self._quarters.items()]
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [*words, (self.STILL_OPEN, _("Whatever is still open"))]

    def months(self) -> tuple[dt.date, dt.date] | None:
        """The quarter that was asked for, else the last one that is over; None for all that is still open."""
        self.is_valid()
        asked = self.cleaned_data.get("period", "")
        if asked == self.STILL_OPEN:
            return None
        return self._quarters.get(asked) or next(iter(self._quarters.values()))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.choice() or self.data.get("period"))
