"""How far engagements are: their indicators and outcomes, read set-based from `programmes/sql/results.sql`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from fractions import Fraction

from programmes.domain.pace import PACE_CUT_OFFS, Pace
from programmes.domain.periods import Coverage
from programmes.domain.results import (
    RATING_CUT_OFFS,
    EngagementResults,
    IndicatorAnswer,
    IndicatorResult,
    Latest,
    OutcomeAnswer,
    OutcomeResult,
    Part,
    Reason,
)
from programmes.domain.vocabulary import Method
from programmes.selectors.rows import Row, fraction, named_rows

Asked = Mapping[str, object]

# All that is on record: for a question of the present, whatever the clocks of the portal and of its database say.
EVER = dt.datetime.max.replace(tzinfo=dt.UTC)

Annual = Mapping[int, Mapping[int, Fraction | None]]
Parts = Mapping[int, Mapping[str, Part]]

INDICATORS = """
    SELECT r.*, i.title, i.method, o.code AS outcome_code
    FROM ta_indicator_results(
        %(engagements)s::bigint[], %(as_of)s, %(cut_off)s, %(least_status)s, %(pace_cut_offs)s::numeric[]) r
    JOIN ta_known_indicators(%(cut_off)s) i ON i.id = r.indicator_id
    LEFT JOIN ta_known_outcomes(%(cut_off)s) o ON o.id = r.outcome_id
    ORDER BY r.engagement_id, r.code
"""
OUTCOMES = """
    SELECT r.*, o.title
    FROM ta_outcome_results(
        %(engagements)s::bigint[], %(as_of)s, %(cut_off)s, %(least_status)s, %(rating_cut_offs)s::numeric[]) r
    JOIN ta_known_outcomes(%(cut_off)s) o ON o.id = r.outcome_id
    ORDER BY r.engagement_id, r.code
"""
ANNUAL = """
    SELECT * FROM ta_annual_values(%(engagements)s::bigint[], %(as_of)s, %(cut_off)s, %(least_status)s)
    ORDER BY indicator_id, year
"""
PARTS = """
    SELECT * FROM ta_part_values(%(engagements)s::bigint[], %(as_of)s, %(cut_off)s, %(least_status)s)
    ORDER BY indicator_id, disagg COLLATE "C"
"""


def engagement_results(
    engagement_ids: Collection[int], *, as_of: dt.date, cut_off: dt.datetime, least_status: str = "accepted"
) -> dict[int, EngagementResults]:
    """The results of each engagement: periods that end by `as_of`, as known at `cut_off`.

    Only accepted observations count; with `least_status="submitted"` submitted ones do too. Four queries, however many
    engagements; one without indicators has empty results.
    """
    asked = _asked(engagement_ids, as_of, cut_off, least_status)
    indicators = _indicators(asked, _annual_values(asked), _part_values(asked))
    outcomes: dict[int, list[OutcomeAnswer]] = defaultdict(list)
    for row in named_rows(OUTCOMES, asked):
        outcomes[row["engagement_id"]].append(_outcome_answer(row))
    return {key: EngagementResults(indicators[key], outcomes[key]) for key in engagement_ids}


def indicator_answers(
    engagement_ids: Collection[int], *, as_of: dt.date, cut_off: dt.datetime, least_status: str = "accepted"
) -> dict[int, list[IndicatorAnswer]]:
    """The indicators alone, without their years and parts. One query."""
    indicators = _indicators(_asked(engagement_ids, as_of, cut_off, least_status), {}, {})
    return {key: indicators[key] for key in engagement_ids}


def _asked(engagement_ids: Collection[int], as_of: dt.date, cut_off: dt.datetime, least_status: str) -> Asked:
    return {
        "engagements": list(engagement_ids),
        "as_of": as_of,
        "cut_off": cut_off,
        "least_status": least_status,
        "pace_cut_offs": list(PACE_CUT_OFFS),
        "rating_cut_offs": list(RATING_CUT_OFFS),
    }


def _indicators(asked: Asked, annual: Annual, parts: Parts) -> dict[int, list[IndicatorAnswer]]:
    found: dict[int, list[IndicatorAnswer]] = defaultdict(list)
    for row in named_rows(INDICATORS, asked):
        found[row["engagement_id"]].append(_indicator_answer(row, annual, parts))
    return found


def _annual_values(asked: Asked) -> Annual:
    found: dict[int, dict[int, Fraction | None]] = defaultdict(dict)
    for row in named_rows(ANNUAL, asked):
        found[row["indicator_id"]][row["year"]] = fraction(row, "latest")
    return found


def _part_values(asked: Asked) -> Parts:
    found: dict[int, dict[str, Part]] = defaultdict(dict)
    for row in named_rows(PARTS, asked):
        found[row["indicator_id"]][row["disagg"]] = Part(fraction(row, "latest"), fraction(row, "share"))
    return found


def _indicator_answer(row: Row, annual: Annual, parts: Parts) -> IndicatorAnswer:
    return IndicatorAnswer(
        code=row["code"],
        title=row["title"],
        method=Method(row["method"]),
        outcome_code=row["outcome_code"],
        result=_indicator_result(row),
        annual=annual.get(row["indicator_id"], {}),
        parts=parts.get(row["indicator_id"], {}),
    )


def _indicator_result(row: Row) -> IndicatorResult:
    latest = Latest(
        value=fraction(row, "latest"),
        on=row["latest_on"],
        label=row["latest_label"],
        used=row["used"],
        of_periods=row["of_periods"],
        undefined=Reason(row["undefined"]) if row["undefined"] else None,
    )
    return IndicatorResult(
        latest=latest,
        baseline=None if row["baseline"] is None else Fraction(row["baseline"]),
        target=None if row["target"] is None else Fraction(row["target"]),
        progress_pct=fraction(row, "progress"),
        no_progress=Reason(row["no_progress"]) if row["no_progress"] else None,
        held=row["held"],
        target_met=row["target_met"],
        expected_now=fraction(row, "expected"),
        pace_pct=fraction(row, "pace"),
        pace=Pace(row["pace"]),
        coverage=Coverage(row["reported_periods"], row["expected_periods"]),
    )


def _outcome_answer(row: Row) -> OutcomeAnswer:
    result = OutcomeResult(
        expected=row["indicators"],
        reported=row["with_progress"],
        mean_capped_progress_pct=fraction(row, "mean"),
        rating=row["rating"],
        coverage=Coverage(int(row["reported_periods"]), int(row["expected_periods"])),
    )
    return OutcomeAnswer(code=row["code"], title=row["title"], weight=row["weight"], result=result)
