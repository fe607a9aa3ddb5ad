"""The forms of both sides' ratings: one for each kind and side, since each kind has its own words for a score."""

from typing import Any, cast

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programmes.domain.reporting import period_code
from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.models import SideRating
from programmes.selectors.ratings import anchors, open_to
from programmes.words import named, period_words
from ta_portal.ui.fields import ChoiceField, LanguageField, Placed, ProseField
from ta_portal.ui.forms import PortalForm


class ScoreField(Placed, forms.TypedChoiceField):
    """One of five scores, each in words."""

    # Whole sentences: it takes the line.
    width = " "


class RatingForm(PortalForm):
    """One side's score, with its reason."""

    kind: RatingKind
    side: RatingSide

    which = ChoiceField(label=_("What is rated"))
    score = ScoreField(label=_("Score"), coerce=int, widget=forms.RadioSelect)
    reason = ProseField(label=_("Why"), max_length=5000, help_text=_("The other side reads it once both are in."))
    language = LanguageField(label=_("Language of this text"))

    groups = ((_("Score"), ("score",)), (_("Reason"), ("reason", "language")))
    fixed = ("which",)
    places = {"starts": "which"}

    def offer(self) -> None:
        """What this side has not rated yet; of a rating that is there the one that it is of."""
        row, today = self.row, timezone.localdate()
        if isinstance(row, SideRating):
            found = [(row.starts, row.ends)]
        else:
            rateable = open_to(self.subject, kind=self.kind, side=self.side, today=today)
            found = [(days.first, days.last or days.first) for days in rateable]
        self.days = {period_code(*one): one for one in found}
        which, score = (cast(forms.ChoiceField, self.fields[name]) for name in ("which", "score"))
        which.choices = [(code, period_words(*one)) for code, one in self.days.items()]
        if not found:
            which.help_text = _("Nothing can be rated now: this side has rated all that has begun.")
        score.choices = [(number, f"{number} – {named(text)}") for number, text in anchors(self.kind).items()]

    def initial_of_new(self) -> dict[str, Any]:
        return {"language": get_language()}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        rated = cast(SideRating, row)
        return {**super().initial_of(row), "which": period_code(rated.starts, rated.ends)}

    def values(self) -> dict[str, Any]:
        given = super().values()
        if "which" in given:
            given["starts"] = self.days[given.pop("which")][0]
        return given


def rating_form(rated: RatingKind, by_side: RatingSide) -> type[RatingForm]:
    """The form of one kind for one side."""

    class Form(RatingForm):
        kind, side = rated, by_side

    return Form
