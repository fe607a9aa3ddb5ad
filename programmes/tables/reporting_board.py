"""The board of reports in words: who has reported, who has not, and who was not asked."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.domain.vocabulary import ReviewState
from programmes.models import Engagement, ProgressReport
from programmes.selectors.reporting_board import BoardCount
from programmes.tables.progress import age, due_tag, report_address, state_tag
from programmes.words import period_words
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table


def board_verdict(count: BoardCount) -> str:
    """The worst that can be said of all of them, in a sentence."""
    if not count.asked:
        return _("No report is asked for here.")
    if count.overdue:
        said = ngettext("%(count)d report is overdue.", "%(count)d reports are overdue.", count.overdue)
        return said % {"count": count.overdue}
    if count.still_to_come:
        said = ngettext(
            "Nothing is overdue; %(count)d report is still to come.",
            "Nothing is overdue; %(count)d reports are still to come.",
            count.still_to_come,
        )
        return said % {"count": count.still_to_come}
    if count.waiting:
        said = ngettext(
            "Every report is in; %(count)d waits for a decision.",
            "Every report is in; %(count)d wait for a decision.",
            count.waiting,
        )
        return said % {"count": count.waiting}
    return _("Every report is in and accepted.")


def board_facts(count: BoardCount, *, now: dt.datetime) -> list[tuple[str | Promise, object]]:
    """How many of each; nothing where no report is asked for."""
    if not count.asked:
        return []
    facts: list[tuple[str | Promise, object]] = [
        (_("Asked for"), formats.number(count.asked)),
        (_("Sent"), formats.number(count.sent)),
        (_("Accepted"), formats.number(count.accepted)),
        (_("Wait for a decision"), formats.number(count.waiting)),
        (_("Overdue"), formats.number(count.overdue)),
    ]
    return [*facts, (_("Longest wait"), age(count.oldest, now))] if count.oldest else facts


def board_table(reports: Sequence[ProgressReport], *, now: dt.datetime) -> Table[ProgressReport]:
    """Each report: of which engagement and period, due when, how far, and for how long it waits."""
    return Table(
        name="board",
        caption=gettext_lazy("Reports"),
        columns=[
            Column(gettext_lazy("Engagement"), lambda report: _engagement(report.period.engagement)),
            Column(gettext_lazy("Period"), _period, wide=True),
            Column(gettext_lazy("Due on"), lambda report: _due(report, now.date()), wide=True),
            Column(gettext_lazy("Sent by"), _sender),
            Column(gettext_lazy("Waits"), lambda report: _waits(report, now)),
            Column(gettext_lazy("Status"), state_tag),
        ],
        rows=reports,
        stacked=True,
    )


def not_asked_table(engagements: Sequence[Engagement]) -> Table[Engagement]:
    """Engagements that ran and were asked for nothing."""
    return Table(
        name="not-asked",
        caption=gettext_lazy("Not asked"),
        columns=[
            Column(gettext_lazy("Engagement"), _engagement),
            Column(
                gettext_lazy("Works with"), lambda one: formats.bdi(one.institution.name if one.institution else "")
            ),
        ],
        rows=engagements,
        stacked=True,
    )


def _engagement(engagement: Engagement) -> SafeString:
    address = reverse("programmes:progress", args=[engagement.ref])
    title = format_html('<a href="{}">{}</a>', address, formats.bdi(engagement.title))
    return format_html("{}<small>{}</small>", title, formats.bdi(engagement.ref, "ltr"))


def _period(report: ProgressReport) -> SafeString:
    words = period_words(report.period.starts, report.period.ends)
    return format_html('<a href="{}">{}</a>', report_address(report), words)


def _due(report: ProgressReport, today: dt.date) -> SafeString:
    due = report.period.due
    is_in = report.state in {ReviewState.SUBMITTED, ReviewState.ACCEPTED}
    return (
        formats.day(due) if is_in else format_html("{}<small>{}</small>", formats.day(due), due_tag(due, today=today))
    )


def _sender(report: ProgressReport) -> SafeString:
    if report.submitted_by is None or report.submitted_at is None:
        return formats.missing(_("not yet"))
    return format_html("{}<small>{}</small>", formats.bdi(report.submitted_by), formats.day(report.submitted_at))


def _waits(report: ProgressReport, now: dt.datetime) -> object:
    if report.state != ReviewState.SUBMITTED:
        return formats.missing(_("nothing waits"))
    return age(report.submitted_at, now)
