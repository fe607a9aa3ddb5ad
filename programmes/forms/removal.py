"""Why something is to be removed."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ta_portal.ui.fields import ProseField
from ta_portal.ui.forms import PortalForm


class RemovalForm(PortalForm):
    """A reason is always asked for: it is all that the history will say."""

    reason = ProseField(label=_("Reason"), rows=2, max_length=1000, help_text=_("It stays in the history."))

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        return {}
