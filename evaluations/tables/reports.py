"""Impact reports as tables: each level's keys with their main figures, and everything about the whole scope."""

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.domain.rollup import MONEY, Metric, ReportScope, ScopeKind
from evaluations.domain.vocabulary import Level
from evaluations.models import ImpactReport
from evaluations.selectors.report_members import COSTS
from evaluations.selectors.report_pages import KeyFigures, LevelFigures
from evaluations.selectors.reports import ReportRow
from evaluations.words import LEVELS, SCOPES, WEIGHT_BASES, metric_word
from programmes.domain.data_quality import DataQuality
from programmes.models import Engagement
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

_PERCENT = "_pct"
_ORDER = {metric.value: place for place, metric in enumerate(Metric)}
_ABOVE = (
    Metric.ENGAGEMENTS,
    Metric.PROGRESS_PCT_MEAN,
    Metric.PROGRESS_PCT_WEIGHTED,
    Metric.PLANNED_COST,
    Metric.ACTUAL_COST,
    Metric.SPENT_PCT,
    Metric.MILESTONES_DONE,
    Metric.COVERAGE_PCT,
)
_CHARGED = {Metric.PLANNED_COST: Metric.PLANNED_CHARGED, Metric.ACTUAL_COST: Metric.ACTUAL_CHARGED}
# The figures that stand in the columns of each level; every other one is in REST's answer.
COLUMNS: dict[Level, Sequence[Metric]] = {
    Level.INDICATOR: (Metric.LATEST, Metric.PROGRESS_PCT, Metric.PACE_PCT, Metric.COVERAGE_PCT),
    Level.OUTCOME: (Metric.OUTCOME_PROGRESS_PCT, Metric.RATING, Metric.ASSIGNED_RATING, Metric.COVERAGE_PCT),
    Level.ENGAGEMENT: (
        Metric.PROGRESS_PCT,
        Metric.PLANNED_COST,
        Metric.ACTUAL_COST,
        Metric.SPENT_PCT,
        Metric.MILESTONES_DONE,
        Metric.COVERAGE_PCT,
    ),
}
# Which figures can be opened: those that an engagement's own pages explain, those that add up, and quotients.
BELOW = frozenset({Level.INDICATOR, Level.OUTCOME, Level.ENGAGEMENT})
OF_RESULTS = frozenset(
    {Metric.PROGRESS_PCT, Metric.PACE_PCT, Metric.LATEST, Metric.OUTCOME_PROGRESS_PCT, Metric.RATING}
)
ADDED_UP = frozenset({Metric.MILESTONES_DONE, Metric.MILESTONES_ON_TIME, Metric.UNCONVERTED, Metric.ORDINALS_IN_MEAN})
MEANS = frozenset({Metric.PROGRESS_PCT_MEAN, Metric.PROGRESS_PCT_WEIGHTED})
QUOTIENTS = frozenset(
    {
        Metric.SPENT_PCT,
        Metric.COVERAGE_PCT,
        Metric.COST_PER_RATING_POINT,
        Metric.COST_PER_MILESTONE,
        Metric.POOLED_RATIO,
        Metric.POOLED_MEAN,
    }
)
EXPLAINED_EVERYWHERE = frozenset(COSTS) | MEANS | QUOTIENTS
_PERCENTAGES = {Metric.PROGRESS_PCT_MEAN, Metric.PROGRESS_PCT_WEIGHTED, Metric.LOW_BOUND, Metric.LOW_BOUND_WEIGHTED}


def report_name(report: ImpactReport) -> str:
    """What a report is about, in words."""
    return scope_name(ReportScope(ScopeKind(report.scope_kind), report.scope_code))


def scope_name(scope: ReportScope) -> str:
    return f"{SCOPES[scope.kind]} {scope.code}".strip()


def scope_quality_table(rows: Sequence[tuple[Engagement, DataQuality]]) -> Table[tuple[Engagement, DataQuality]]:
    """Each engagement with how far its results can be relied on."""
    return Table(
        name="quality",
        caption=gettext_lazy("Data quality"),
        columns=[
            Column(gettext_lazy("Engagement"), lambda row: _quality_of(row[0])),
            Column(gettext_lazy("Checks"), lambda row: formats.number(row[1].made), numeric=True),
            Column(gettext_lazy("Do not hold"), lambda row: formats.number(len(row[1].findings)), numeric=True),
            Column(gettext_lazy("Hold"), lambda row: formats.pct(row[1].score_pct, 0), numeric=True),
        ],
        rows=rows,
        empty=gettext_lazy("There is no engagement in it."),
        stacked=True,
    )


def _quality_of(engagement: Engagement) -> SafeString:
    address = reverse("programmes:quality", args=[engagement.ref])
    title = format_html('<a href="{}">{}</a>', address, formats.bdi(engagement.title))
    return format_html("{}<small>{}</small>", title, formats.bdi(engagement.ref, "ltr"))


def report_table(reports: Sequence[ImpactReport]) -> Table[ImpactReport]:
    return Table(
        name="reports",
        caption=gettext_lazy("Impact reports"),
        columns=[
            Column(gettext_lazy("About"), _about),
            Column(gettext_lazy("As of"), lambda report: formats.day(report.as_of)),
            Column(gettext_lazy("Known at"), lambda report: formats.moment(report.cut_off), wide=True),
            Column(gettext_lazy("Currency"), lambda report: formats.bdi(report.currency_id, "ltr")),
            Column(
                gettext_lazy("Fingerprint"),
                lambda report: format_html('<span class="code">{}</span>', report.fingerprint[:12]),
            ),
        ],
        rows=reports,
        empty=gettext_lazy("No impact report that you may see has been made yet."),
        stacked=True,
    )


def level_table(report: ImpactReport, found: LevelFigures) -> Table[KeyFigures]:
    """A level's keys in lines, their main figures in columns; a column that would say nothing is left out."""
    certainty = (
        [Column(gettext_lazy("Certainty"), _certainty)]
        if any(Metric.LOW_BOUND in one.figures for one in found.keys)
        else []
    )
    return Table(
        name=f"level-{found.level}",
        caption=LEVELS[found.level],
        columns=[
            Column(LEVELS[found.level], lambda one: _key(one, found.level)),
            *(_figure_column(report, metric) for metric in _columns_of(found)),
            *certainty,
        ],
        rows=found.keys,
    )


def figure_table(
    name: str, rows: Sequence[ReportRow], *, report: ImpactReport, with_key: bool = False
) -> Table[ReportRow]:
    """One figure in a line: its value, what it is made of, and what it is weighted by."""
    keys: list[Column[ReportRow]] = (
        [Column(gettext_lazy("What"), lambda row: formats.bdi(row.key, "ltr"))] if with_key else []
    )
    return Table(
        name=name,
        caption=gettext_lazy("All figures"),
        columns=[
            *keys,
            Column(gettext_lazy("Figure"), lambda row: metric_word(row.metric)),
            Column(gettext_lazy("Value"), lambda row: _opened(report, row), numeric=True),
            Column(
                gettext_lazy("Made of"),
                lambda row: _made_of(row) or formats.missing(_("nothing to count")),
                numeric=True,
            ),
            Column(gettext_lazy("Weighted"), lambda row: WEIGHT_BASES.get(row.weight_basis, "")),
        ],
        rows=sorted(rows, key=lambda row: (row.key, _ORDER.get(row.metric, len(_ORDER)))),
        stacked=True,
    )


def value_cell(row: ReportRow) -> SafeString:
    if row.metric.endswith(_PERCENT) or row.metric in _PERCENTAGES:
        return formats.pct(row.value)
    return formats.number(row.value)


def verdict(figures: KeyFigures | None) -> str:
    """The report in one sentence; each case is a whole pattern."""
    if figures is None:
        return _("There is nothing in this scope.")
    progress = _said(figures, Metric.PROGRESS_PCT_MEAN)
    spent = _said(figures, Metric.SPENT_PCT)
    patterns = {
        (True, True): _("Results stand at %(progress)s with %(spent)s of the budget spent."),
        (True, False): _("Results stand at %(progress)s; there is no approved budget to compare spending with."),
        (False, True): _("%(spent)s of the budget is spent; no results can be measured."),
        (False, False): _("There is neither a budget nor a result to judge by."),
    }
    said = {"progress": _percent(progress), "spent": _percent(spent)}
    return patterns[progress is not None, spent is not None] % said


def _said(one: KeyFigures, metric: Metric) -> Decimal | None:
    row = one.figures.get(metric)
    return row.value if row else None


def _percent(value: Decimal | None) -> str:
    return "" if value is None else formats.pct_text(value)


def _about(report: ImpactReport) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("reports:report", args=[report.public_id]), report_name(report))


def _key(one: KeyFigures, level: Level) -> SafeString:
    if level is Level.PORTFOLIO:
        return formats.bdi(_("All together"))
    name = formats.bdi(one.name or one.key) if one.key != "unassigned" else formats.bdi(_("Not assigned"))
    if level is Level.ENGAGEMENT:
        name = format_html('<a href="{}">{}</a>', reverse("programmes:engagement", args=[one.key]), name)
    return format_html("{}<small>{}</small>", name, formats.bdi(one.key, "ltr")) if one.name else name


def _columns_of(found: LevelFigures) -> list[Metric]:
    """The figures that some key has; of costs all that is charged, where that is more than the formula for some key."""
    wanted = [_shown_cost(metric, found.keys) for metric in COLUMNS.get(found.level, _ABOVE)]
    return [metric for metric in wanted if any(_said(one, metric) is not None for one in found.keys)]


def _shown_cost(metric: Metric, keys: Sequence[KeyFigures]) -> Metric:
    charged = _CHARGED.get(metric, metric)
    return metric if all(_said(one, metric) == _said(one, charged) for one in keys) else charged


def is_explained(row: ReportRow) -> bool:
    """Can the figure be opened into what made it? Others say in their own row all that there is."""
    return row.value is not None and (
        row.metric in EXPLAINED_EVERYWHERE
        or (row.metric in OF_RESULTS and row.level in BELOW)
        or (row.metric in ADDED_UP and row.level not in BELOW)
    )


def figure_address(report: ImpactReport, row: ReportRow) -> str:
    """Where a figure of a report is explained; the same address explains it again."""
    query = urlencode({"level": row.level, "key": row.key, "metric": row.metric})
    return f"{reverse('reports:explain', args=[report.public_id])}?{query}"


def _opened(report: ImpactReport, row: ReportRow) -> SafeString:
    if not is_explained(row):
        return value_cell(row)
    return format_html('<a href="{}">{}</a>', figure_address(report, row), value_cell(row))


def _figure_column(report: ImpactReport, metric: Metric) -> Column[KeyFigures]:
    return Column(metric_word(metric), lambda one: _cell(report, one, metric), numeric=True)


def _cell(report: ImpactReport, one: KeyFigures, metric: Metric) -> SafeString:
    row = one.figures.get(metric)
    if row is None:
        return formats.missing(_("no data"))
    counted = _made_of(row) if metric not in MONEY else ""
    opened = _opened(report, row)
    return format_html("{}<small>{}</small>", opened, counted) if counted else opened


def _made_of(row: ReportRow) -> str:
    """So many of so many."""
    if row.reported is None or row.expected is None:
        return ""
    return _("%(reported)d of %(expected)d") % {"reported": row.reported, "expected": row.expected}


def _certainty(one: KeyFigures) -> SafeString | str:
    """A figure with too little behind it is provisional; its low bound stands beside it."""
    low = one.figures.get(Metric.LOW_BOUND)
    if low is None:
        return ""
    return format_html("{}<small>{} {}</small>", tag(_("Provisional"), "warn", "warn"), _("at least"), value_cell(low))
