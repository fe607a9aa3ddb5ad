"""Figures that a reviewer changed, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import ChangeReason, ChangeState

CHANGE_REASONS: dict[str, Promise] = {
    ChangeReason.UNIT: _("In another unit than the indicator’s"),
    ChangeReason.DECIMAL_MARK: _("A decimal mark in the wrong place"),
    ChangeReason.MISTYPED: _("A digit too many, too few or wrong"),
    ChangeReason.SWAPPED: _("In the place of another figure"),
    ChangeReason.OTHER: _("Another reason"),
}
# Of a figure, wherever it is explained.
CHANGE_STATES: dict[str, Promise] = {
    ChangeState.WAITING: _("Changed by the reviewer, not yet confirmed"),
    ChangeState.CONFIRMED: _("Changed by the reviewer, confirmed by the ministry"),
    ChangeState.LAPSED: _("Changed by the reviewer, counts as confirmed: no answer came"),
    ChangeState.DISPUTED: _("Changed by the reviewer, disputed by the ministry"),
    ChangeState.WITHDRAWN: _("Changed by the reviewer, opened again before an answer came"),
}
