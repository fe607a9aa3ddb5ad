"""How one wants to be told: a choice for each kind of message."""

from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from ta_portal.mail.models import Delivery
from ta_portal.mail.selectors import choices_of, kinds_for
from ta_portal.ui.forms import PortalForm

DELIVERIES = {
    Delivery.NOW: pgettext_lazy("an e-mail", "At once"),
    Delivery.DAILY: pgettext_lazy("an e-mail", "Together, once a day"),
    Delivery.WEEKLY: pgettext_lazy("an e-mail", "Together, once a week"),
    Delivery.INBOX: pgettext_lazy("an e-mail", "None, only in the inbox"),
}


class ChoicesForm(PortalForm):
    """One field for each kind that concerns the reader, named as the kind is."""

    def offer(self) -> None:
        chosen = choices_of(self.user)
        for kind in kinds_for(self.user):
            options = [(delivery.value, word) for delivery, word in DELIVERIES.items()]
            self.fields[kind.key] = forms.ChoiceField(label=str(kind.label), choices=options, initial=chosen[kind.key])

    def values(self) -> dict[str, Any]:
        return {"choices": super().values()}
