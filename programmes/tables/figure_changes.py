"""Figures that a reviewer changed: as they were reported, as they were accepted, why, and what the ministry says."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.domain.vocabulary import ChangeState
from programmes.models import FigureChange, ObservationRevision
from programmes.tables.results import figure
from programmes.words import PARTS, named
from programmes.words.figure_changes import CHANGE_REASONS, CHANGE_STATES
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

_TONES = {ChangeState.WAITING: ("warn", "warn"), ChangeState.DISPUTED: ("warn", "warn")}


def change_tag(state: str) -> SafeString:
    """Beside a figure: that it is a reviewer's, and how it stands with the ministry."""
    return tag(CHANGE_STATES[state], *_TONES.get(ChangeState(state), ("none", "")))


def revised(one: ObservationRevision) -> SafeString:
    """What an observation said once: a place on a scale, a ratio by its two sides, a number, words."""
    if not one.reported:
        return format_html("{}", _("not reported"))
    if one.level:
        return formats.bdi(one.level)
    if one.numerator is not None and one.denominator is not None:
        return formats.ratio(figure(Fraction(one.numerator)), figure(Fraction(one.denominator)))
    if one.value is None and one.text:
        return formats.bdi(one.text)
    return figure(None if one.value is None else Fraction(one.value))


def change_table(changes: Sequence[FigureChange]) -> Table[FigureChange]:
    """Each changed figure with both values, why it was changed and by whom, and the ministry's answer."""
    return Table(
        name="changes",
        caption=gettext_lazy("Figures that the reviewer changed"),
        columns=[
            Column(gettext_lazy("Indicator"), change_title),
            Column(gettext_lazy("As reported"), lambda one: revised(one.original), numeric=True),
            Column(
                gettext_lazy("As accepted"),
                lambda one: format_html("<strong>{}</strong>", revised(one.changed)),
                numeric=True,
            ),
            Column(gettext_lazy("Why"), _why, wide=True),
            Column(gettext_lazy("Changed by"), lambda one: _who(one.by, one.made_at)),
            Column(gettext_lazy("Answer"), _answer, wide=True),
        ],
        rows=changes,
        stacked=True,
    )


def figure_marks(changes: Iterable[FigureChange]) -> dict[int, SafeString]:
    """By observation: that its figure is a reviewer's, of those whose last change stands."""
    latest = {one.observation_id: one for one in sorted(changes, key=lambda one: one.pk)}
    gone = {ChangeState.DISPUTED, ChangeState.WITHDRAWN}
    return {pk: change_tag(one.state) for pk, one in latest.items() if one.state not in gone}


def change_title(one: FigureChange) -> SafeString:
    """The indicator by its name and code, and the part of it that was changed."""
    indicator, part = one.observation.indicator, one.observation.disagg
    below = [formats.bdi(indicator.code, "ltr"), *([format_html("{}", PARTS.get(part, part))] if part else [])]
    title = formats.bdi(named(indicator.title))
    return format_html("{}<small>{}</small>", title, format_html(" · ".join("{}" for _one in below), *below))


def answer_lines(changes: Iterable[FigureChange]) -> list[dict[str, Any]]:
    """What a ministry is asked about, by indicator: each has a `place`, a `title`, and the changes of its figures."""
    found: dict[str, dict[str, Any]] = {}
    for one in changes:
        indicator = one.observation.indicator
        line = {"place": indicator.code, "title": named(indicator.title), "unit": named(indicator.unit), "changes": []}
        found.setdefault(indicator.code, line)["changes"].append(
            {
                "part": PARTS.get(one.observation.disagg, one.observation.disagg),
                "original": revised(one.original),
                "changed": revised(one.changed),
                "reason": CHANGE_REASONS[one.reason],
                "note": one.note,
                "by": one.by,
                "made_at": one.made_at,
            }
        )
    return list(found.values())


def unsettled_notes(found: Iterable[tuple[FigureChange, ChangeState]]) -> list[SafeString]:
    """What is said under a figure that reviewers' values are part of: of which indicators, and how they stand."""
    said = {(one.observation.indicator.code, state): one.observation.indicator for one, state in found}
    return [
        format_html("{} {}: {}.", formats.bdi(code, "ltr"), formats.bdi(named(row.title)), CHANGE_STATES[state])
        for (code, state), row in said.items()
    ]


def _why(one: FigureChange) -> SafeString:
    return format_html("{}<small>{}</small>", CHANGE_REASONS[one.reason], formats.bdi(one.note))


def _who(person: Any, at: Any) -> SafeString:
    return format_html("{}<small>{}</small>", formats.bdi(person), formats.moment(at))


def _answer(one: FigureChange) -> SafeString:
    if one.state == ChangeState.WAITING:
        by = format_html("{}: {}", _("To be answered by"), formats.day(one.confirm_by))
        return format_html("{}<small>{}</small>", change_tag(one.state), by)
    said = format_html("<div>{}</div>", formats.bdi(one.answer)) if one.answer else ""
    who = _who(one.answered_by, one.answered_at) if one.answered_by else formats.moment(one.answered_at)
    return format_html("{}{}<div>{}</div>", change_tag(one.state), said, who)
