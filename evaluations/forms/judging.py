"""Forms for judging: how ready the institution is, and what an evaluation found."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from evaluations.domain.vocabulary import Criterion, EvaluationKind, Side
from evaluations.models import RatingScale, ReadinessDimension, ReadinessSet
from evaluations.selectors.judging import readiness_set_of
from evaluations.services.evaluations import NewRecommendation
from evaluations.words import CRITERIA, KINDS, SIDES
from programmes.words import named
from ta_portal.ui.fields import DayField, Placed, ProseField, RowField, TextField, WholeField, WordField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.shares import choice_of

SCORES = (("", _("Not rated")), (0, _("0 absent")), (1, _("1 weak")), (2, _("2 adequate")), (3, _("3 strong")))
RECOMMENDATIONS = 6


class ScoreField(Placed, forms.TypedChoiceField):
    """How far one dimension is there, or not rated."""


class ReadinessForm(PortalForm):
    """One side's scores on one day, on the list that the engagement is judged by."""

    on_date = DayField(label=_("On"))
    side = WordField(Side, SIDES, label=_("Whose view"))
    label = TextField(label=_("Name"), max_length=60, required=False, help_text=_("start, mid, final"))

    def offer(self) -> None:
        self.readiness_set: ReadinessSet = readiness_set_of(self.subject)
        self.dimensions: list[ReadinessDimension] = list(self.readiness_set.dimensions.order_by("pk"))
        names = []
        for dimension in self.dimensions:
            name = f"score_{dimension.pk}"
            self.fields[name] = ScoreField(
                label=named(dimension.name), choices=SCORES, coerce=int, empty_value=None, required=False
            )
            names.append(name)
        self.groups = ((_("Dimension by dimension"), tuple(names)),)

    def initial_of_new(self) -> dict[str, Any]:
        return {"on_date": timezone.localdate(), "side": Side.DONOR}

    def values(self) -> dict[str, Any]:
        given = super().values()
        scores = {dimension: given.pop(f"score_{dimension.pk}") for dimension in self.dimensions}
        return {**given, "readiness_set": self.readiness_set, "scores": scores}


class EvaluationForm(PortalForm):
    """A rating for each criterion that was judged, and what is recommended, one a line."""

    kind = WordField(EvaluationKind, KINDS, label=_("Kind"))
    on_date = DayField(label=_("Date"))
    scale = RowField(label=_("Scale"), help_text=_("Ratings on two scales are never averaged."))
    independent = forms.BooleanField(label=_("It is independent of the provider"), required=False)

    places = {f"ratings.{criterion.value}": f"rating_{criterion.value}" for criterion in Criterion}

    def offer(self) -> None:
        choice_of(self, "scale").queryset = RatingScale.objects.order_by("code")
        choice_of(self, "scale").said = _scale
        for criterion in Criterion:
            self.fields[f"rating_{criterion.value}"] = WholeField(
                label=CRITERIA[criterion], least=0, most=10, required=False
            )
        for number in range(1, RECOMMENDATIONS + 1):
            self.fields[f"recommendation_{number}"] = ProseField(
                label=_t("Recommendation %(number)s") % {"number": number}, rows=2, required=False
            )
        self.groups = (
            (_("Ratings"), tuple(f"rating_{criterion.value}" for criterion in Criterion)),
            (_("What it asks for"), tuple(f"recommendation_{number}" for number in range(1, RECOMMENDATIONS + 1))),
        )

    def initial_of_new(self) -> dict[str, Any]:
        return {"on_date": timezone.localdate()}

    def values(self) -> dict[str, Any]:
        given = super().values()
        ratings = {criterion: given.pop(f"rating_{criterion.value}") for criterion in Criterion}
        texts = [given.pop(f"recommendation_{number}") for number in range(1, RECOMMENDATIONS + 1)]
        return {
            **given,
            "ratings": {criterion: value for criterion, value in ratings.items() if value is not None},
            "recommendations": [
                NewRecommendation(no=number, text=text) for number, text in enumerate(filter(None, texts), start=1)
            ],
        }


def _scale(scale: Any) -> str:
    return f"{named(scale.code)} ({scale.lowest}-{scale.lowest + scale.points - 1})"
