"""What people are told, in words: each function writes one message in the language that is active."""

import datetime as dt
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from programmes.domain.reporting import TEXTS
from programmes.domain.vocabulary import ReviewState
from programmes.models import Commitment, Engagement, FigureChange, FundingAgreement, ProgressReport, Risk
from programmes.selectors.progress import figures_of, tasks
from programmes.tables.figure_changes import revised
from programmes.tables.progress import file_name, report_address, said
from programmes.words import (
    COMMITMENT_KINDS,
    FIELDS,
    PARTS,
    RETURN_REASONS,
    RISK_KINDS,
    STATUSES,
    named,
    period_words,
)
from programmes.words.figure_changes import CHANGE_REASONS
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


def visa(report: ProgressReport) -> Content:
    """To the director: all that was said, before it leaves the ministry."""
    facts = [*_of_report(report), (_("Sent by"), str(report.submitted_by)), (_("Due on"), _day(report.period.due))]
    return Content(
        subject=_("For your visa: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("The progress report of %(period)s on “%(title)s” waits for your visa.") % _named(report),
        facts=[*facts, *_figures(report)],
        quotes=[(str(FIELDS[name]), getattr(report, name)) for name in TEXTS],
        todo=_("Give the visa, and it is sent for review; or send it back with what should be mended."),
        action=_("Read the report"),
    )


def returned(report: ProgressReport, said_then: dict[str, Any], by: str) -> Content:
    """To whoever sent it: why, and every question at its place."""
    return Content(
        subject=_("Returned: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("Your progress report of %(period)s on “%(title)s” was returned.") % _named(report),
        facts=[
            *_of_report(report),
            (_("Returned by"), by),
            (_("Reason"), str(RETURN_REASONS.get(said_then.get("return_reason", ""), ""))),
            (_("Due on"), _day(report.period.due)),
        ],
        quotes=_asked(report, said_then.get("return_note", ""), said_then.get("questions", {})),
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


def changed(report: ProgressReport, changes: Sequence[FigureChange], by: str) -> Content:
    """To the ministry: which figures a reviewer put in the place of its own and why, and until when it can answer."""
    answer_by = min((one.confirm_by for one in changes), default=None)
    return Content(
        subject=_("Accepted with changes: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("Your progress report of %(period)s on “%(title)s” was accepted with changed figures.") % _named(report),
        facts=[
            *_of_report(report),
            (_("Accepted by"), by),
            *((_titled(one), _from_to(one)) for one in changes),
            *([(_("To be answered by"), _day(answer_by))] if answer_by else []),
        ],
        quotes=[(_titled(one), f"{CHANGE_REASONS[one.reason]}: {one.note}") for one in changes],
        todo=_(
            "Confirm the changed figures, or say what is wrong with them. They count already; without an answer they"
            " count as confirmed."
        ),
        action=_("Confirm or dispute"),
    )


def disputed(report: ProgressReport, objections: dict[str, str], by: str) -> Content:
    """To the reviewer who changed the figures: what the ministry says against them."""
    return Content(
        subject=_("Disputed: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("The ministry disputes figures that you changed in its report of %(period)s on “%(title)s”.")
        % _named(report),
        facts=[*_of_report(report), (_("Disputed by"), by)],
        quotes=_asked(report, "", objections),
        todo=_("The report is open again with the ministry; your figures count until it is sent and decided on anew."),
        action=_("Read the report"),
    )


def due(report: ProgressReport) -> Content:
    """To whoever writes it: what it asks for, and how far it is."""
    return Content(
        subject=_("Due on %(day)s: progress of %(period)s, %(ref)s") % _dated(report),
        lead=_("The progress report of %(period)s on “%(title)s” is due on %(day)s.") % _dated(report),
        facts=_to_write(report),
        quotes=_asked_before(report),
        files=_to_fill_in(report),
        todo=_("Give the figures, say in a few sentences what was done, and send it for review."),
        action=_("Write the report"),
    )


def overdue(report: ProgressReport) -> Content:
    """To whoever writes it: it has not come."""
    return Content(
        subject=_("Overdue: progress of %(period)s, %(ref)s") % _named(report),
        lead=_("The progress report of %(period)s on “%(title)s” was due on %(day)s and has not come.")
        % _dated(report),
        facts=_to_write(report),
        quotes=_asked_before(report),
        files=_to_fill_in(report),
        todo=_("Give the figures that you have, say why others are missing, and send it for review."),
        action=_("Write the report"),
    )


def risk_review(risk: Risk) -> Content:
    """To the risk's owner: what was thought of it last, and what is done about it."""
    said_of_it = {
        "code": risk.code,
        "risk": risk.title,
        "ref": risk.engagement.ref,
        "title": risk.engagement.title,
        "day": _day(risk.review_on),
    }
    score = _("%(score)d (likelihood %(likelihood)d, impact %(impact)d)") % {
        "score": risk.likelihood * risk.impact,
        "likelihood": risk.likelihood,
        "impact": risk.impact,
    }
    owner = [(_("Owner"), str(risk.owner))] if risk.owner else []
    return Content(
        subject=_("Risk to review: %(code)s %(risk)s, %(ref)s") % said_of_it,
        lead=_("The risk “%(risk)s” of “%(title)s” was to be reviewed by %(day)s.") % said_of_it,
        facts=[
            *_of_engagement(risk.engagement),
            (_("Risk"), f"{risk.code} {risk.title}"),
            (_("Kind"), str(RISK_KINDS[risk.kind])),
            (_("Score"), score),
            *owner,
        ],
        quotes=[(_("What is done about it"), risk.mitigation)],
        todo=_("Say how likely and how grave it is now, what is done about it, and when it is looked at next."),
        action=_("Open the risks"),
    )


def commitment_overdue(commitment: Commitment) -> Content:
    """To those who write for the institution, and to whoever leads the engagement."""
    said_of_it = {
        "code": commitment.code,
        "commitment": commitment.text,
        "ref": commitment.engagement.ref,
        "title": commitment.engagement.title,
        "day": _day(commitment.due),
    }
    post = [(_("Post"), commitment.post.title)] if commitment.post else []
    return Content(
        subject=_("Commitment overdue: %(code)s, %(ref)s") % said_of_it,
        lead=_("“%(commitment)s” was to be done by %(day)s for “%(title)s”.") % said_of_it,
        facts=[
            *_of_engagement(commitment.engagement),
            (pgettext("of an institution", "Commitment"), f"{commitment.code} {commitment.text}"),
            (_("Kind"), str(COMMITMENT_KINDS[commitment.kind])),
            *post,
        ],
        todo=_("Record it as done, or agree on another day."),
        action=_("Open the workplan"),
    )


def engagement_ends(engagement: Engagement, last: dt.date, today: dt.date) -> Content:
    """To whoever leads it: there is still time to decide."""
    said_of_it = {"ref": engagement.ref, "title": engagement.title, "day": _day(last)}
    return Content(
        subject=_("Ends on %(day)s: %(ref)s") % said_of_it,
        lead=_("“%(title)s” ends on %(day)s.") % said_of_it,
        facts=[
            *_of_engagement(engagement),
            (_("Status"), str(STATUSES[engagement.status])),
            (_("Last day"), _day(last)),
            (_("Time left"), _days_left(last, today)),
        ],
        todo=_(
            "Decide in time whether it is extended or can be exited: who goes on with the work, and who pays for it?"
        ),
        action=_("Open the engagement"),
    )


def agreement_ends(agreement: FundingAgreement, last: dt.date, today: dt.date) -> Content:
    """To whoever leads the engagement, and keeps its money. It says no amounts: they stand on the page."""
    said_of_it = {
        "code": agreement.code,
        "who": agreement.contributor.name,
        "ref": agreement.engagement.ref,
        "title": agreement.engagement.title,
        "day": _day(last),
    }
    return Content(
        subject=_("Agreement %(code)s ends on %(day)s, %(ref)s") % said_of_it,
        lead=_("The funding agreement %(code)s with %(who)s for “%(title)s” ends on %(day)s.") % said_of_it,
        facts=[
            *_of_engagement(agreement.engagement),
            (_("Funding agreement"), agreement.code),
            (_("Contributor"), agreement.contributor.name),
            (_("Last day"), _day(last)),
            (_("Time left"), _days_left(last, today)),
        ],
        todo=_("See what is still to be received and spent, and agree on an extension in time if one is needed."),
        action=_("Open the agreement"),
    )


def _days_left(last: dt.date, today: dt.date) -> str:
    days = (last - today).days
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def _dated(report: ProgressReport) -> dict[str, str]:
    return {**_named(report), "day": _day(report.period.due)}


def _to_write(report: ProgressReport) -> Pairs:
    (task,) = tasks([report])
    given = _("%(done)d of %(asked)d") % {"done": task.done, "asked": task.asked}
    return [*_of_report(report), (_("Due on"), _day(report.period.due)), (_("Figures given"), given)]


def _to_fill_in(report: ProgressReport) -> Pairs:
    """The form as a file, for whoever is without a line."""
    return [(file_name(report), report_address(report, "report-file"))]


def _asked_before(report: ProgressReport) -> Pairs:
    """Of one that came back: what still waits for an answer."""
    if report.state != ReviewState.RETURNED:
        return []
    return _asked(report, report.return_note, report.questions)


def _asked(report: ProgressReport, note: str, questions: dict[str, str]) -> Pairs:
    return [(_("The reviewer’s note"), note), *((_place(report, place), text) for place, text in questions.items())]


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


def _titled(change: FigureChange) -> str:
    indicator, part = change.observation.indicator, change.observation.disagg
    name = f"{indicator.code} {named(indicator.title)}"
    return f"{name} ({PARTS.get(part, part)})" if part else name


def _from_to(change: FigureChange) -> str:
    pair = {"original": _plain(revised(change.original)), "changed": _plain(revised(change.changed))}
    return _("%(original)s was reported, %(changed)s was accepted") % pair


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
