"""Statements by hand, which call none of our functions, come to our answers: every row, every column.

What the benchmark measures against is so an oracle of our SQL, here also where a rule is at its edge.
"""

from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from ta_portal.bench.cases.costs import cost_cases
from ta_portal.bench.cases.results import differing_rows, filled, result_cases
from ta_portal.bench.measuring import Verdict, measure
from tests.bench.changes import CHANGES, OTHER_RULES
from tests.bench.conftest import TODAY

pytestmark = pytest.mark.django_db


def changed(subject, statement):
    """The subject on the day around which it was made, with all that is known after the change."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount != 0
        cursor.execute("SET LOCAL session_replication_role = origin")
    return replace(subject, as_of=TODAY, cut_off=timezone.now())


def differing(subject):
    """What is said of the sides that differ, those aside that answer less."""
    lines = []
    for case in [*cost_cases(subject), *result_cases(subject)]:
        judged = [rival for rival in case.rivals if rival.at_most is not None]
        lines += measure(replace(case, rivals=judged, repeats=1))
    assert [line.rival for line in lines] == [
        "SQL by hand",
        "loop in Python",
        "SQL by hand, the same answer",
        "SQL by hand, the same answer",
    ]
    return [f"{line.case}, {line.rival}: {line.note}" for line in lines if line.verdict is Verdict.DIFFERS]


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_a_statement_by_hand_comes_to_the_same(subject, statement):
    assert differing(changed(subject, statement)) == []


@pytest.mark.parametrize(("rule", "case"), OTHER_RULES.values(), ids=OTHER_RULES)
def test_a_rule_that_changes_is_found_out(subject, rule, case):
    found = differing(changed(subject, f"CREATE OR REPLACE FUNCTION {rule}"))

    assert [told for told in found if told.startswith(case)]


def test_every_row_that_differs_is_counted(db):
    ours = filled("bench_ours", "SELECT * FROM (VALUES (1, 2.50), (1, 2.50), (2, NULL), (3, 7)) rows(key, value)", None)
    theirs = filled("bench_theirs", "SELECT * FROM (VALUES (1, 2.5), (2, NULL), (3, 8)) rows(key, value)", None)

    assert differing_rows(ours, theirs) == "2 rows only in ours, 1 only in theirs"
    assert differing_rows(ours, ours) == ""
