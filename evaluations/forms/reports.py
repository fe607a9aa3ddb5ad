"""What is asked of an impact report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.domain.rollup import ScopeKind
from evaluations.selectors.report_choices import ScopeChoice, scopes_to_choose
from evaluations.words import SCOPES
from programmes.models import Currency
from programmes.words import named
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput


class ReportForm(forms.Form):
    """A scope that the reader may run reports on, the day it speaks of, and the currency it counts in."""

    scope = forms.ChoiceField(label=_("About"))
    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        help_text=_("Today if left empty."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    currency = forms.ModelChoiceField(
        label=_("Currency"),
        queryset=Currency.objects.all(),
        required=False,
        empty_label=_("Its own, else US dollars"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"] = forms.ChoiceField(label=_("About"), choices=_grouped(scopes_to_choose(user)))

    def refuse(self, error: InvalidInput) -> None:
        """Say at the fields what the service found wrong."""
        for fault in error.faults:
            self.add_error(fault.place if fault.place in self.fields else None, fault.message)


def _grouped(choices: Any) -> list[Any]:
    """As a list with groups, the whole portfolio first and alone."""
    found: list[Any] = []
    for kind in (
        ScopeKind.PORTFOLIO,
        ScopeKind.PROGRAMME,
        ScopeKind.COUNTRY,
        ScopeKind.AREA,
        ScopeKind.DONOR,
        ScopeKind.ENGAGEMENT,
    ):
        of_kind: list[ScopeChoice] = [choice for choice in choices if choice.kind is kind]
        if kind is ScopeKind.PORTFOLIO:
            found += [(choice.value, SCOPES[kind]) for choice in of_kind]
        elif of_kind:
            found.append((SCOPES[kind], [(choice.value, named(choice.name)) for choice in of_kind]))
    return found
