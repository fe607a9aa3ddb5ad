"""What people are told about: the kinds of messages, in the order in which the account page asks about them."""

from django.utils.translation import gettext_lazy as _

from ta_portal.access.permissions import Permission
from ta_portal.mail.kinds import MessageKind

SUBMITTED = MessageKind(
    "progress.submitted", 10, _("A progress report was sent for review"), Permission.PROGRESS_REVIEW
)
RETURNED = MessageKind("progress.returned", 20, _("A report that I sent was returned"), Permission.PROGRESS_LOG)
ACCEPTED = MessageKind("progress.accepted", 30, _("A report that I sent was accepted"), Permission.PROGRESS_LOG)

KINDS = (SUBMITTED, RETURNED, ACCEPTED)
