"""The benchmark at a tiny size: its sides agree, and a false answer is found out."""

import io
from dataclasses import replace

import pytest
from django.core.management import call_command

from ta_portal.api.commands import Refused
from ta_portal.bench import running
from ta_portal.bench.cases.costs import cost_cases
from ta_portal.bench.measuring import Case, Line, Rival, Side, Verdict, judged, measure
from ta_portal.bench.running import all_cases, run_cases
from ta_portal.bench.table import table_of, values_of


def quick(cases):
    return [replace(case, repeats=1) for case in cases]


def test_all_sides_come_to_the_same_answers(subject):
    lines = run_cases(quick(all_cases(subject)), lambda line: None)

    assert [line for line in lines if line.verdict is Verdict.DIFFERS] == []
    assert {line.rival for line in lines} >= {"SQL by hand", "loop in Python", "psycopg2 and orjson", "ModelSerializer"}
    assert all(line.ratio for line in lines if line.rival_s is not None)


def falsified(case):
    ours = case.ours
    return replace(case, ours=replace(ours, answer=lambda given: {**ours.answer(given), (0, "salaries"): 1}))


def test_a_false_answer_is_told_in_the_table(subject):
    lines = run_cases(quick(map(falsified, cost_cases(subject))), lambda line: None)

    assert {line.verdict for line in lines} == {Verdict.DIFFERS}
    assert all("answers differ" in row for row in list(table_of(lines))[1:])


def test_a_false_answer_ends_the_command_with_1(subject, monkeypatch):
    wrong = run_cases(quick(map(falsified, cost_cases(subject))), lambda line: None)
    monkeypatch.setattr("ta_portal.bench.management.commands.bench.bench", lambda engagements, say: wrong)

    with pytest.raises(Refused, match="Answers differ"):
        call_command("bench", stdout=io.StringIO(), stderr=io.StringIO())


def test_what_cannot_be_measured_yet_says_so():
    case = Case("export", Side("ours", list), [Rival(Side("COPY", list), 4.0)], lacking="no such list")

    assert measure(case) == [Line("export", "COPY", at_most=4.0, verdict=Verdict.NOT_THERE, note="no such list")]
    assert "not there yet (no such list)" in list(table_of(measure(case)))[1]


@pytest.mark.parametrize(("ours", "verdict"), [(1.4, Verdict.PASS), (1.5, Verdict.PASS), (1.6, Verdict.MISS)])
def test_a_ratio_is_held_against_its_target(ours, verdict):
    line = judged("case", Rival(Side("rival", list), 1.5), ours, 1.0)

    assert line.verdict is verdict
    assert values_of([line])[0]["ratio"] == f"{ours:.2f}"


@pytest.mark.parametrize(("ours", "told"), [(0.8, "pass (first aim 0.10: miss)"), (0.1, "pass (first aim 0.10: pass)")])
def test_a_target_that_was_loosened_tells_what_was_aimed_at_first(ours, told):
    line = judged("case", Rival(Side("rival", list), 0.9, first_aim=0.1), ours, 1.0)

    assert list(table_of([line]))[1].endswith(told)


@pytest.mark.parametrize(
    "arguments", [["--engagements", "7"], ["--engagements", "105"], ["--full", "--engagements", "200"]]
)
def test_a_size_that_cannot_be_compared_with_its_tenth_is_wrong_usage(arguments):
    with pytest.raises(SystemExit) as end:
        call_command("bench", *arguments, stdout=io.StringIO(), stderr=io.StringIO())
    assert end.value.code == 2
    assert running.GROWTH == 10
