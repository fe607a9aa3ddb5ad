"""How far the results of engagements can be relied on: what is known of each indicator, put to the rule."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from programmes.domain.data_quality import DataQuality, Examined, data_quality
from programmes.domain.doubts import LOOKS_BACK
from programmes.domain.results import IndicatorResult, ratio_factor
from programmes.domain.vocabulary import Direction, Method, ReviewState
from programmes.models import Evidence, Indicator, Observation
from programmes.selectors.progress import size_of
from programmes.selectors.results import EVER, indicator_answers

_PERCENT = 100
Backed = Set[tuple[int | None, int | None]]


def data_qualities(engagement_ids: Collection[int], *, as_of: dt.date) -> dict[int, DataQuality]:
    """Of each engagement, from the accepted figures of periods that end by `as_of`. Five queries, however many."""
    answers = indicator_answers(engagement_ids, as_of=as_of, cut_off=EVER)
    results = {(key, one.code): one.result for key, found in answers.items() for one in found}
    accepted = _accepted(engagement_ids, as_of)
    last, backed = _last_figures(accepted), _backed_by_files(engagement_ids)
    examined: dict[int, list[Examined]] = defaultdict(list)
    for row in Indicator.objects.filter(engagement__in=engagement_ids).order_by("code"):
        figures = last.get(row.pk, [])
        examined[row.engagement_id].append(_examined(row, results[row.engagement_id, row.code], figures, backed))
    reporters: dict[int, list[int | None]] = defaultdict(list)
    for key, person in accepted.filter(disagg="").values_list("indicator__engagement", "created_by"):
        reporters[key].append(person)
    return {key: data_quality(examined[key], reporters[key]) for key in engagement_ids}


def _accepted(engagement_ids: Collection[int], as_of: dt.date) -> QuerySet[Observation, Observation]:
    return Observation.objects.filter(
        indicator__engagement__in=engagement_ids,
        status=ReviewState.ACCEPTED.value,
        reported=True,
        period_end__lte=as_of,
    )


def _last_figures(accepted: QuerySet[Observation, Observation]) -> Mapping[int, Sequence[Observation]]:
    """Of each indicator the last few figures with their parts, the last last."""
    newest_first = [F("period_end").desc(), F("period_start").desc()]
    back = Window(RowNumber(), partition_by=["indicator", "disagg"], order_by=newest_first)
    rows = accepted.annotate(back=back).filter(back__lte=LOOKS_BACK + 1).select_related("indicator")
    found: dict[int, list[Observation]] = defaultdict(list)
    for row in rows.order_by("period_end", "period_start", "pk"):
        found[row.indicator_id].append(row)
    return found


def _backed_by_files(engagement_ids: Collection[int]) -> Backed:
    """Which report has a file for which indicator; one for the whole report backs each of its figures (None)."""
    rows = Evidence.objects.filter(report__period__engagement__in=engagement_ids)
    return set(rows.values_list("report", "indicator"))


def _examined(row: Indicator, result: IndicatorResult, observations: Sequence[Observation], backed: Backed) -> Examined:
    totals = [one for one in observations if not one.disagg]
    last = totals[-1] if totals else None
    return Examined(
        code=row.code,
        method=Method(row.method),
        direction=Direction(row.direction),
        is_share=ratio_factor(row.unit) == _PERCENT,
        baseline=result.baseline,
        target=result.target,
        coverage=result.coverage,
        sizes=[] if row.scale else [size for one in totals if (size := size_of(one)) is not None],
        **(_of_the_last(last, observations, backed) if last else {}),
    )


def _of_the_last(last: Observation, observations: Sequence[Observation], backed: Backed) -> dict[str, Any]:
    parts: dict[str, Decimal] = {
        one.disagg: one.value
        for one in observations
        if one.disagg and one.value is not None and one.period_start == last.period_start
    }
    return {
        "total": last.value,
        "parts": parts,
        "has_figure": True,
        "is_backed": bool(last.source.strip())
        or (last.report_id, last.indicator_id) in backed
        or (last.report_id, None) in backed,
        "is_confirmed": bool(last.confirmed),
    }
