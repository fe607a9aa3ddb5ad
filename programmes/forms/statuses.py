"""The next step of an engagement."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import EngagementStatus
from programmes.selectors.statuses import steps_from
from programmes.words import STATUSES
from ta_portal.ui.fields import ProseField, WordField
from ta_portal.ui.forms import PortalForm


class StatusForm(PortalForm):
    to = WordField(EngagementStatus, STATUSES, label=_("Becomes"))
    reason = ProseField(label=_("Reason"), required=False, rows=2, max_length=1000, help_text=_("It stays on record."))

    def offer(self) -> None:
        """Only what can follow; what is missing for it is said when it is asked for."""
        choice = self.fields["to"]
        assert isinstance(choice, WordField)  # noqa: S101 - for the type checker
        following = [(step.to.value, STATUSES[step.to]) for step in steps_from(self.subject)]
        choice.choices = [("", _("Choose one")), *following]

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        return {}
