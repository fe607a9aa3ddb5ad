"""Figures stay in proportion to their rows where the planner takes the tables for empty, as after a first import.

Statistics lag behind: a vacuum that found a table empty leaves it so until the next one. A plan made for empty tables
must not multiply them with each other.
"""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from programmes.models import Engagement

# So many times the rows that the tables hold. A join of three such tables row by row visits them over 2,000 times.
AT_MOST = 250

FIGURES = {
    "indicators": "ta_indicator_results(%s, %s, %s, 'accepted')",
    "outcomes": "ta_outcome_results(%s, %s, %s, 'accepted')",
    "years": "ta_annual_values(%s, %s, %s, 'accepted')",
    "parts": "ta_part_values(%s, %s, %s, 'accepted')",
    "costs": "ta_cost_sums(%s, '{planned,committed,actual}', 'category', 'USD', %s, %s)",
    "costs in each programme's currency": "ta_cost_sums(%s, '{planned,committed,actual}', 'year', NULL, %s, %s)",
    "money items": "ta_money_items(%s, '{planned,committed,actual,pledged,received}', 'EUR', %s, %s)",
    "funding": "ta_funding_sums(%s, %s, %s)",
}


@pytest.fixture
def taken_for_empty(scenarios):
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE pg_class SET reltuples = 0, relpages = greatest(pg_relation_size(oid) / 8192, 1)
               WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
        )
        cursor.execute(
            "SELECT (SELECT count(*) FROM observation_revision) + (SELECT count(*) FROM ledger_entry)"
            " + (SELECT count(*) FROM cost_line) + (SELECT count(*) FROM observation)"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_visits_few_rows_again(taken_for_empty, figure):
    now = dt.datetime.now(tz=dt.UTC)
    engagements = list(Engagement.objects.values_list("pk", flat=True))
    explain = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT * FROM "

    with connection.cursor() as cursor:
        cursor.execute(explain + FIGURES[figure], [engagements, now.date(), now])
        plan = cursor.fetchone()[0][0]["Plan"]

    assert visited(plan) < AT_MOST * taken_for_empty


def visited(node: dict[str, Any]) -> float:
    """Rows that a plan's nodes looked at, however often."""
    removed = sum(node.get(f"Rows Removed by {kind}", 0) for kind in ("Filter", "Join Filter", "Index Recheck"))
    own = node["Actual Rows"] + removed
    return own * node["Actual Loops"] + sum(visited(child) for child in node.get("Plans", []))
