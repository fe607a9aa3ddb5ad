"""Both sides' ratings in the reader's words."""

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.words import period_words

KINDS: dict[str, Promise] = {RatingKind.TRACTION: _("Traction"), RatingKind.IMPACT: _("Impact on the institution")}
SIDES: dict[str, Promise] = {RatingSide.MINISTRY: _("The ministry"), RatingSide.ADVISER: _("The adviser")}

# What each side is asked to do.
TO_RATE: dict[tuple[RatingKind, RatingSide], Promise] = {
    (RatingKind.TRACTION, RatingSide.MINISTRY): _("Rate traction for the ministry"),
    (RatingKind.IMPACT, RatingSide.MINISTRY): _("Rate impact for the ministry"),
    (RatingKind.TRACTION, RatingSide.ADVISER): _("Rate traction for the adviser"),
    (RatingKind.IMPACT, RatingSide.ADVISER): _("Rate impact for the adviser"),
}
TO_CHANGE: dict[tuple[RatingKind, RatingSide], Promise] = {
    (RatingKind.TRACTION, RatingSide.MINISTRY): _("Change the ministry’s rating of traction"),
    (RatingKind.IMPACT, RatingSide.MINISTRY): _("Change the ministry’s rating of impact"),
    (RatingKind.TRACTION, RatingSide.ADVISER): _("Change the adviser’s rating of traction"),
    (RatingKind.IMPACT, RatingSide.ADVISER): _("Change the adviser’s rating of impact"),
}

# What is told of a rating in a history.
FIELDS: dict[str, Promise] = {
    "kind": _("What is rated"),
    "period": _("Reporting period"),
    "starts": _("First day"),
    "ends": _("Last day"),
    "side": _("Side"),
    "score": _("Score"),
    "reason": _("Reason"),
    "language": _("Language"),
    "given_by": _("Rated by"),
    "given_at": _("Rated on"),
    "shown_at": _("Shown to all since"),
}
ACTS: dict[str, Promise] = {
    "side_rating.given": _("One side’s rating given"),
    "side_rating.changed": _("One side’s rating changed"),
    "side_rating.shown": _("Ratings of both sides shown"),
}


def rating_words(kind: str, starts: dt.date, ends: dt.date, side: str) -> str:
    """Which rating it is: what was rated, of when, by which side."""
    parts = {"kind": KINDS[kind], "period": period_words(starts, ends), "side": SIDES[side]}
    return _t("%(kind)s, %(period)s: %(side)s") % parts
