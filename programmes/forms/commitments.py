"""Forms for what an institution has committed itself to."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programmes.domain.vocabulary import CommitmentKind
from programmes.models import CounterpartPost
from programmes.words import COMMITMENT_KINDS
from ta_portal.ui.fields import CodeInputField, DayField, ProseField, RowField, WordField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.shares import choice_of

_SHOWN_BY = _("What shows it: the number of a decree, a page of the budget, names.")


class CommitmentForm(PortalForm):
    """One thing that the institution does itself, by a day."""

    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: C1."))
    kind = WordField(CommitmentKind, COMMITMENT_KINDS, label=_("Kind"))
    text = forms.CharField(
        label=pgettext_lazy("of an institution", "Commitment"),
        max_length=500,
        help_text=_("What the institution will do."),
    )
    post = RowField(label=_("Post that answers for it"), required=False)
    due = DayField(label=_("Due on"))
    done = DayField(label=_("Done on"), required=False)
    done_note = ProseField(label=_("What shows that it was done"), required=False, rows=2, help_text=_SHOWN_BY)

    def offer(self) -> None:
        posts = CounterpartPost.objects.filter(institution=self.subject.institution_id).order_by("code")
        choice_of(self, "post").queryset = posts


class CompletionForm(PortalForm):
    """When it was done, and what shows it."""

    done = DayField(label=_("Done on"))
    done_note = ProseField(label=_("What shows that it was done"), required=False, rows=2, help_text=_SHOWN_BY)

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        return {**super().initial_of(row), "done": getattr(row, "done", None) or timezone.localdate()}
