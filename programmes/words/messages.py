"""What people are told about: the kinds of messages, in the order in which the account page asks about them."""

from django.utils.translation import gettext_lazy as _

from ta_portal.access.permissions import Permission
from ta_portal.mail.kinds import MessageKind

VISA = MessageKind("progress.visa", 8, _("A progress report waits for my visa"), Permission.PROGRESS_LOG)
SUBMITTED = MessageKind(
    "progress.submitted", 10, _("A progress report was sent for review"), Permission.PROGRESS_REVIEW
)
RETURNED = MessageKind("progress.returned", 20, _("A report that I sent was returned"), Permission.PROGRESS_LOG)
ACCEPTED = MessageKind("progress.accepted", 30, _("A report that I sent was accepted"), Permission.PROGRESS_LOG)
CHANGED = MessageKind(
    "progress.changed", 32, _("A report that I sent was accepted with changed figures"), Permission.PROGRESS_LOG
)
DISPUTED = MessageKind(
    "progress.disputed", 34, _("A figure that I changed in a review is disputed"), Permission.PROGRESS_REVIEW
)
DUE = MessageKind("progress.due", 40, _("A report that I write is due before long"), Permission.PROGRESS_LOG)
OVERDUE = MessageKind("progress.overdue", 50, _("A report that I write is overdue"), Permission.PROGRESS_LOG)
RISK_REVIEW = MessageKind("risk.review", 60, _("A risk is to be reviewed"), Permission.ENGAGEMENT_VIEW)
ENGAGEMENT_ENDS = MessageKind(
    "engagement.ends", 70, _("An engagement ends in 180, 90 or 30 days"), Permission.ENGAGEMENT_CHANGE
)
AGREEMENT_ENDS = MessageKind(
    "agreement.ends", 80, _("A funding agreement ends in 180, 90 or 30 days"), Permission.BUDGET_CHANGE
)

COMMITMENT_OVERDUE = MessageKind(
    "commitment.overdue",
    65,
    _("Something that an institution has committed itself to is overdue"),
    Permission.ENGAGEMENT_VIEW,
)

_OF_REPORTS = (VISA, SUBMITTED, RETURNED, ACCEPTED, CHANGED, DISPUTED, DUE, OVERDUE)
KINDS = (*_OF_REPORTS, RISK_REVIEW, COMMITMENT_OVERDUE, ENGAGEMENT_ENDS, AGREEMENT_ENDS)
