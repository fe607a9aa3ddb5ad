"""The results framework of one engagement, as its pages show it: outcomes with their indicators, sheets and paths."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from programmes.domain.results import IndicatorAnswer, OutcomeAnswer
from programmes.domain.vocabulary import Method
from programmes.models import Engagement, Outcome
from programmes.selectors.known import known_outcomes
from programmes.selectors.results import engagement_results, indicator_answers
from programmes.selectors.rows import named_rows

Path = Sequence[Fraction | None]

# Each indicator's sheet, with what each of its periods said by its method: a ratio, a value, a place on the scale.
SHEETS = """
    SELECT e.ref, i.code, i.title, i.method, i.unit, i.direction, i.scale, i.weight, said.nums, said.dens
    FROM ta_known_indicators(%(cut_off)s) i
    JOIN engagement e ON e.id = i.engagement_id
    LEFT JOIN (
        SELECT o.indicator_id,
               array_agg(CASE WHEN NOT o.usable THEN NULL
                              WHEN i.method = 'ratio_of_sums' THEN o.numerator * ta_ratio_factor(i.unit)
                              WHEN i.method = 'ordinal_latest' THEN array_position(i.scale, o.level) - 1
                              ELSE o.value END ORDER BY o.period_start) AS nums,
               array_agg(CASE WHEN NOT o.usable THEN NULL
                              WHEN i.method = 'ratio_of_sums' THEN nullif(o.denominator, 0)
                              ELSE 1 END ORDER BY o.period_start) AS dens
        FROM ta_known_observations(ARRAY[%(engagement)s]::bigint[], %(as_of)s, %(cut_off)s, %(least_status)s) o
        JOIN ta_known_indicators(%(cut_off)s) i ON i.id = o.indicator_id
        WHERE o.disagg = ''
        GROUP BY o.indicator_id) said ON said.indicator_id = i.id
    WHERE i.engagement_id = %(engagement)s
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an indicator is, and its figures period by period: None where nothing was reported."""

    ref: str
    code: str
    title: str
    method: Method
    unit: str
    direction: str
    scale: Sequence[str]
    weight: Decimal
    path: Path


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator's sheet, and where it stands."""

    sheet: Sheet
    answer: IndicatorAnswer


@dataclass(frozen=True, slots=True)
class OutcomeRows:
    """An outcome with its indicators. `outcome` and `answer` are None for indicators that belong to no outcome."""

    outcome: Outcome | None
    answer: OutcomeAnswer | None
    indicators: Sequence[IndicatorRow]


def indicator_rows(engagement: Engagement, *, as_of: dt.date, cut_off: dt.datetime) -> list[IndicatorRow]:
    """The indicators in the order of their codes, without years and parts. Two queries."""
    answers = indicator_answers([engagement.pk], as_of=as_of, cut_off=cut_off)[engagement.pk]
    sheets = _sheets(engagement, as_of, cut_off)
    return [IndicatorRow(sheets[answer.code], answer) for answer in answers]


def framework(
    engagement: Engagement, *, as_of: dt.date, cut_off: dt.datetime, least_status: str = "accepted"
) -> list[OutcomeRows]:
    """The outcomes by code, each with its indicators; those without an outcome come last. Six queries."""
    answers = engagement_results([engagement.pk], as_of=as_of, cut_off=cut_off, least_status=least_status)
    results = answers[engagement.pk]
    outcomes = {outcome.code: outcome for outcome in known_outcomes(engagement, cut_off)}
    sheets = _sheets(engagement, as_of, cut_off, least_status)
    rows: dict[str | None, list[IndicatorRow]] = defaultdict(list)
    for answer in results.indicators:
        rows[answer.outcome_code].append(IndicatorRow(sheets[answer.code], answer))
    found = [OutcomeRows(outcomes[answer.code], answer, rows[answer.code]) for answer in results.outcomes]
    return [*found, OutcomeRows(None, None, rows[None])] if rows[None] else found


def _sheets(
    engagement: Engagement, as_of: dt.date, cut_off: dt.datetime, least_status: str = "accepted"
) -> Mapping[str, Sheet]:
    known = {"engagement": engagement.pk, "as_of": as_of, "cut_off": cut_off, "least_status": least_status}
    return {row["code"]: _sheet(row) for row in named_rows(SHEETS, known)}


def _sheet(row: Mapping[str, object]) -> Sheet:
    facts = {name: row[name] for name in ("ref", "code", "title", "unit", "direction", "weight")}
    method = Method(str(row["method"]))
    path = [_said(num, den) for num, den in zip(row["nums"] or (), row["dens"] or (), strict=True)]  # type: ignore[call-overload]
    return Sheet(
        **facts,  # type: ignore[arg-type]
        method=method,
        scale=row["scale"] or (),  # type: ignore[arg-type]
        path=_added_up(path) if method is Method.SUM else path,
    )


def _said(num: Decimal | None, den: Decimal | None) -> Fraction | None:
    return None if num is None or den is None else Fraction(num) / Fraction(den)


def _added_up(path: Path) -> Path:
    """A sum grows from period to period, as its target means it to; a period that was not reported leaves a gap."""
    totals = accumulate(said or Fraction(0) for said in path)
    return [None if said is None else total for said, total in zip(path, totals, strict=True)]
