"""What a reader asks of the cost pages."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from costing.domain.openness import is_open_day
from costing.domain.summary import AskedFigure
from costing.domain.vocabulary import Basis, By, Figure
from costing.words import BASES, FIGURES, GROUPINGS
from programmes.models import Currency, Engagement
from ta_portal.ui.seals import is_sealed


@dataclass(frozen=True, slots=True)
class Asked:
    """Which costs: grouped how, in which currency (None: the programme's own), as of when, all bases or one."""

    by: By
    currency: str | None
    as_of: dt.date
    basis: Basis | None


class CostForm(forms.Form):
    """How to show the costs of an engagement. Without an answer: by category, in its own currency, as of today."""

    by = forms.ChoiceField(label=_("By"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    basis = forms.ChoiceField(label=_("Basis"), required=False)
    as_of = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, engagement: Engagement, groupings: list[By], any_day: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.any_day = any_day
        self.fields["by"] = _choice(_("By"), [(by, GROUPINGS[by]) for by in groupings])
        self.fields["currency"] = _choice(_("Currency"), [(code, code) for code in _currencies(engagement)])
        self.fields["basis"] = _choice(_("Basis"), [("", _("All, compared")), *BASES.items()])

    def clean_as_of(self) -> dt.date | None:
        return _open_day(self.cleaned_data["as_of"], any_day=self.any_day)

    def asked(self) -> Asked:
        """What was asked for; what cannot be used is said at its field and taken as not given."""
        self.is_valid()
        given = self.cleaned_data
        return Asked(
            by=By(given.get("by") or By.CATEGORY),
            currency=given.get("currency") or None,
            as_of=given.get("as_of") or timezone.localdate(),
            basis=Basis(given["basis"]) if given.get("basis") else None,
        )


class ExplainForm(CostForm):
    """The address of a figure. Without `known_at` it is explained from what is known now.

    From one moment to the next single payments become known, which would tell them apart: those who may not ask of any
    day are explained only the moments that the portal sealed, those of reports.
    """

    group = forms.CharField(required=False, max_length=120)
    known_at = forms.DateTimeField(required=False)
    sealed = forms.CharField(required=False, max_length=120)

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, engagement=engagement, **kwargs)
        self.engagement = engagement
        self.fields["basis"] = _choice(_("Basis"), list(FIGURES.items()))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        moment = self.data.get("known_at", "")
        if not self.any_day and not is_sealed(given.get("sealed", ""), self.engagement.ref, moment):
            given["known_at"] = None
        return given

    def figure(self) -> AskedFigure:
        """What was asked for; what cannot be used is taken as not given."""
        self.is_valid()
        given = self.cleaned_data
        return AskedFigure(
            figure=Figure(given.get("basis") or Figure.ACTUAL),
            group=given.get("group") or "total",
            by=By(given.get("by") or By.CATEGORY),
            currency=given.get("currency") or None,
            as_of=given.get("as_of") or timezone.localdate(),
            cut_off=given.get("known_at") or timezone.now(),
        )


class PortfolioCostForm(forms.Form):
    """The address of a figure of the portfolio's costs; the currency alone is asked on the page."""

    currency = forms.ChoiceField(label=_("Currency"), required=False)
    basis = forms.ChoiceField(required=False, choices=list(FIGURES.items()))
    group = forms.CharField(required=False, max_length=120)
    as_of = forms.DateField(required=False)
    known_at = forms.DateTimeField(required=False)

    def __init__(self, *args: Any, any_day: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.any_day = any_day
        codes = [(code, code) for code in Currency.objects.values_list("pk", flat=True)]
        self.fields["currency"] = _choice(_("Currency"), [("", _("Their own")), *codes])

    def clean_as_of(self) -> dt.date | None:
        return _open_day(self.cleaned_data["as_of"], any_day=self.any_day)

    def clean_known_at(self) -> dt.datetime | None:
        """From one moment to the next single payments become known, which would tell them apart."""
        given: dt.datetime | None = self.cleaned_data["known_at"]
        return given if self.any_day else None

    def figure(self) -> AskedFigure:
        """What was asked for; what cannot be used is taken as not given."""
        self.is_valid()
        given = self.cleaned_data
        return AskedFigure(
            figure=Figure(given.get("basis") or Figure.ACTUAL),
            group=given.get("group") or "total",
            by=By.CATEGORY,
            currency=given.get("currency") or None,
            as_of=given.get("as_of") or timezone.localdate(),
            cut_off=given.get("known_at") or timezone.now(),
        )


def _open_day(given: dt.date | None, *, any_day: bool) -> dt.date | None:
    """Two days within a year would tell single payments apart (`costing.domain.openness`)."""
    if given and not any_day and not is_open_day(given, timezone.localdate()):
        raise forms.ValidationError(_("Choose today or the end of a year: other days can lead to a person's rate."))
    return given


def _choice(label: Any, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices)


def _currencies(engagement: Engagement) -> list[str]:
    """The programme's own first, then every other that the portal knows."""
    own = engagement.programme.currency_id
    return [own, *Currency.objects.exclude(pk=own).values_list("pk", flat=True)]
