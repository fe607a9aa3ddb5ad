"""What is said of a figure that looks wrong, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.domain.doubts import Doubt

DOUBTS: dict[str, Promise] = {
    Doubt.BELOW_ZERO: _("It is below zero."),
    Doubt.NOT_A_SHARE: _("It is more than 100 percent."),
    Doubt.TIMES_1000: _("It is about 1,000 times the last figure."),
    Doubt.TIMES_100: _("It is about 100 times the last figure."),
    Doubt.TIMES_10: _("It is about 10 times the last figure."),
    Doubt.ONE_1000TH: _("It is about a thousandth of the last figure."),
    Doubt.ONE_100TH: _("It is about a hundredth of the last figure."),
    Doubt.ONE_10TH: _("It is about a tenth of the last figure."),
    Doubt.FALLS: _("It falls, and never did before."),
    Doubt.JUMPS: _("It is far from the figures before it."),
    Doubt.WORSE: _("It is worse than where it started."),
}
