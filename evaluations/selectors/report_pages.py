"""An impact report as its page shows it: level by level, a page of keys at a time, each with its figures and name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Model, Window
from django.db.models.functions import DenseRank

from evaluations.domain.rollup import LEVEL_ORDER
from evaluations.domain.vocabulary import Level
from evaluations.models import ImpactReport
from evaluations.selectors.reports import ReportRow, as_shown
from programmes.models import Country, Engagement, Indicator, Organisation, Outcome, PracticeArea, Programme
from programmes.words import named

POOLED = "pooled_"
# More than a page can show; REST has all of them.
MOST_POOLED = 300
Names = Mapping[str, str]

# Where the name behind a level's code stands: the model, its code and its name.
_NAMED_BY: Mapping[Level, tuple[type[Model], str, str]] = {
    Level.ENGAGEMENT: (Engagement, "ref", "title"),
    Level.PROGRAMME: (Programme, "code", "title"),
    Level.COUNTRY: (Country, "iso2", "name"),
    Level.AREA: (PracticeArea, "code", "name"),
    Level.DONOR: (Organisation, "code", "name"),
}
_WITHIN_ENGAGEMENTS: Mapping[Level, type[Outcome] | type[Indicator]] = {
    Level.OUTCOME: Outcome,
    Level.INDICATOR: Indicator,
}


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """One key of a level (an engagement, a country) with each of its figures by metric."""

    key: str
    name: str
    figures: Mapping[str, ReportRow]


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """The keys of one level that stand on this page, of all that it has."""

    level: Level
    keys: Sequence[KeyFigures]
    total: int


def report_levels(
    report: ImpactReport, *, page: int = 1, keys_on_a_page: int, level: Level | None = None
) -> list[LevelFigures]:
    """Every level, or one, from the whole scope down. A fixed number of queries, whatever the report's size."""
    rows = report.rows.exclude(metric__startswith=POOLED)
    if level is not None:
        rows = rows.filter(level=level.value)
    totals = dict(rows.order_by().values_list("level").annotate(Count("key", distinct=True)))
    first = (page - 1) * keys_on_a_page + 1
    ranked = rows.annotate(place=Window(DenseRank(), partition_by=[F("level")], order_by=F("key").asc()))
    on_page = ranked.filter(place__range=(first, first + keys_on_a_page - 1)).order_by("key", "metric")
    found: dict[str, list[ReportRow]] = defaultdict(list)
    for row in on_page:
        found[row.level].append(as_shown(row, money_digits=report.currency.minor_units))
    return [
        _level(Level(name), found[name], totals[name]) for name in sorted(found, key=lambda name: LEVEL_ORDER[name])
    ]


def pooled_rows(report: ImpactReport, level: Level) -> list[ReportRow]:
    """The same indicator of the catalogue put together over the engagements of each key. One query."""
    rows = report.rows.filter(level=level.value, metric__startswith=POOLED).order_by("key", "metric")
    return [as_shown(row, money_digits=report.currency.minor_units) for row in rows[:MOST_POOLED]]


def _level(level: Level, rows: Sequence[ReportRow], total: int) -> LevelFigures:
    by_key: dict[str, dict[str, ReportRow]] = defaultdict(dict)
    for row in rows:
        by_key[row.key][row.metric] = row
    names = _names(level, by_key)
    return LevelFigures(level, [KeyFigures(key, names.get(key, ""), figures) for key, figures in by_key.items()], total)


def _names(level: Level, keys: Iterable[str]) -> Names:
    """What the codes of a level are called. One query at most."""
    codes = list(keys)
    if level in _WITHIN_ENGAGEMENTS:
        return _titles_within(_WITHIN_ENGAGEMENTS[level], codes)
    if level not in _NAMED_BY:
        return {}
    model, code, name = _NAMED_BY[level]
    found = model._default_manager.filter(**{f"{code}__in": codes}).values_list(code, name)
    return {key: named(title) for key, title in found}


def _titles_within(model: type[Outcome] | type[Indicator], keys: Sequence[str]) -> Names:
    """Of keys such as `FIN-TAX-2024/I01`."""
    refs = {key.partition("/")[0] for key in keys}
    rows = model._default_manager.filter(engagement__ref__in=refs).values_list("engagement__ref", "code", "title")
    return {f"{ref}/{code}": named(title) for ref, code, title in rows}
