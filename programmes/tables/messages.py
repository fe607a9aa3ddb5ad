"""What people are told, in words: each function writes one message in the language that is active."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from programmes.domain.reporting import TEXTS
from programmes.models import Engagement, ProgressReport
from programmes.selectors.progress import figures_of
from programmes.tables.progress import said
from programmes.words import FIELDS, RETURN_REASONS, named, period_words
from ta_portal.mail.wording import Content
from ta_portal.ui import formats

Pairs = list[tuple[str, str]]


def submitted(report: ProgressReport) -> Content:
    """To whoever may decide: all that was said."""
    facts = [*_of_report(report), (_("Sent by"), str(report.submitted_by)), (_("Due on"), _day(report.period.due))]
    return Content(
        subject=_("To review: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("The progress report of %(period)s on “%(title)s” was sent for review.") % _named(report),
        facts=[*facts, *_figures(report)],
        quotes=[(str(FIELDS[name]), getattr(report, name)) for name in TEXTS],
        todo=_("Accept it, or return it with what should be mended. Nobody decides on a report of their own."),
        action=_("Review the report"),
    )


def returned(report: ProgressReport, said_then: dict[str, Any], by: str) -> Content:
    """To whoever sent it: why, and every question at its place."""
    asked = [(_place(report, place), text) for place, text in said_then.get("questions", {}).items()]
    return Content(
        subject=_("Returned: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("Your progress report of %(period)s on “%(title)s” was returned.") % _named(report),
        facts=[
            *_of_report(report),
            (_("Returned by"), by),
            (_("Reason"), str(RETURN_REASONS.get(said_then.get("return_reason", ""), ""))),
            (_("Due on"), _day(report.period.due)),
        ],
        quotes=[(_("The reviewer’s note"), said_then.get("return_note", "")), *asked],
        todo=_("The report is open again: answer what was asked, and send it once more."),
        action=_("Mend the report"),
    )


def accepted(report: ProgressReport, by: str) -> Content:
    """To whoever sent it: it counts, and there is nothing left to do."""
    return Content(
        subject=_("Accepted: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("Your progress report of %(period)s on “%(title)s” was accepted.") % _named(report),
        facts=[*_of_report(report), (_("Accepted by"), by), *_figures(report)],
        todo=_("There is nothing left to do: its figures count from now on, and the period is closed."),
        action=_("Read the report"),
    )


def _of_report(report: ProgressReport) -> Pairs:
    period = report.period
    return [*_of_engagement(period.engagement), (_("Period"), period_words(period.starts, period.ends))]


def _of_engagement(engagement: Engagement) -> Pairs:
    institution = engagement.institution
    where = [(_("Institution"), institution.name)] if institution else []
    return [(_("Engagement"), f"{engagement.title} ({engagement.ref})"), *where]


def _named(report: ProgressReport) -> dict[str, str]:
    period, engagement = report.period, report.period.engagement
    return {
        "period": period_words(period.starts, period.ends),
        "ref": engagement.ref,
        "title": engagement.title,
    }


def _figures(report: ProgressReport) -> Pairs:
    return list(_lines(report))


def _lines(report: ProgressReport) -> Iterator[tuple[str, str]]:
    """Each figure of the report under its indicator's name, with its unit and the value before it."""
    for one in figures_of(report):
        if one.now is None:
            continue
        value = {"value": _plain(said(one.now)), "unit": named(one.indicator.unit)}
        words = _("%(value)s %(unit)s") % value if one.indicator.unit and one.now.reported else value["value"]
        if one.last is not None:
            words = _("%(new)s (last: %(last)s)") % {"new": words, "last": _plain(said(one.last))}
        yield f"{one.indicator.code} {named(one.indicator.title)}", words


def _place(report: ProgressReport, place: str) -> str:
    if place in TEXTS:
        return str(FIELDS[place])
    titles = {one.indicator.code: named(one.indicator.title) for one in figures_of(report)}
    return f"{place} {titles.get(place, '')}".strip()


def _day(value: Any) -> str:
    return _plain(formats.day(value))


def _plain(markup: object) -> str:
    """What a page would show, as text."""
    return unescape(strip_tags(str(markup)))
