"""One indicator: its sheet, its periods on a common scale, and the working of its latest value, progress and pace."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes.domain.pace import PACE_CUT_OFFS
from programmes.domain.results import ratio_factor
from programmes.domain.vocabulary import Method, Window
from programmes.domain.workings import said_in, sums_of
from programmes.models import IndicatorTarget, ObservationRevision
from programmes.selectors.indicators import IndicatorStory, Told
from programmes.tables.figure_changes import change_tag, revised
from programmes.tables.results import PLACES, figure
from programmes.words import DIRECTIONS, FREQUENCIES, METHODS, PARTS, REASONS, WINDOWS, named, review_tag
from ta_portal.money.exact import rounded
from ta_portal.ui import formats
from ta_portal.ui.charts import Bar, share
from ta_portal.ui.explanations import Explanation
from ta_portal.ui.statuses import status, tag
from ta_portal.ui.tables import Column, Table

_GIVEN = {
    Method.RATIO_OF_SUMS: ("numerator", "denominator"),
    Method.WEIGHTED_MEAN: ("value", "weight"),
    Method.ORDINAL_LATEST: ("level",),
}


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period with what it said, what the path of the indicator came to by then, and what was expected."""

    told: Told
    said: Fraction | None
    path: Fraction | None
    expected: Fraction | None


def facts(story: IndicatorStory) -> list[tuple[str, object]]:
    """The indicator's sheet in pairs; what the sheet does not say is left out."""
    row = story.indicator
    catalogue = row.catalogue
    pairs: list[tuple[str, object]] = [
        (_("Definition"), formats.bdi(named(row.definition or (catalogue.definition if catalogue else "")))),
        (_("Outcome"), formats.bdi(row.outcome.title) if row.outcome else ""),
        (_("Unit"), formats.bdi(named(row.unit))),
        (_("Direction"), DIRECTIONS[row.direction]),
        (_("Method"), format_html("{}, {}", METHODS[row.method], WINDOWS[_window(story)])),
        (_("Frequency"), FREQUENCIES[row.frequency]),
        (_("Source"), formats.bdi(row.source)),
        (_("Responsible"), formats.bdi(row.responsible)),
        (_("Assumptions"), formats.bdi(row.assumptions)),
        (_("Catalogue"), formats.bdi(f"{catalogue.code} {named(catalogue.title)}") if catalogue else ""),
        (_("Weight"), formats.number(rounded(row.weight, PLACES)) if row.weight != 1 else ""),
    ]
    return [(name, value) for name, value in pairs if value and value != formats.bdi("")]


def target_table(story: IndicatorStory) -> Table[tuple[dt.date, IndicatorTarget | None, IndicatorTarget | None]]:
    """The baseline, and each date's target: as first agreed, and as it is now."""
    dates = sorted({target.due for target in story.targets})
    of = {(target.due, target.is_original): target for target in story.targets}
    return Table(
        name="targets",
        caption=_("Targets"),
        columns=[
            Column(_("By"), lambda row: formats.day(row[0])),
            Column(_("Original"), lambda row: _aim(row[1]), numeric=True),
            Column(_("Revised"), lambda row: _aim(row[2]), numeric=True),
        ],
        rows=[(day, of.get((day, True)), of.get((day, False))) for day in dates],
        empty=_("No target is set."),
    )


def latest_explained(story: IndicatorStory) -> Explanation:
    """The latest value: every period, which of them count, and their sums down to the value itself."""
    latest, again = story.answer.result.latest, story.again.latest
    missing = [one for one in story.told if not one.counts and not _given(one)]
    return Explanation(
        what=_("Latest value"),
        figure=_placed(story, latest.value),
        rule=format_html("{}, {}.", METHODS[story.sheet.method], WINDOWS[_window(story)]),
        tables=[_period_table(story)],
        foot=_placed(story, again.value),
        working=_working(story),
        notes=[
            _("%(used)d of %(all)d periods of its window count.") % {"used": again.used, "all": again.of_periods},
            *([_("%(count)d periods were not reported: they are left out, never taken as 0.") % {"count": len(missing)}]
              if missing else []),
            *([format_html("{}: {}.", _("There is no value"), REASONS[again.undefined])] if again.undefined else []),
        ],
    )  # fmt: skip


def verdict_rows(story: IndicatorStory) -> list[tuple[str, object, object]]:
    """Progress and pace: each figure, and how it comes of the latest value."""
    result, again = story.answer.result, story.again
    progress = _share_worked(again.latest.value, again.baseline, again.target)
    pace = _share_worked(again.latest.value, again.baseline, again.expected_now)
    return [
        (_("Baseline"), _placed(story, result.baseline), ""),
        (_("Final target"), _placed(story, result.target), ""),
        (_("Progress"), formats.pct(result.progress_pct, PLACES), _why(story) or progress),
        (_("Expected now"), _placed(story, result.expected_now), _("on the straight line through baseline and targets")
         if story.sheet.method is not Method.ORDINAL_LATEST else _("the last target that is due")),
        (_("Pace"), formats.pct(result.pace_pct, PLACES), pace),
        (_("Verdict"), status(result.pace), _rule()),
    ]  # fmt: skip


def part_table(story: IndicatorStory) -> Table[tuple[str, Any]]:
    """The parts of the latest value, and their shares where they add up to it."""
    return Table(
        name="parts",
        caption=_("Parts of the latest value"),
        columns=[
            Column(_("Part"), lambda row: PARTS.get(row[0], row[0])),
            Column(_("Latest"), lambda row: figure(row[1].value), numeric=True),
            Column(_("Share"), lambda row: formats.pct(row[1].share_pct, PLACES), numeric=True),
        ],
        rows=list(story.answer.parts.items()),
    )


def _period_table(story: IndicatorStory) -> Table[PeriodRow]:
    rows = _period_rows(story)
    top = max([*(row.path for row in rows if row.path), *(row.expected for row in rows if row.expected)], default=None)
    counted = [one.figures for one in story.told if one.counts]
    sums = sums_of(story.sheet, counted)
    names = _GIVEN.get(story.sheet.method, ("value",))
    totals = (
        dict(zip(names, sums, strict=True))
        if sums and len(names) == 2 and story.sheet.method is Method.RATIO_OF_SUMS
        else {}
    )
    if story.sheet.method is Method.SUM:
        totals = {"value": sum((Fraction(one.value) for one in counted if one.value is not None), Fraction(0))}
    given = [_column(story, name, totals.get(name)) for name in names]
    said: list[Column[PeriodRow]] = (
        [Column(_("By itself"), lambda row: figure(row.said), numeric=True)]
        if story.sheet.method is Method.RATIO_OF_SUMS
        else []
    )
    return Table(
        name="periods",
        caption=_("Periods. The mark on each bar is what was expected by then."),
        columns=[
            Column(_("Period"), _period, total=_("Those that count") if totals else ""),
            *given,
            *said,
            Column(_("Path"), lambda row: _bar(row, top), wide=True),
            Column(_("Said by"), lambda row: _said_by(row.told), wide=True),
            Column(_("Counts"), lambda row: _counts(row.told)),
        ],
        rows=rows,
        empty=_("Nothing was observed yet."),
        stacked=True,
    )


def _period_rows(story: IndicatorStory) -> list[PeriodRow]:
    rows, total = [], Fraction(0)
    for told in story.told:
        said = said_in(story.sheet, told.figures)
        total += said or Fraction(0)
        path = total if story.sheet.method is Method.SUM and said is not None else said
        expected: Any = story.expected_on(told.observation.period_end)
        rows.append(PeriodRow(told, said, path, expected))
    return rows


def _column(story: IndicatorStory, name: str, total: Fraction | None) -> Column[PeriodRow]:
    heading = {
        "numerator": _("Numerator"), "denominator": _("Denominator"), "value": _("Value"), "weight": _("Weight"),
        "level": _("Level"),
    }[name]  # fmt: skip

    def shown(row: PeriodRow) -> SafeString:
        given = getattr(row.told.figures, name)
        if name == "level":
            return formats.bdi(given) if given else formats.number(None)
        return figure(None if given is None else Fraction(given))

    return Column(heading, shown, numeric=True, total="" if total is None else figure(total))


def _period(row: PeriodRow) -> SafeString:
    observed = row.told.observation
    span = format_html("{} – {}", formats.day(observed.period_start), formats.day(observed.period_end))
    return format_html('<span class="nowrap">{}</span>', span)


def _bar(row: PeriodRow, top: Fraction | None) -> SafeString | str:
    if not top or top <= 0:
        return ""
    reached = None if row.path is None else rounded(row.path * 100 / top, 1)
    tick = None if row.expected is None else rounded(row.expected * 100 / top, 1)
    return format_html('<div class="bul">{}</div>', share(Bar("", reached, tick=tick)))


def _said_by(told: Told) -> SafeString | str:
    """What was said last, where it stands, who said it and when; every revision before it one step away."""
    observed = told.observation
    revisions = [_revision(one) for one in observed.revisions.all()]
    mark = [change_tag(told.change)] if told.change else []
    beside = [formats.bdi(text) for text in (observed.not_reported_reason, observed.source) if text]
    lines = format_html_join("", "<div>{}</div>", ((line,) for line in [*revisions[-1:], *mark, *beside]))
    if len(revisions) < 2:
        return lines
    count = ngettext("%(count)d revision before", "%(count)d revisions before", len(revisions) - 1)
    before = format_html_join("", "<div>{}</div>", ((line,) for line in reversed(revisions[:-1])))
    summary = count % {"count": len(revisions) - 1}
    return format_html('{}<details class="small"><summary>{}</summary>{}</details>', lines, summary, before)


def _revision(one: ObservationRevision) -> SafeString:
    told = (revised(one), review_tag(one.status), formats.bdi(one.by), formats.moment(one.known_at))
    return format_html("{} {} <small>{} · {}</small>", *told)


def _given(told: Told) -> bool:
    said = told.figures
    return any(given is not None for given in (said.value, said.numerator, said.denominator, said.level))


def _counts(told: Told) -> SafeString:
    if told.counts:
        return tag(_("Counts"), "good", "tick")
    if _given(told):
        return tag(_("Not in the value"))
    waiting = told.observation.reported and told.observation.status != "accepted"
    return tag(_("Not accepted yet")) if waiting else tag(_("Not reported"), "none", "no-data")


def _working(story: IndicatorStory) -> SafeString | str:
    """The last step from the sums to the value."""
    counted = [one.figures for one in story.told if one.counts]
    sums = sums_of(story.sheet, counted)
    if sums is None:
        return ""
    top, bottom = sums
    factor = ratio_factor(story.sheet.unit) if story.sheet.method is Method.RATIO_OF_SUMS else 1
    times = format_html(" × {}", figure(Fraction(factor))) if factor != 1 else ""
    return format_html("{} ÷ {}{} =", figure(top), figure(bottom), times)


def _share_worked(latest: Fraction | None, start: Fraction | None, end: Fraction | None) -> SafeString | str:
    """(latest − start) ÷ (end − start) × 100, where there is a way to cover."""
    if latest is None or start is None or end is None or start == end:
        return ""
    shown = (figure(latest), figure(start), figure(end), figure(start))
    return format_html('<bdi dir="ltr">({} − {}) ÷ ({} − {}) × 100</bdi>', *shown)


def _why(story: IndicatorStory) -> object:
    result = story.answer.result
    if result.no_progress:
        return REASONS[result.no_progress]
    if result.held is not None:
        return _("the target is the baseline: 100 while it holds")
    return ""


def _rule() -> str:
    on_track, at_risk = PACE_CUT_OFFS
    return _("on track from %(on_track)s%% of the expected way, at risk from %(at_risk)s%%, off track below") % {
        "on_track": on_track,
        "at_risk": at_risk,
    }


def _placed(story: IndicatorStory, value: Fraction | None) -> SafeString:
    """A figure, or the name of a place on the scale."""
    scale = story.sheet.scale
    if scale and value is not None and value.denominator == 1 and 0 <= value < len(scale):
        return formats.bdi(scale[int(value)])
    return figure(value)


def _aim(target: IndicatorTarget | None) -> SafeString | str:
    if target is None:
        return formats.missing(_("none"))
    return formats.bdi(target.level) if target.level else figure(Fraction(target.value or Decimal(0)))


def _window(story: IndicatorStory) -> Window:
    usual = Window.TWELVE_MONTHS if story.sheet.method is Method.RATIO_OF_SUMS else Window.SINCE_START
    return story.sheet.window or usual
