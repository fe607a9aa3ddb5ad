"""What does not hold of an engagement's results, and what can be done about it, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.domain.data_quality import Check

FINDINGS: dict[Check, Promise] = {
    Check.LATE: _("Periods that were due are not reported"),
    Check.NO_BASELINE: _("There is no baseline"),
    Check.DIRECTION: _("The target lies against the direction"),
    Check.NOT_ADDING_UP: _("The parts of the last figure do not make its total"),
    Check.JUMP: _("The last figure is far from those before it"),
    Check.FALLING: _("It falls, and never did before"),
    Check.NO_EVIDENCE: _("The last figure names no source and no file stands behind it"),
    Check.ONE_REPORTER: _("One person alone has reported"),
}
REMEDIES: dict[Check, Promise] = {
    Check.LATE: _("Report what is missing, or say why it is not reported."),
    Check.NO_BASELINE: _("Give the baseline and its day; until then no progress can be said."),
    Check.DIRECTION: _("Look at the direction, the baseline and the target: one of them is not meant so."),
    Check.NOT_ADDING_UP: _("Correct the parts or the total."),
    Check.JUMP: _("Correct the figure, or confirm it in the report."),
    Check.FALLING: _("Correct the figure, or confirm it in the report."),
    Check.NO_EVIDENCE: _("Name the source of the figure, or add a file to its report."),
    Check.ONE_REPORTER: _("Let a second person report or check a period."),
}
