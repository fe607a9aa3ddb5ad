"""A workplan as bars, and its milestones as a table."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programmes.selectors.workplan import PlannedMilestone, Stretch, Workplan
from ta_portal.ui import formats
from ta_portal.ui.charts import Mark, TimeBar, place
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table


@dataclass(frozen=True, slots=True)
class BarRow:
    """What ui/_gantt_row.html draws."""

    title: str | Promise
    starts: dt.date
    ends: dt.date
    bar: TimeBar
    url: str = ""


def bar_rows(plan: Workplan, *, today: dt.date) -> list[BarRow]:
    return [_bar_row(stretch, plan, today) for stretch in plan.stretches]


def milestone_table(plan: Workplan, *, today: dt.date) -> Table[tuple[Stretch, PlannedMilestone]]:
    """Every milestone with when it was due, when it was done, and by how much they differ."""
    rows = [(stretch, milestone) for stretch in plan.stretches for milestone in stretch.milestones]
    return Table(
        name="milestones",
        caption=_("Milestones"),
        columns=[
            Column(_("Milestone"), lambda row: _with_code(row[1].title, row[1].code)),
            Column(_("Workstream"), lambda row: _workstream(row[0]), wide=True),
            Column(_("Due"), lambda row: formats.day(row[1].due)),
            Column(_("Done"), lambda row: formats.day(row[1].done) if row[1].done else formats.missing(_("not done"))),
            Column(_("Rating, 1 to 4"), lambda row: formats.number(row[1].rating), numeric=True),
            Column(_("Status"), lambda row: how_done(row[1].due, row[1].done, today)),
        ],
        rows=rows,
        empty=_("No milestones are recorded."),
        stacked=True,
    )


def _bar_row(stretch: Stretch, plan: Workplan, today: dt.date) -> BarRow:
    count = len(stretch.milestones)
    return BarRow(
        title=stretch.title if stretch.code else _("Other milestones"),
        starts=stretch.starts,
        ends=stretch.ends,
        bar=TimeBar(
            start=place(stretch.starts, plan.first, plan.last),
            end=place(stretch.ends, plan.first, plan.last),
            done_pct=Decimal(100 * stretch.reached // count) if count else None,
            today=place(today, plan.first, plan.last) if plan.first <= today <= plan.last else -1,
            marks=_marks(stretch.milestones, plan),
            late=stretch.is_late(today),
        ),
    )


def _marks(milestones: Sequence[PlannedMilestone], plan: Workplan) -> list[Mark]:
    return [Mark(at=place(one.due, plan.first, plan.last), reached=one.done is not None) for one in milestones]


def how_done(due: dt.date, done: dt.date | None, today: dt.date) -> SafeString:
    """On time, by how many days late, still to come, or overdue."""
    if done is None:
        return tag(_("Not due")) if due >= today else tag(_("Overdue"), "bad", "bad")
    days = (done - due).days
    if days <= 0:
        return tag(_("On time"), "good", "good")
    return tag(ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}, "warn", "warn")


def _workstream(stretch: Stretch) -> SafeString:
    return formats.bdi(stretch.title) if stretch.code else formats.missing(_("none"))


def _with_code(title: str, code: str) -> SafeString:
    return format_html("{}<small>{}</small>", formats.bdi(title), formats.bdi(code, "ltr"))
