"""What an outcome and an engagement come to: the members of each mean with their weights, down to the mean itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programmes.domain.results import RATING_CUT_OFFS, EngagementResults, OutcomeAnswer
from programmes.selectors.framework import IndicatorRow, OutcomeRows
from programmes.tables.results import PLACES, figure
from programmes.words import REASONS, named
from ta_portal.ui import formats
from ta_portal.ui.explanations import Explanation
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

TOP = Fraction(100)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a mean: what it reached, what of that counts, and its weight; `why` it does not count."""

    name: SafeString
    reached: Fraction | None
    counts: Fraction | None
    weight: Fraction
    why: object = ""

    @property
    def weighted(self) -> Fraction | None:
        return None if self.counts is None else self.counts * self.weight


def outcome_explained(ref: str, outcome: OutcomeRows, address: dict[str, str]) -> Explanation:
    """The mean of an outcome's indicators, each capped to 0..100, and the rating that follows from it."""
    answer = outcome.answer
    assert answer is not None  # noqa: S101 - the caller found it by its code
    members = [_indicator(ref, row, address) for row in outcome.indicators]
    return Explanation(
        what=format_html("{}: {}", formats.bdi(answer.title), _("mean progress")),
        figure=formats.pct(answer.result.mean_capped_progress_pct, PLACES),
        rule=_("The weighted mean of the indicators that have a progress, each capped to 0 and 100."),
        tables=[_member_table(members, _("Indicators"), _("Indicator"))],
        foot=formats.pct(_mean(members), PLACES),
        working=_working(members),
        notes=[*_rating_note(answer, members), *_left_out(members)],
    )


def engagement_explained(ref: str, results: EngagementResults, address: dict[str, str]) -> Explanation:
    """The weighted mean of an engagement's outcomes."""
    members = [_outcome(outcome, address) for outcome in results.outcomes]
    return Explanation(
        what=_("Progress of the engagement"),
        figure=formats.pct(results.mean_capped_progress_pct, PLACES),
        rule=_("The weighted mean of the outcomes that have a progress."),
        tables=[_member_table(members, _("Outcomes"), _("Outcome"))],
        foot=formats.pct(_mean(members), PLACES),
        working=_working(members),
        notes=_left_out(members),
    )


def indicator_address(ref: str, code: str, address: dict[str, str] | None = None) -> str:
    query = f"?{urlencode(address)}" if address else ""
    return reverse("programmes:indicator", args=[ref, code]) + query


def _indicator(ref: str, row: IndicatorRow, address: dict[str, str]) -> Member:
    progress, why = row.answer.result.progress_pct, row.answer.result.no_progress
    return Member(
        name=format_html(
            '<a href="{}">{}</a><small>{}</small>',
            indicator_address(ref, row.sheet.code, address),
            formats.bdi(named(row.sheet.title)),
            formats.bdi(row.sheet.code, "ltr"),
        ),
        reached=progress,
        counts=None if progress is None else min(max(progress, Fraction(0)), TOP),
        weight=Fraction(row.sheet.weight),
        why=REASONS[why] if why else "",
    )


def _outcome(answer: OutcomeAnswer, address: dict[str, str]) -> Member:
    mean = answer.result.mean_capped_progress_pct
    return Member(
        name=format_html(
            '<a href="?{}">{}</a><small>{}</small>',
            urlencode({**address, "outcome": answer.code}),
            formats.bdi(answer.title),
            formats.bdi(answer.code, "ltr"),
        ),
        reached=mean,
        counts=mean,
        weight=Fraction(answer.weight),
        why=_("none of its indicators has a progress") if mean is None else "",
    )


def _member_table(members: Sequence[Member], caption: str, heading: str) -> Table[Member]:
    counted = [member for member in members if member.counts is not None]
    weight = sum((member.weight for member in counted), Fraction(0))
    weighted = sum((member.weighted or Fraction(0) for member in counted), Fraction(0))
    return Table(
        name="members",
        caption=caption,
        columns=[
            Column(heading, lambda member: member.name, total=_("Those that count")),
            Column(_("Progress"), lambda member: formats.pct(member.reached, PLACES), numeric=True),
            Column(_("Capped"), lambda member: formats.pct(member.counts, PLACES), numeric=True),
            Column(_("Weight"), lambda member: figure(member.weight), numeric=True, total=figure(weight)),
            Column(
                _("Capped × weight"),
                lambda member: formats.number(member.weighted, PLACES),
                numeric=True,
                total=formats.number(weighted, PLACES),
            ),
            Column(_("Counts"), _counts),
        ],
        rows=members,
        empty=_("There is nothing to take a mean of."),
        stacked=True,
    )


def _counts(member: Member) -> SafeString:
    if member.counts is None:
        return format_html("{}<small>{}</small>", tag(_("Not in the mean")), member.why)
    return tag(_("Counts"), "good", "tick")


def _mean(members: Sequence[Member]) -> Fraction | None:
    counted = [member for member in members if member.weighted is not None]
    weight = sum((member.weight for member in counted), Fraction(0))
    total = sum((member.weighted or Fraction(0) for member in counted), Fraction(0))
    return total / weight if weight else None


def _working(members: Sequence[Member]) -> SafeString | str:
    counted = [member for member in members if member.weighted is not None]
    weight = sum((member.weight for member in counted), Fraction(0))
    if not weight:
        return ""
    total = sum((member.weighted or Fraction(0) for member in counted), Fraction(0))
    return format_html("{} ÷ {} =", formats.number(total, PLACES), figure(weight))


def _rating_note(answer: OutcomeAnswer, members: Sequence[Member]) -> list[str]:
    """The rating of the mean: one, and one more for each cut-off that it reaches."""
    mean = _mean(members)
    if mean is None:
        return [_("Without a mean there is no rating.")]
    rating = 1 + sum(mean >= Fraction(cut_off) for cut_off in RATING_CUT_OFFS)
    second, third, fourth = RATING_CUT_OFFS
    said = _(
        "Rated %(rating)d of 4: 2 from %(second)s%%, 3 from %(third)s%%, 4 from %(fourth)s%%, compared before rounding."
    )
    return [said % {"rating": rating, "second": second, "third": third, "fourth": fourth}]


def _left_out(members: Sequence[Member]) -> list[str]:
    missing = sum(1 for member in members if member.counts is None)
    return [_("%(count)d have no progress and are left out, never taken as 0.") % {"count": missing}] if missing else []
