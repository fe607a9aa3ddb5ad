"""How far indicators are, and what that comes to at every level: against LATERAL and GROUP BY by hand."""

from decimal import Decimal
from typing import Any

from django.db import connection

from costing.domain.vocabulary import Basis
from evaluations.domain.rollup import PROVISIONAL_BELOW_PCT
from ta_portal.bench.measuring import Case, Rival, Side
from ta_portal.bench.subject import Subject, raw

CURRENCY = "USD"
# By hand PostgreSQL divides and rounds at each step: equal to so many decimals.
_DECIMALS = 8
_LEVELS = ("engagement", "programme", "area", "country", "donor", "portfolio")


def result_cases(subject: Subject) -> list[Case]:
    values = {"as_of": subject.as_of, "cut_off": subject.cut_off}
    return [
        Case(
            "indicator results, all rules",
            Side("ours", lambda: _indicators(subject), _progress),
            [
                Rival(
                    Side(
                        "LATERAL by hand, latest and progress only", lambda: raw("raw_results.sql", values), _progress
                    ),
                    1.5,
                )
            ],
            repeats=3,
        ),
        Case(
            "roll-up, all levels and metrics, with money",
            Side("ours", lambda: roll_up_rows(subject), _means),
            [
                Rival(
                    Side(
                        "LATERAL by hand, plain means of progress",
                        lambda: raw("raw_levels.sql", values),
                        _means_by_hand,
                    ),
                    1.5,
                )
            ],
            repeats=3,
        ),
        Case(
            "the same",
            Side("ours", lambda: roll_up_rows(subject), _means_and_money),
            [Rival(Side("SQL by hand, plain means and money", lambda: _by_hand(values), _both_by_hand), 1.5)],
            repeats=3,
        ),
    ]


def _indicators(subject: Subject) -> list[Any]:
    return _rows(
        """SELECT r.indicator_id, ta_round_ratio(r.latest_num, r.latest_den, 12),
                  ta_round_ratio(r.progress_num, r.progress_den, 12)
           FROM ta_indicator_results(%s, %s, %s) r WHERE r.latest_num IS NOT NULL""",
        [subject.ids, subject.as_of, subject.cut_off],
    )


def roll_up_rows(subject: Subject) -> list[Any]:
    """What a report stores, without storing it: levels, keys, metrics and values."""
    asked = [subject.ids, "portfolio", CURRENCY, subject.as_of, subject.cut_off, "accepted", PROVISIONAL_BELOW_PCT]
    return _rows("SELECT level, key, metric, value FROM ta_roll_up(%s, %s, %s, %s, %s, %s, %s)", asked)


def _rows(statement: str, values: list[Any]) -> list[Any]:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _progress(rows: list[Any]) -> dict[int, Any]:
    return {key: (_near(latest), _near(pct)) for key, latest, pct in rows if latest is not None and pct is not None}


def _means(rows: list[Any]) -> dict[tuple[str, str], Decimal | None]:
    """By level and key; without the key that stands for money that names no agreement, which the rival leaves out."""
    wanted = {"engagement": "progress_pct"} | dict.fromkeys(_LEVELS[1:], "progress_pct_mean")
    return {
        (level, key): _near(value)
        for level, key, metric, value in rows
        if metric == wanted.get(level) and value is not None and key != "unassigned"
    }


def _means_by_hand(rows: list[Any]) -> dict[tuple[str, str], Decimal | None]:
    return {(level, key): _near(pct) for level, key, pct in rows if pct is not None}


def _money(rows: list[Any]) -> dict[tuple[str, str, str], Decimal]:
    """By level, key and metric; without countries, whose cents the rival gives away as they fall."""
    wanted = {f"{basis}_{reach}" for basis in Basis for reach in ("cost", "charged")}
    return {
        (level, key, metric): value
        for level, key, metric, value in rows
        if metric in wanted and level in _LEVELS and level != "country" and value
    }


def _means_and_money(rows: list[Any]) -> list[Any]:
    return [_means(rows), _money(rows)]


def _by_hand(values: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    return raw("raw_levels.sql", values), raw("raw_money.sql", values)


def _both_by_hand(found: tuple[list[Any], list[Any]]) -> list[Any]:
    means, money = found
    each = [
        (level, key, f"{basis}_{reach}", amount)
        for level, key, basis, cost, charged in money
        for reach, amount in (("cost", cost), ("charged", charged))
    ]
    return [_means_by_hand(means), _money(each)]


def _near(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(Decimal(value), _DECIMALS)
