"""Both sides' ratings side by side, each score in words, and how far they lie apart."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.domain.ratings import mean, mean_gap
from programmes.domain.reporting import period_code
from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.models import SideRating
from programmes.selectors.ratings import Asked, Rated
from programmes.words import named, period_words
from programmes.words.ratings import KINDS, SIDES
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

_EMPTY = {
    RatingKind.TRACTION: gettext_lazy("No reporting period has begun: traction is rated period by period."),
    RatingKind.IMPACT: gettext_lazy("The engagement has not begun: impact is rated year by year."),
}
_WAITS = {
    RatingSide.MINISTRY: gettext_lazy("Waits for the ministry"),
    RatingSide.ADVISER: gettext_lazy("Waits for the adviser"),
}
_MEAN_PLACES = 1


def rating_table(
    kind: RatingKind, rows: Sequence[Rated], anchors: Mapping[int, str], *, to_change: Callable[[SideRating], str]
) -> Table[Rated]:
    """One kind by period or year, the last first; at its foot the means of what both sides have rated.

    `to_change` gives the address at which the reader may change a rating, or nothing.
    """
    pairs = [row.pair for row in rows]
    has_means = any(pair.gap is not None for pair in pairs)
    sides = {
        RatingSide.MINISTRY: [pair.ministry for pair in pairs],
        RatingSide.ADVISER: [pair.adviser for pair in pairs],
    }
    return Table(
        name=kind.value,
        caption=KINDS[kind],
        columns=[
            Column(gettext_lazy("Period"), _span, total=_("Mean of what both have rated") if has_means else ""),
            *(
                Column(
                    SIDES[side],
                    partial(_score, side, anchors, to_change),
                    wide=True,
                    total=_mean(mean(sides[side])) if has_means else "",
                )
                for side in RatingSide
            ),
            Column(gettext_lazy("Gap"), _gap, total=_mean_points(mean_gap(pairs)) if has_means else ""),
            Column(gettext_lazy("Status"), _status),
        ],
        rows=rows,
        empty=_EMPTY[kind],
        stacked=True,
    )


def asked_lines(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """The ratings that wait for the reader, one line for each engagement."""
    return [
        {
            "title": ngettext("%(count)d rating to give", "%(count)d ratings to give", one.count)
            % {"count": one.count},
            "url": reverse("programmes:ratings", args=[one.engagement.ref]),
            "engagement": one.engagement,
            "side": SIDES[one.side],
        }
        for one in asked
    ]


def change_address(rating: SideRating, ref: str) -> str:
    kind = f"{rating.kind}-by-{rating.side}"
    return reverse("programmes:change", args=[ref, kind, period_code(rating.starts, rating.ends)])


def _span(row: Rated) -> str:
    return period_words(row.days.first, row.days.last or row.days.first)


def _score(
    side: RatingSide, anchors: Mapping[int, str], to_change: Callable[[SideRating], str], row: Rated
) -> SafeString:
    rating = row.seen.get(side)
    if rating is None:
        if side in row.given:
            return format_html('<span class="muted">{}</span>', _("Given; shown once both sides are in"))
        return formats.missing(_("not rated"))
    said = format_html(
        "<strong>{}</strong> {}<small>{}</small><small>{} · {}</small>",
        formats.number(rating.score),
        named(anchors.get(rating.score, "")),
        said_in(rating.language, rating.reason),
        formats.bdi(rating.given_by),
        formats.day(rating.given_at),
    )
    if address := to_change(rating):
        return format_html('{}<small><a href="{}">{}</a></small>', said, address, _("Change"))
    return said


def said_in(language: str, text: str) -> SafeString:
    """A text that somebody wrote, in the language that they said; else as it begins."""
    if not language:
        return format_html('<span dir="auto">{}</span>', text)
    return format_html('<span dir="auto" lang="{}">{}</span>', language, text)


def _gap(row: Rated) -> SafeString:
    gap = row.pair.gap
    if gap is None:
        return formats.missing(_("not both rated"))
    return format_html("{}", ngettext("%(count)d point", "%(count)d points", gap) % {"count": gap})


def _mean(value: Fraction | None) -> SafeString:
    return formats.number(value, _MEAN_PLACES)


def _mean_points(value: Fraction | None) -> SafeString:
    if value is None:
        return formats.missing(_("not both rated"))
    # A fraction has no plural of its own: the unit is said after it.
    return format_html(_("{figure} points on the mean"), figure=formats.number(value, _MEAN_PLACES))


def _status(row: Rated) -> SafeString:
    if row.both_in:
        return tag(_("Both are in"), "good", "good")
    if not row.given:
        return tag(_("Not rated"), "none", "not-due")
    [missing] = set(RatingSide) - row.given
    return tag(_WAITS[missing], "none", "no-data")
