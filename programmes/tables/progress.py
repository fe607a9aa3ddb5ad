"""Progress reports in words: what is due, how far it is, and each figure beside the last one."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from programmes.domain.reporting import TEXTS, period_code
from programmes.domain.vocabulary import ReturnReason, ReviewState
from programmes.models import Indicator, Observation, ProgressReport
from programmes.selectors.progress import Figure, Task, level_at, size_of
from programmes.tables.results import figure as figure_of
from programmes.words import FIELDS, PARTS, RETURN_REASONS, named, period_words
from programmes.words.doubts import DOUBTS
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

_LOOKS = {
    ReviewState.RETURNED: (gettext_lazy("Returned"), "warn", "warn"),
    ReviewState.SUBMITTED: (gettext_lazy("Sent for review"), "none", "tick"),
    ReviewState.ACCEPTED: (gettext_lazy("Accepted"), "good", "good"),
}


def report_title(report: ProgressReport) -> str:
    return _("Progress, %(period)s") % {"period": period_words(report.period.starts, report.period.ends)}


def report_address(report: ProgressReport, page: str = "report") -> str:
    period = report.period
    return reverse(f"programmes:{page}", args=[period.engagement.ref, period_code(period.starts, period.ends)])


def file_name(report: ProgressReport) -> str:
    """What the form of a report is called as a file."""
    period = report.period
    named_by = f"{period.engagement.ref}-{period_code(period.starts, period.ends)}"
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', named_by)}.xlsx"


def state_tag(report: ProgressReport, task: Task | None = None) -> SafeString:
    """A report's state by word and shape; of a draft how far it is, where that is known."""
    if report.state == ReviewState.AWAITING:
        return tag(_("Waits for the visa of %(person)s") % {"person": report.visa_by}, "none", "tick")
    if report.state in _LOOKS:
        word, tone, icon = _LOOKS[ReviewState(report.state)]
        return tag(word, tone, icon)
    if task is None:
        return tag(_("Draft"), "none", "no-data")
    if not task.begun:
        return tag(_("Not started"), "none", "not-due")
    return tag(_("Draft, %(done)d of %(asked)d done") % {"done": task.done, "asked": task.asked}, "none", "no-data")


def due_tag(due: dt.date, *, today: dt.date) -> SafeString:
    """How long there is: a calendar, never the colour of a status."""
    days = (due - today).days
    if days > 0:
        words = ngettext("Due in %(days)d day", "Due in %(days)d days", days) % {"days": days}
    elif days == 0:
        words = _("Due today")
    else:
        words = ngettext("Overdue by %(days)d day", "Overdue by %(days)d days", -days) % {"days": -days}
    return tag(words, "none", "calendar")


def task_lines(tasks: Sequence[Task], *, today: dt.date) -> list[dict[str, Any]]:
    """Each report that somebody is to write, as a line of a task list."""
    return [_line(task, today) for task in tasks]


def _line(task: Task, today: dt.date) -> dict[str, Any]:
    period, is_over = task.report.period, task.report.state == ReviewState.ACCEPTED
    return {
        "title": report_title(task.report),
        "url": report_address(task.report),
        "engagement": period.engagement,
        # What is accepted has a day on which it was; the day that it was due says nothing any more.
        "day": task.report.decided_at if is_over else period.due,
        "due_tag": None if is_over else due_tag(period.due, today=today),
        "state": state_tag(task.report, task),
        "is_over": is_over,
    }


def answer_task_lines(reports: Iterable[Any]) -> list[dict[str, Any]]:
    """Each report with changed figures that wait for the ministry's answer (`reports_to_answer`)."""
    return [
        {
            "title": report_title(report),
            "url": report_address(report, "answer-changes"),
            "engagement": report.period.engagement,
            "day": report.answer_by,
            "due_tag": None,
            "state": tag(_("Figures changed by the reviewer"), "warn", "warn"),
        }
        for report in reports
    ]


def period_table(tasks: Sequence[Task]) -> Table[Task]:
    """An engagement's periods with who sent and who decided."""
    return Table(
        name="periods",
        caption=gettext_lazy("Reporting periods"),
        columns=[
            Column(gettext_lazy("Period"), _period),
            Column(gettext_lazy("Due on"), lambda task: formats.day(task.report.period.due)),
            Column(gettext_lazy("Sent"), lambda task: _who(task.report.submitted_by, task.report.submitted_at)),
            Column(gettext_lazy("Decided"), lambda task: _who(task.report.decided_by, task.report.decided_at)),
            Column(gettext_lazy("Status"), lambda task: state_tag(task.report, task)),
        ],
        rows=tasks,
        empty=gettext_lazy("No reporting period is open. Whoever keeps the results opens one; the ministry reports."),
        stacked=True,
    )


def figure_table(figures: Sequence[Figure], *, marks: Mapping[int, SafeString] | None = None) -> Table[Figure]:
    """Each figure as it was, as it is said now, and as it should be; `marks` by observation stand beside it."""
    return Table(
        name="figures",
        caption=gettext_lazy("Figures of the period"),
        columns=[
            Column(gettext_lazy("Indicator"), lambda one: _titled(one.indicator)),
            Column(gettext_lazy("Last"), lambda one: said(one.last), numeric=True),
            Column(gettext_lazy("New"), lambda one: _new(one, marks or {}), numeric=True),
            Column(gettext_lazy("Change"), lambda one: _change(one.change_pct), numeric=True),
            Column(gettext_lazy("Together"), _together, numeric=True),
            Column(gettext_lazy("Expected"), expected, numeric=True),
        ],
        rows=figures,
        empty=gettext_lazy("This period asks for no figures."),
        stacked=True,
    )


def _new(figure: Figure, marks: Mapping[int, SafeString]) -> SafeString:
    mark = marks.get(figure.now.pk) if figure.now else None
    shown = format_html("<strong>{}</strong>", said(figure.now))
    return format_html("{}<small>{}</small>", shown, mark) if mark else shown


def review_lines(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Each figure as `last → new (expected)`, with its change where that can be said."""
    return [
        {
            "place": one.indicator.code,
            "title": named(one.indicator.title),
            "unit": named(one.indicator.unit) if one.indicator.unit else "",
            "last": said(one.last),
            "new": said(one.now),
            "expected": expected(one),
            "together": None if one.together is None else figure_of(one.together),
            "change": None if one.change_pct is None else _change(one.change_pct),
            "parts": [(_part(part, one.now), said(part)) for part in one.parts],
            "confirmed": [DOUBTS[why] for why in one.now.confirmed if why in DOUBTS] if one.now else [],
        }
        for one in figures
    ]


def _part(part: Observation, whole: Observation | None) -> str:
    """What a figure beside the whole is of: women or men; or a later month, of what is reported month by month."""
    is_later = whole is None or part.period_start != whole.period_start
    words = [period_words(part.period_start, part.period_end)] if is_later else []
    return _(", ").join([*words, *([str(PARTS.get(part.disagg, part.disagg))] if part.disagg else [])])


def text_lines(report: ProgressReport) -> list[dict[str, Any]]:
    """A report's texts, each under its heading."""
    told = {"is_text": True, "language": report.language, "dir": _direction(report.language)}
    return [{"place": name, "title": FIELDS[name], "text": getattr(report, name), **told} for name in TEXTS]


def _direction(language: str) -> str:
    """As the language is written; where nobody said which it is, as the text begins."""
    if not language:
        return "auto"
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


def said(observation: Observation | None) -> SafeString:
    """What an observation says: a number, a level, a ratio with its two sides, words; or why there is nothing."""
    if observation is None:
        return formats.number(None)
    if not observation.reported:
        because = observation.not_reported_reason
        return format_html("{}: {}", _("not reported"), formats.bdi(because)) if because else formats.number(None)
    size = size_of(observation)
    if observation.numerator is not None:
        sides = (figure_of(Fraction(side or 0)) for side in (observation.numerator, observation.denominator))
        return format_html("{} <small>({})</small>", figure_of(size), formats.ratio(*sides))
    if size is not None:
        return figure_of(size)
    return formats.bdi(observation.level or observation.text)


def expected(figure: Figure) -> SafeString:
    """Where the indicator should stand at the period's end; a dash where nothing is due."""
    level = level_at(figure.indicator, figure.expected)
    if level is not None:
        return formats.bdi(level)
    return formats.missing(_("nothing is expected yet")) if figure.expected is None else figure_of(figure.expected)


def hints(report: ProgressReport, figures: Sequence[Figure]) -> dict[str, SafeString]:
    """What is said at each place of a report's form: the last value, what is expected, and what was asked."""
    found = {one.indicator.code: _before_and_expected(one) for one in figures}
    if report.state != ReviewState.RETURNED:
        return found
    for place, question in report.questions.items():
        lead = _("You dispute:") if report.return_reason == ReturnReason.DISPUTED else _("The reviewer asks:")
        asked = format_html('<strong class="asked">{} <bdi>{}</bdi></strong>', lead, question)
        found[place] = format_html("{} {}", found[place], asked) if place in found else asked
    return found


def returned_because(report: ProgressReport) -> dict[str, Any] | None:
    """Why a report came back, in words; None where it did not, or where it was accepted after that."""
    if not report.return_reason or report.state == ReviewState.ACCEPTED:
        return None
    return {
        "reason": RETURN_REASONS[report.return_reason],
        "note": report.return_note,
        "questions": [(_place(place), question) for place, question in report.questions.items()],
    }


def review_table(
    reports: Sequence[ProgressReport], *, reader: int, now: dt.datetime, turns: Mapping[int, Any]
) -> Table[ProgressReport]:
    """What waits for a decision: how long, of which engagement, from whom, and whose turn it is (`turns`)."""
    return Table(
        name="reviews",
        caption=gettext_lazy("Reports that wait for a decision"),
        columns=[
            Column(gettext_lazy("Report"), _to_decide),
            Column(gettext_lazy("Engagement"), _engagement, wide=True),
            Column(gettext_lazy("Due on"), lambda report: formats.day(report.period.due)),
            Column(gettext_lazy("Sent by"), lambda report: _sender(report, reader)),
            Column(gettext_lazy("Whose turn"), lambda report: _turn(turns.get(report.pk), reader)),
            Column(gettext_lazy("Waits"), lambda report: age(report.submitted_at, now)),
        ],
        rows=reports,
        empty=gettext_lazy("Nothing waits for a decision. What a ministry sends for review appears here."),
        stacked=True,
    )


def _before_and_expected(figure: Figure) -> SafeString:
    parts = []
    if figure.last is not None:
        when = period_words(figure.last.period_start, figure.last.period_end)
        parts.append(format_html(_("Last: {value} ({when})."), value=said(figure.last), when=when))
    if figure.together is not None:
        parts.append(format_html(_("Together so far: {value}."), value=figure_of(figure.together)))
    if figure.expected is not None:
        parts.append(format_html(_("Expected now: {value}."), value=expected(figure)))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _place(place: str) -> SafeString:
    return formats.bdi(FIELDS[place]) if place in TEXTS else formats.bdi(place, "ltr")


def _together(figure: Figure) -> SafeString:
    if figure.together is None:
        return formats.missing(_("each period stands for itself"))
    return figure_of(figure.together)


def _change(share: Fraction | None) -> SafeString:
    if share is None:
        return formats.missing(_("no change can be said"))
    return formats.signed_pct(share, 1)


def _titled(indicator: Indicator) -> SafeString:
    below = [formats.bdi(indicator.code, "ltr"), *([formats.bdi(named(indicator.unit))] if indicator.unit else [])]
    address = reverse("programmes:indicator", args=[indicator.engagement.ref, indicator.code])
    title = format_html('<a href="{}">{}</a>', address, formats.bdi(named(indicator.title)))
    return format_html("{}<small>{}</small>", title, format_html_join(" · ", "{}", ((one,) for one in below)))


def _period(task: Task) -> SafeString:
    period = task.report.period
    words = period_words(period.starts, period.ends)
    return format_html('<a href="{}">{}</a>', report_address(task.report), words)


def _who(person: Any, at: dt.datetime | None) -> SafeString:
    if person is None or at is None:
        return formats.missing(_("not yet"))
    return format_html("{}<small>{}</small>", formats.bdi(person), formats.day(at))


def _to_decide(report: ProgressReport) -> SafeString:
    return format_html('<a href="{}">{}</a>', report_address(report, "review"), report_title(report))


def _engagement(report: ProgressReport) -> SafeString:
    engagement = report.period.engagement
    return format_html("{}<small>{}</small>", formats.bdi(engagement.title), formats.bdi(engagement.ref, "ltr"))


def _turn(person: Any, reader: int) -> SafeString:
    if person is None:
        return format_html("{}", _("whoever may review"))
    return format_html("{}", _("yours")) if person.pk == reader else formats.bdi(person)


def _sender(report: ProgressReport, reader: int) -> SafeString:
    if report.submitted_by_id == reader:
        return format_html("{}", _("Sent by you: somebody else decides"))
    return formats.bdi(report.submitted_by)


def age(sent: dt.datetime | None, now: dt.datetime) -> str:
    """For how long a report has waited for a decision."""
    days = (now - sent).days if sent else 0
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days} if days else str(_("since today"))
