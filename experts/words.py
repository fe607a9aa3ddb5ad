"""What the closed lists of deployments are called on pages, in the reader's language."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from experts.domain.vocabulary import DeploymentStatus, ExpertKind
from ta_portal.ui.statuses import tag

STATUSES: dict[str, Promise] = {
    DeploymentStatus.PROPOSED: pgettext_lazy("deployment", "Proposed"),
    DeploymentStatus.CONFIRMED: pgettext_lazy("deployment", "Confirmed"),
    DeploymentStatus.IN_FIELD: _("In the field"),
    DeploymentStatus.COMPLETED: pgettext_lazy("deployment", "Completed"),
    DeploymentStatus.CANCELLED: pgettext_lazy("deployment", "Cancelled"),
}
_TONES = {DeploymentStatus.IN_FIELD: "good", DeploymentStatus.PROPOSED: "warn"}

KINDS: dict[str, Promise] = {
    ExpertKind.INTERNATIONAL: _("International"),
    ExpertKind.REGIONAL: _("Regional"),
    ExpertKind.NATIONAL: _("National"),
}

# What fields are called in a history where no form asks for them.
FIELDS: dict[str, Promise] = {
    "source": _("Source"),
    "source_code": _("Reference there"),
    "user": _("Person"),
    "kind": _("Kind"),
    "grade": _("Grade"),
    "code": _("Code"),
    "expert": _("Expert"),
    "during": _("Runs from and to"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "profile": _("Profile"),
    "position": _("Position"),
    "days_brought_forward": _("Days worked before"),
    "status": _("Status"),
}

# What the acts of the audit trail are called.
ACTS: dict[str, Promise] = {
    "deployment.added": _("Deployment added"),
    "deployment.changed": _("Deployment changed"),
    "deployment.removed": _("Deployment removed"),
    "expert.added": _("Expert added"),
    "expert.account_given": _("Account given to an expert"),
    "deployment.status_changed": _("Status of a deployment changed"),
    "rate_card.set": _("Daily rate set"),
}


def status_tag(status: str) -> SafeString:
    """The status of a deployment in a pill."""
    return tag(STATUSES[status], _TONES.get(DeploymentStatus(status), "none"))
