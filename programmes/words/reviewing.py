"""Visas and turns, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import StepState

STEP_STATES: dict[str, Promise] = {
    StepState.WAITING: _("Not yet decided"),
    StepState.ACCEPTED: _("Accepted"),
    StepState.RETURNED: _("Returned"),
    StepState.DROPPED: _("Not reached"),
}
PLAN_FIELDS: dict[str, Promise] = {
    "visa_by": _("Visa by"),
    "first": _("First reviewer"),
    "second": _("Second reviewer"),
    "third": _("Third reviewer"),
}
