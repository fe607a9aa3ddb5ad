"""The form of a note for the donor's eyes."""

from typing import Any, cast

from django import forms
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programmes.models import RestrictedNote, Risk
from programmes.selectors.notes import shown_ratings
from programmes.words import named
from programmes.words.ratings import rating_words
from ta_portal.access.permissions import Permission
from ta_portal.ui.fields import ChoiceField, LanguageField, ProseField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.roles import who_may

_WHOLE = ""


class NoteForm(PortalForm):
    """What is noted, and about what: the engagement as a whole, one of its risks, a rating that both sides gave."""

    about = ChoiceField(label=_("About"), required=False)
    text = ProseField(label=_("Note"), rows=6)
    language = LanguageField(label=_("Language of this text"))

    fixed = ("about",)
    places = {"risk": "about", "rating": "about"}

    def offer(self) -> None:
        self.rows: dict[str, dict[str, models.Model]] = {}
        choices: list[tuple[str, str]] = [(_WHOLE, str(_("The engagement as a whole")))]
        for risk in Risk.objects.filter(engagement=self.subject).order_by("code"):
            self.rows[f"risk-{risk.pk}"] = {"risk": risk}
            choices.append((f"risk-{risk.pk}", f"{risk.code} {named(risk.title)}"))
        for rating in shown_ratings(self.subject):
            self.rows[f"rating-{rating.pk}"] = {"rating": rating}
            words = rating_words(rating.kind, rating.starts, rating.ends, rating.side)
            choices.append((f"rating-{rating.pk}", words))
        cast(forms.ChoiceField, self.fields["about"]).choices = choices
        self.fields["text"].help_text = who_may(Permission.NOTE_VIEW)

    def initial_of_new(self) -> dict[str, Any]:
        return {"language": get_language()}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        note = cast(RestrictedNote, row)
        about = f"risk-{note.risk_id}" if note.risk_id else f"rating-{note.rating_id}" if note.rating_id else _WHOLE
        return {**super().initial_of(row), "about": about}

    def values(self) -> dict[str, Any]:
        given = super().values()
        about = self.rows.get(given.pop("about", _WHOLE), {})
        return {**given, **about}
