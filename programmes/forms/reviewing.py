"""The forms of visas and turns: who decides on an engagement's reports, a visa, and somebody in another's place."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from programmes.forms.report import ACT
from programmes.selectors.reviewing import possible_directors, possible_reviewers
from programmes.words.reviewing import PLAN_FIELDS
from ta_portal.accounts.models import User
from ta_portal.ui.fields import ProseField, RowField
from ta_portal.ui.forms import PortalForm

GIVE = "give"


def _people(keys: Collection[int]) -> Any:
    return User.objects.filter(pk__in=keys).order_by("full_name", "email")


class ReviewPlanForm(PortalForm):
    """Who decides on the reports of an engagement (`subject`), and in which order."""

    visa_by = RowField(
        label=PLAN_FIELDS["visa_by"],
        required=False,
        help_text=_("A director of the ministry, who sees each report before it is sent. None: it is sent at once."),
    )
    first = RowField(
        label=PLAN_FIELDS["first"],
        required=False,
        help_text=_("None: whoever may review decides. Else they accept in this order, and the last one counts."),
    )
    second = RowField(label=PLAN_FIELDS["second"], required=False)
    third = RowField(label=PLAN_FIELDS["third"], required=False)

    def offer(self) -> None:
        """Who is named already stays to be chosen: that they may decide no more is said when it is saved."""
        reviewers = possible_reviewers(self.subject)
        for name in PLAN_FIELDS:
            keys = set(possible_directors(self.subject) if name == "visa_by" else reviewers)
            now = getattr(self.row, f"{name}_id", None)
            choice = self.fields[name]
            assert isinstance(choice, RowField)  # noqa: S101 - for the type checker
            choice.queryset = _people(keys | ({now} if now else set()))


class VisaForm(PortalForm):
    """The director's word on a report."""

    note = ProseField(label=_("What should be mended"), required=False, rows=3, max_length=5000)

    @property
    def gives(self) -> bool:
        return bool(self.data.get(ACT) == GIVE)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.gives and cleaned.get("note"):
            self.add_error("note", _("You asked something: send the report back, or clear what you asked."))
        return cleaned


class ReplacementForm(PortalForm):
    """Somebody in the place of who has the turn; `subject` is the keys of those who may take it."""

    person = RowField(label=_("Decides instead"))
    reason = ProseField(label=_("Why"), rows=2, max_length=2000, help_text=_("It stays on record."))

    def offer(self) -> None:
        choice = self.fields["person"]
        assert isinstance(choice, RowField)  # noqa: S101 - for the type checker
        choice.queryset = _people(self.subject)
