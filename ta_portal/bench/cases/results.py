"""How far indicators are, and what that comes to at every level: against statements by hand that answer the same.

Each side puts its answer into a table of the session, as a report does: no row passes through Python, and the answers
are compared where they lie, row for row and column for column.
"""

from decimal import Decimal
from typing import Any

from django.db import connection

from costing.domain.vocabulary import Basis
from evaluations.domain.rollup import PROVISIONAL_BELOW_PCT
from ta_portal.bench.measuring import Case, Rival, Side
from ta_portal.bench.subject import Subject, statement

CURRENCY = "USD"
# What the narrower rivals divide and round at each step: equal to so many decimals.
_DECIMALS = 8
_LEVELS = ("engagement", "programme", "area", "country", "donor", "portfolio")
_MONEY = {f"{basis}_{reach}" for basis in Basis for reach in ("cost", "charged")}

Rows = list[tuple[Any, ...]]


def result_cases(subject: Subject) -> list[Case]:
    values = {"as_of": subject.as_of, "cut_off": subject.cut_off}
    indicators, levels = statement("whole_indicators.sql"), statement("whole_levels.sql")
    return [
        Case(
            "indicator results, all columns",
            Side("ours", lambda: _indicators(subject), _progress),
            [
                _the_same("indicators", indicators, values),
                Rival(
                    Side(
                        "LATERAL by hand, latest and progress only",
                        lambda: _narrow("results", values),
                        _progress_by_hand,
                    ),
                    None,
                ),
            ],
            repeats=3,
        ),
        Case(
            "roll-up, all levels and metrics, with money",
            Side("ours", lambda: roll_up_rows(subject), lambda table: (_means(table), _money(table))),
            [
                _the_same("levels", levels.replace("{indicators}", indicators), values),
                Rival(
                    Side(
                        "SQL by hand, plain means and money only",
                        lambda: (_narrow("levels", values), _narrow("money", values)),
                        lambda tables: (_means_by_hand(tables[0]), _money_by_hand(tables[1])),
                    ),
                    None,
                ),
            ],
            repeats=3,
        ),
    ]


def _the_same(name: str, by_hand: str, values: dict[str, Any]) -> Rival:
    side = Side("SQL by hand, the same answer", lambda: filled(f"bench_whole_{name}", by_hand, values))
    return Rival(side, 1.5, differing=differing_rows)


def filled(table: str, query: str, values: Any) -> str:
    """A table of this session with the rows of `query`."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} AS {query}", values)
    return table


def differing_rows(ours: str, theirs: str) -> str:
    """How many rows stand in one table alone, in any column another; empty where the tables are the same."""
    each = [
        _rows(f"SELECT count(*) FROM (SELECT * FROM {one} EXCEPT ALL SELECT * FROM {other}) rows")[0][0]
        for one, other in ((ours, theirs), (theirs, ours))
    ]
    return f"{each[0]} rows only in ours, {each[1]} only in theirs" if any(each) else ""


def _indicators(subject: Subject) -> str:
    asked = [subject.ids, subject.as_of, subject.cut_off]
    return filled("bench_indicators", "SELECT * FROM ta_indicator_results(%s, %s, %s)", asked)


def roll_up_rows(subject: Subject) -> str:
    """What a report stores, in a table of the session."""
    asked = [subject.ids, "portfolio", CURRENCY, subject.as_of, subject.cut_off, "accepted", PROVISIONAL_BELOW_PCT]
    return filled("bench_levels", "SELECT * FROM ta_roll_up(%s, %s, %s, %s, %s, %s, %s)", asked)


def _narrow(name: str, values: dict[str, Any]) -> str:
    return filled(f"bench_narrow_{name}", statement(f"raw_{name}.sql"), values)


def _rows(query: str, values: Any = None) -> Rows:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


# --- What the narrower rivals answer, as both sides have it ---


def _progress(table: str) -> dict[int, Any]:
    return _each_near(
        _rows(
            f"""SELECT indicator_id, ta_round_ratio(latest_num, latest_den, 12),
                       ta_round_ratio(progress_num, progress_den, 12) FROM {table}"""
        )
    )


def _progress_by_hand(table: str) -> dict[int, Any]:
    return _each_near(_rows(f"TABLE {table}"))


def _each_near(rows: Rows) -> dict[int, Any]:
    return {key: (_near(latest), _near(pct)) for key, latest, pct in rows if latest is not None and pct is not None}


def _means(table: str) -> dict[tuple[str, str], Decimal]:
    """By level and key; without the key that stands for money that names no agreement, which the rival leaves out."""
    wanted = {"engagement": "progress_pct"} | dict.fromkeys(_LEVELS[1:], "progress_pct_mean")
    return {
        (level, key): _near(value)
        for level, key, metric, value in _rows(f"SELECT level, key, metric, value FROM {table} WHERE value IS NOT NULL")
        if metric == wanted.get(level) and key != "unassigned"
    }


def _means_by_hand(table: str) -> dict[tuple[str, str], Decimal]:
    return {(level, key): _near(pct) for level, key, pct in _rows(f"TABLE {table}") if pct is not None}


def _money(table: str) -> dict[tuple[str, str, str], Decimal]:
    """By level, key and metric; without countries, whose cents the rival gives away as they fall."""
    return _known(_rows(f"SELECT level, key, metric, value FROM {table} WHERE metric = ANY (%s)", [list(_MONEY)]))


def _money_by_hand(table: str) -> dict[tuple[str, str, str], Decimal]:
    return _known(
        [
            (level, key, f"{basis}_{reach}", amount)
            for level, key, basis, cost, charged in _rows(f"TABLE {table}")
            for reach, amount in (("cost", cost), ("charged", charged))
        ]
    )


def _known(rows: Rows) -> dict[tuple[str, str, str], Decimal]:
    return {(level, key, metric): value for level, key, metric, value in rows if level != "country" and value}


def _near(value: Decimal) -> Decimal:
    return round(value, _DECIMALS)
